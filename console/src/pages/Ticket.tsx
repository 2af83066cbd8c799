import { useQuery } from "@tanstack/react-query";
import { Alert, Button, Dropdown, Flex, Skeleton, Tag, Tooltip } from "antd";
import { useEffect, useRef, useState } from "react";
import { Link, useLocation, useParams, useSearchParams } from "react-router";
import { ACTIONS, actionsFor, ASIDE } from "../actions";
import { unanswered } from "../api";
import type { ClockAnswer, Entry, TicketDetail } from "../client";
import { getTicketOptions, getTimelineOptions, listClocksOptions } from "../client/@tanstack/react-query.gen";
import { startDraft, useIssue } from "../parts/command";
import { CommandDrawer } from "../parts/CommandDrawer";
import { Fault } from "../parts/Fault";
import { TicketLamp } from "../parts/Lamp";
import { Attachments } from "../parts/ticket/Attachments";
import { Callers } from "../parts/ticket/Callers";
import { Clocks } from "../parts/ticket/Clocks";
import { Demand, LastReply } from "../parts/ticket/Demand";
import { Registered, UnitsAtWork } from "../parts/ticket/Facts";
import { Similar } from "../parts/ticket/Similar";
import { Supervised } from "../parts/ticket/Supervised";
import { History } from "../parts/ticket/History";
import { useTaken } from "../parts/taken";
import { useTerms } from "../parts/terms";
import { useSession } from "../session";
import { brief } from "../time";
import { LEVEL, SOURCE, STATUS, TYPE, URGENCY, word } from "../words";

/** Everything about one ticket on one page; only what may be done now is offered. */
export default function Ticket() {
  const { no = "" } = useParams();
  return <OneTicket key={no} no={no} />;
}

/** Nothing of the ticket before is left when the next one is taken. */
function OneTicket({ no }: { no: string }) {
  const [params, setParams] = useSearchParams();
  const { session } = useSession();
  const ticket = useQuery({ ...getTicketOptions({ path: { no } }), refetchInterval: 30_000 });
  const timeline = useQuery({ ...getTimelineOptions({ path: { no } }), refetchInterval: 30_000 });
  const clocks = useQuery({ ...listClocksOptions({ path: { no } }), refetchInterval: 30_000 });
  const terms = useTerms(no);
  const open = params.get("do") ?? undefined;
  const taken = useTaken();
  const { key, state } = useLocation();
  const [first] = useState(key);
  const onward = useRef<HTMLButtonElement>(null);

  useEffect(() => {
    document.title = `工单${no} · 接诉`;
    return () => {
      document.title = "接诉";
    };
  }, [no]);
  useEffect(() => {
    // Come to from another page: it is read from its top, and the keyboard goes on from there.
    if (first === "default") return;
    window.scrollTo(0, 0);
    document.getElementById("content")?.focus({ preventScroll: true });
  }, [first]);
  function fillIn(name?: string) {
    setParams(name ? { do: name } : {}, { replace: true, state });
  }
  const passed = passedReviews(timeline.data ?? []);
  const reviews = terms?.reviews ?? ["first_review", "final_review"];
  const actions = ticket.data && actionsFor(ticket.data, session.part, session.unit, passed, reviews);
  const waits = actions && isMain(actions.main[0]);
  const did = useRef(false);
  useEffect(() => {
    if (waits) did.current = true;
    // Done with this one: the next is a key away.
    else if (waits === false && did.current && open === undefined) onward.current?.focus();
  }, [waits, open]);
  // A form that is open stays open while the connection or the login is away.
  if (ticket.error && !(ticket.data && unanswered(ticket.error))) return <Fault error={ticket.error} retry={() => void ticket.refetch()} />;
  if (!ticket.data || !actions) return <Skeleton active />;
  const found = ticket.data;

  return (
    <article className="ticket">
      <header className="head">
        {taken && (
          <Flex component="nav" align="center" gap={12} className="from no-print" aria-label="所在列表">
            <Link to={taken.queue.path}>返回{taken.queue.title}</Link>
            <span className="push" />
            <Button ref={onward} type={waits ? "default" : "primary"} loading={taken.busy} onClick={taken.next}>
              {taken.queue.query ? "办理下一件" : "回访下一位"}
            </Button>
          </Flex>
        )}
        <Flex wrap gap={8} align="center">
          <h1 className="clip">{found.title ?? "（内容已删除）"}</h1>
        </Flex>
        <Flex wrap gap={8} align="center" className="facts-line">
          <span className="number">{found.no}</span>
          <Tag color="blue">{word(STATUS, found.status)}</Tag>
          {found.urgency !== "normal" && <Tag color="red">{word(URGENCY, found.urgency)}</Tag>}
          <span className="quiet">
            {word(TYPE, found.type)} · {word(SOURCE, found.source)}（{word(LEVEL, found.level)}）
            {found.area && ` · ${found.area}`}
            {found.category && ` · ${found.category.replaceAll("/", " › ")}`}
          </span>
          <span className="push" />
          <TicketLamp ticket={found} />
        </Flex>
        <Actions
          ticket={found}
          actions={actions}
          clocks={clocks.data ?? []}
          unit={session.unit}
          papers={papersOf(timeline.data ?? [])}
          fillIn={fillIn}
        />
      </header>
      {found.merged_into && (
        <Alert
          type="info"
          className="gap"
          title={
            <>
              本工单已并入<Link to={`/tickets/${found.merged_into}`}>{found.merged_into}</Link>
            </>
          }
        />
      )}
      <div className="columns">
        <div>
          <Demand ticket={found} entries={timeline.data ?? []} />
          <LastReply no={found.no} entries={timeline.data ?? []} />
          {timeline.error ? (
            <Fault error={timeline.error} retry={() => void timeline.refetch()} />
          ) : (
            <History no={found.no} entries={timeline.data ?? []} />
          )}
        </div>
        <div>
          <Clocks no={found.no} running={found.clocks} all={clocks.data ?? []} />
          <UnitsAtWork ticket={found} />
          <Callers ticket={found} />
          <Attachments ticket={found} />
          {Number(found.counters.supervisions ?? 0) > 0 && <Supervised no={found.no} />}
          <Registered ticket={found} />
          {session.part === "office" && found.ended_at === null && <Similar ticket={found} merge={(into) => {
                startDraft(found.no, "merge", { into });
                fillIn("merge");
              }} />}
        </div>
      </div>
      <CommandDrawer ticket={found} name={open} close={() => fillIn()} />
    </article>
  );
}

/** Whether a command is what this person has to do now. */
function isMain(name?: string): boolean {
  return name !== undefined && !ASIDE.has(name);
}

/** The reviews that the present reply has passed. */
function passedReviews(entries: Entry[]): string[] {
  const passed: string[] = [];
  for (const entry of entries) {
    if (entry.do === "reply" || entry.do === "complete_plan") passed.length = 0;
    if (entry.do?.endsWith("_review") && entry.details.approve === true) passed.push(entry.do);
  }
  return passed;
}

/** The sheets of paper that a ticket has: its address and its name. */
function papersOf(entries: Entry[]): [string, string][] {
  const done = new Set(entries.map((entry) => entry.do));
  return [
    ...(done.has("submit_to_leader") ? ([["bulletin", "热线快报"]] as [string, string][]) : []),
    ...(done.has("panel_decision") || done.has("joint_meeting") ? ([["minutes", "会议纪要"]] as [string, string][]) : []),
    ["sheet", "报送页"],
  ];
}

const WINDOW: Record<string, string> = { request_return: "return_window", request_extension: "extension_window" };

function Actions(props: {
  ticket: TicketDetail;
  actions: { main: string[]; more: string[] };
  clocks: ClockAnswer[];
  unit: string | null;
  papers: [string, string][];
  fillIn: (name: string) => void;
}) {
  const { ticket, actions, fillIn } = props;
  const signing = useIssue(ticket.no, "sign", () => undefined, "已签收");
  return (
    <>
      <Flex wrap gap={8} className="toolbar no-print" role="toolbar" aria-label="可办理的操作">
        {actions.main.map((name, index) => {
          const window = lastMoment(props.clocks, WINDOW[name], props.unit);
          const button = (
            <Button
              key={name}
              type={index === 0 && isMain(name) ? "primary" : "default"}
              disabled={window?.over}
              loading={name === "sign" && signing.busy}
              onClick={() => (name === "sign" && props.unit ? void signing.send({ unit: props.unit }) : fillIn(name))}
            >
              {ACTIONS[name]}
              {window && <small>（{window.over ? "期限已过" : `${brief(window.due)}前`}）</small>}
            </Button>
          );
          return window?.over ? (
            <Tooltip key={name} title={`期限为${brief(window.due)}，已过`}>
              <span>{button}</span>
            </Tooltip>
          ) : (
            button
          );
        })}
        {actions.more.length > 0 && (
          <Dropdown
            trigger={["click"]}
            menu={{ items: actions.more.map((name) => ({ key: name, label: ACTIONS[name] })), onClick: ({ key: name }) => fillIn(name) }}
          >
            <Button>更多操作</Button>
          </Dropdown>
        )}
        <span className="push" />
        {props.papers.map(([page, title]) => (
          <Button key={page} href={`/console/tickets/${ticket.no}/${page}`} type="text">
            {title}
          </Button>
        ))}
        <Button type="text" onClick={() => window.print()}>
          打印
        </Button>
      </Flex>
      {signing.problem && <Fault error={signing.problem} />}
    </>
  );
}

/** When a right ends, and whether it has; undefined where no window was ever open. */
function lastMoment(clocks: ClockAnswer[], name: string | undefined, unit: string | null) {
  const windows = clocks.filter((one) => one.name === name && one.unit === unit);
  const open = windows.find((one) => one.ended_at === null);
  if (open) return { due: open.due_at, over: Date.parse(open.due_at) < Date.now() };
  const last = windows.at(-1);
  return last && last.reason === "lapsed" ? { due: last.due_at, over: true } : undefined;
}
