import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Card, Descriptions, Flex, Skeleton, Table, Tag, Timeline } from "antd";
import { useState } from "react";
import { Link, useParams } from "react-router";
import type { ClockAnswer, Entry, TicketDetail } from "../client";
import { getTicketOptions, getTimelineOptions, listUnitsOptions } from "../client/@tanstack/react-query.gen";
import { CommandForm } from "../parts/CommandForm";
import { Fault } from "../parts/Fault";
import { Lamp } from "../parts/Lamp";
import { useSession } from "../session";
import { brief, moment } from "../time";
import { CLOCK, CLOCK_STATE, LEVEL, PART, RATING, ROLE, SOURCE, STAGE, STATUS, TYPE, URGENCY, word } from "../words";
import { ACTIONS } from "../actions";

/** Everything about one ticket on one page; only what may be done now is offered. */
export function Ticket() {
  const { no = "" } = useParams();
  const { session } = useSession();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const ticket = useQuery({ ...getTicketOptions({ path: { no } }), refetchInterval: 30_000 });
  const timeline = useQuery(getTimelineOptions({ path: { no } }));
  const units = useQuery(listUnitsOptions());
  const [open, setOpen] = useState<string>();

  if (ticket.error) return <Fault error={ticket.error} retry={() => void ticket.refetch()} />;
  if (!ticket.data) return <Skeleton active />;
  const found = ticket.data;

  return (
    <article className="ticket">
      <Flex wrap gap={12} align="center" className="bar">
        <h1>工单 {found.no}</h1>
        <Tag color="blue">{word(STATUS, found.status)}</Tag>
        {found.stage && <Tag>{found.stage}</Tag>}
        <Lamp lamp={found.lamp} due={found.next_due} clock={found.next_due_clock} provisional={found.provisional} />
      </Flex>
      <Flex wrap gap={8} className="bar" role="toolbar" aria-label="可办理的操作">
        {found.allowed
          .filter((name) => name in ACTIONS)
          .map((name, index) => (
            <Button key={name} type={index === 0 ? "primary" : "default"} onClick={() => setOpen(name)}>
              {ACTIONS[name]}
            </Button>
          ))}
      </Flex>
      <div className="columns">
        <div>
          <Card title={<h2>诉求</h2>}>
            <h3>{found.title}</h3>
            <p className="words">{found.text ?? "诉求内容不在你的查看范围内。"}</p>
          </Card>
          <Answers entries={timeline.data ?? []} />
          <Card title={<h2>办理经过</h2>}>
            {timeline.error && <Fault error={timeline.error} retry={() => void timeline.refetch()} />}
            <History entries={timeline.data ?? []} />
          </Card>
        </div>
        <div>
          <Facts ticket={found} />
          <Clocks no={found.no} clocks={found.clocks} />
          <People ticket={found} />
        </div>
      </div>
      {open && (
        <CommandForm
          ticket={found}
          name={open}
          title={ACTIONS[open] ?? open}
          unit={session.unit}
          units={(units.data ?? []).map((unit) => unit.name)}
          onClose={() => setOpen(undefined)}
          onDone={() => {
            setOpen(undefined);
            void message.success("已办理");
            void queries.invalidateQueries();
          }}
        />
      )}
    </article>
  );
}

function Answers({ entries }: { entries: Entry[] }) {
  const replies = entries.filter((entry) => entry.do === "reply" || entry.do === "answer" || entry.do === "complete_plan");
  const last = replies.at(-1);
  if (!last) return null;
  return (
    <Card title={<h2>{replies.length > 1 ? `答复（第${replies.length}次）` : "答复"}</h2>}>
      <p className="quiet">
        {last.unit} {moment(last.at)}
      </p>
      <p className="words">{last.texts.text?.text ?? "答复内容不在你的查看范围内。"}</p>
    </Card>
  );
}

function History({ entries }: { entries: Entry[] }) {
  return (
    <Timeline
      items={[...entries].reverse().map((entry) => ({
        key: entry.seq,
        color: entry.fact === "clock_breached" || entry.fact === "lamp" ? "red" : entry.do ? "blue" : "gray",
        content: (
          <>
            <span className="quiet">{brief(entry.at)}</span> {entry.sentence}
            {typeof entry.actor?.role === "string" && <span className="quiet">（{word(ROLE, entry.actor.role)}）</span>}
            {Object.entries(entry.texts).map(([name, text]) =>
              text.text ? (
                <blockquote key={name} className="words">
                  {text.text}
                </blockquote>
              ) : null,
            )}
            {entry.basis.length > 0 && <span className="quiet"> [{entry.basis.join("、")}]</span>}
          </>
        ),
      }))}
    />
  );
}

function Facts({ ticket }: { ticket: TicketDetail }) {
  const rows: [string, string | null | undefined][] = [
    ["类型", word(TYPE, ticket.type)],
    ["紧急程度", word(URGENCY, ticket.urgency)],
    ["来源", `${word(SOURCE, ticket.source)}（${word(LEVEL, ticket.level)}）`],
    ["类别", ticket.category],
    ["属地", ticket.area],
    ["受理", moment(ticket.received_at)],
    ["原诉求时间", moment(ticket.original_received_at)],
    ["上级编号", ticket.upstream_no],
    ["上级时限", moment(ticket.upstream_due)],
    ["并入", ticket.merged_into],
    ["办结", moment(ticket.closed_at)],
    ["依据办法", ticket.policy.title],
  ];
  return (
    <Card title={<h2>登记</h2>}>
      <Descriptions
        column={1}
        size="small"
        items={rows.filter(([, value]) => value).map(([label, value]) => ({ key: label, label, children: value }))}
      />
    </Card>
  );
}

function Clocks({ no, clocks }: { no: string; clocks: ClockAnswer[] }) {
  return (
    <Card title={<h2>时限</h2>}>
      <Table<ClockAnswer>
        rowKey={(clock) => `${clock.name}-${clock.unit}-${clock.n}`}
        size="small"
        pagination={false}
        dataSource={clocks}
        locale={{ emptyText: "没有进行中的时限" }}
        columns={[
          {
            title: "时限",
            render: (_, clock) => `${clock.unit === "office" ? "热线办" : clock.unit} ${word(CLOCK, clock.name)}`,
          },
          {
            title: "到期",
            render: (_, clock) => <Lamp lamp={clock.lamp} due={clock.due_at} provisional={clock.provisional} />,
          },
          { title: "状态", render: (_, clock) => (clock.silent_since ? "待审核" : word(CLOCK_STATE, clock.state)) },
          {
            title: "由来",
            render: (_, clock) => (
              <Link to={`/tickets/${no}/clocks/${clock.name}/${encodeURIComponent(clock.unit)}`}>为什么是这一天</Link>
            ),
          },
        ]}
      />
    </Card>
  );
}

function People({ ticket }: { ticket: TicketDetail }) {
  return (
    <Card title={<h2>单位和诉求人</h2>}>
      {ticket.assignments.map((one) => (
        <p key={one.unit}>
          <Tag>{word(PART, one.role)}</Tag>
          {one.unit} <span className="quiet">{word(STAGE, one.stage)}</span>
          {one.lacking.length > 0 && <Tag color="orange">人员不齐</Tag>}
        </p>
      ))}
      {ticket.callers.map((caller) => {
        const rating = caller.ratings.handling;
        return (
          <p key={caller.id}>
            诉求人 {caller.name ?? "未留姓名"} {caller.phone ?? "未留电话"}
            {typeof rating === "string" && <Tag>{word(RATING, rating)}</Tag>}
          </p>
        );
      })}
    </Card>
  );
}
