import { useQuery } from "@tanstack/react-query";
import { Alert, App, AutoComplete, Button, Card, Cascader, Checkbox, Collapse, Flex, Form, Input, Modal, Radio, Select, Tag } from "antd";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { Link } from "react-router";
import { command, Problem, problemOf } from "../api";
import { findSimilar, recogniseCaller, register } from "../client";
import type { CallerKnown, CategoryAnswer, KnowledgeAnswer, LookAlike, RefusalTerm, SecrecyTerm } from "../client";
import { getIntakeTermsOptions } from "../client/@tanstack/react-query.gen";
import { Basis } from "../parts/Basis";
import { sizeOf, upload } from "../files";
import { draft, forgetDraft, keepDraft } from "../parts/command";
import { Fault } from "../parts/Fault";
import { CLEAR } from "../parts/fields";
import { FromKnowledge } from "../parts/FromKnowledge";
import { choices, useCategories } from "../parts/PickCategory";
import { PickFiles } from "../parts/PickFiles";
import { LampTag } from "../parts/Lamp";
import { Alike, Beside } from "../parts/ticket/Similar";
import { useUnits } from "../parts/units";
import { marked, type Marked } from "../secrets";
import { type Ring, useTelephone } from "../telephony";
import { brief } from "../time";
import { EMERGENCY_LINE, REFUSAL, SPECIAL, STATUS, TYPE, URGENCY, word } from "../words";

interface Said {
  phone?: string;
  name?: string;
  address?: string;
  type: string;
  category?: string[];
  urgency: string;
  area?: string;
  title?: string;
  text: string;
  subject_unit?: string;
  special?: string;
  answer?: string;
}

/** What follows the registration at once. */
type Next = "register" | "answer" | "refuse" | "emergency";

const REGISTER: Record<Next, string> = {
  register: "登记",
  answer: "登记并答复",
  refuse: "登记并不予受理",
  emergency: "登记并转交",
};

const KEPT = ["intake", "register"] as const;

/** Takes down a demand while its caller is on the phone: everything within reach of the keyboard. */
export default function Intake() {
  const [caller, setCaller] = useState(1);
  return <Taking key={caller} next={() => setCaller(caller + 1)} />;
}

/** One demand of one caller; `next` begins with the next caller. */
function Taking(props: { next: () => void }) {
  const [form] = Form.useForm<Said>();
  const now = Form.useWatch([], form) as Said | undefined;
  const { message } = App.useApp();
  const [call, setCall] = useState<Ring>();
  const [hungUp, setHungUp] = useState(false);
  const [next, setNext] = useState<Next>("register");
  const [refusal, setRefusal] = useState<RefusalTerm>();
  const [line, setLine] = useState("110");
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const [made, setMade] = useState<string>();
  const [knowledge, setKnowledge] = useState<KnowledgeAnswer[]>([]);
  const [files, setFiles] = useState<File[]>([]);
  const [lost, setLost] = useState<string[]>([]);
  const last = useRef({ said: "", key: "" });
  const terms = useQuery({ ...getIntakeTermsOptions(), staleTime: 300_000 });
  const categories = useCategories();
  const areas = useAreas();
  const secrecy = terms.data?.secrecy;
  const marks = marked(secrecy, [now?.text, now?.title, now?.name, now?.address, now?.area, now?.subject_unit]);
  const stopped = marks.stops.length > 0;
  const known = useCaller(now?.phone);
  // Until the terms are there nobody knows what may be sent.
  const similar = useSimilar(stopped || !terms.data ? undefined : now);
  const likely = useMemo(() => likelyCategories(categories, now?.text ?? ""), [categories, now?.text]);
  const kind = kindOf(categories, now?.category);

  useTelephone(
    (ring) => {
      setCall(ring);
      setHungUp(false);
      form.setFieldValue("phone", ring.number);
      form.getFieldInstance("text")?.focus?.();
    },
    () => setHungUp(true),
  );
  useEffect(() => form.getFieldInstance("phone")?.focus?.(), [form]);
  useEffect(() => {
    // What may be a secret is not kept in this browser either.
    if (stopped) forgetDraft(...KEPT);
  }, [stopped, now]);
  // Before it is painted: a key that is shown works.
  useLayoutEffect(() => {
    const keys = (event: KeyboardEvent) => {
      if (event.ctrlKey && event.key === "Enter") form.submit();
      const place = event.altKey ? Number(event.key) : 0;
      const chosen = place ? likely[place - 1] : undefined;
      if (chosen) {
        event.preventDefault();
        form.setFieldValue("category", chosen);
      }
    };
    window.addEventListener("keydown", keys);
    return () => window.removeEventListener("keydown", keys);
  }, [form, likely]);

  async function send(said: Said) {
    const body = {
      type: said.type,
      source: "phone",
      urgency: said.urgency,
      callers: [{ name: said.name || undefined, phone: said.phone || undefined, address: said.address || undefined }],
      title: said.title || undefined,
      text: said.text,
      category: said.category?.join("/"),
      area: said.area || undefined,
      subject_unit: said.subject_unit || undefined,
      special: said.special || undefined,
      recording: call?.recording,
    };
    const written = JSON.stringify(body);
    if (last.current.said !== written) last.current = { said: written, key: crypto.randomUUID() };
    setBusy(true);
    setProblem(undefined);
    try {
      const { data, error } = await register({ body: body as never, headers: { "Idempotency-Key": last.current.key } as never });
      if (error !== undefined) throw problemOf(error);
      // Before anything that may end the ticket: one that has ended takes no files.
      const refused = await attach(data.no, files);
      setFiles([]);
      setLost((before) => [...before, ...refused]);
      await follow(data.no, said);
      forgetDraft(...KEPT);
      setMade(data.no);
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setBusy(false);
    }
  }
  async function follow(no: string, said: Said) {
    const key = `${last.current.key}-${next}`;
    if (next === "answer") await command(no, "answer", { text: said.answer, knowledge: knowledge.map((one) => one.id) }, key);
    if (next === "emergency") await command(no, "transfer_emergency", { to: line }, key);
    if (next === "refuse" && refusal) {
      await command(no, "refuse", { reason_code: refusal.reason, explanation: refusal.route, route: refusal.route }, key);
    }
    if (next !== "register") void message.success("已登记并办理");
  }
  if (made) return <Made no={made} lost={lost} again={props.next} />;

  return (
    <section>
      <Flex wrap gap={10} align="center" className="bar">
        <h1>来电受理</h1>
        {call && <Tag color={hungUp ? "default" : "green"}>{`${hungUp ? "通话已结束" : "通话中"} ${call.number}`}</Tag>}
        {call?.recording && <span className="quiet">录音 {call.recording}</span>}
        <span className="push" />
        <span className="quiet wide">Alt + 数字选类别</span>
      </Flex>
      {terms.error && <Fault error={terms.error} retry={() => void terms.refetch()} />}
      <div className="columns intake">
        <Form
          form={form}
          layout="vertical"
          className="intake-form"
          initialValues={{ type: "help", urgency: "normal", ...draft(...KEPT) }}
          onValuesChange={() => keepDraft(...KEPT, form)}
          onFinish={(said) => void send(said)}
          scrollToFirstError
        >
          <div className="three">
            <Form.Item name="phone" label="来电号码" htmlFor="phone" rules={[{ required: true, message: "请填写来电号码" }]}>
              <Input id="phone" inputMode="tel" readOnly={call !== undefined} autoComplete="off" />
            </Form.Item>
            <Form.Item name="name" label="姓名" htmlFor="caller-name">
              <Input id="caller-name" autoComplete="off" />
            </Form.Item>
            <Form.Item name="address" label="地址" htmlFor="caller-address">
              <Input id="caller-address" autoComplete="off" />
            </Form.Item>
          </div>
          <Form.Item name="text" label="诉求内容" htmlFor="text" rules={[{ required: true, message: "请填写诉求内容" }]}>
            <Input.TextArea id="text" autoSize={{ minRows: 5, maxRows: 14 }} maxLength={20000} />
          </Form.Item>
          {secrecy && <Secret marks={marks} term={secrecy} />}
          {likely.length > 0 && (
            <p className="likely">
              可能的类别：
              {likely.map((path, index) => (
                <Button key={path.join("/")} size="small" onClick={() => form.setFieldValue("category", path)}>
                  {path.join(" › ")} <kbd>{index + 1}</kbd>
                </Button>
              ))}
            </p>
          )}
          <div className="two">
            <Form.Item name="category" label="类别" htmlFor="category" rules={[{ required: true, message: "请选择类别" }]}>
              <Cascader
                id="category"
                options={choices(categories)}
                showSearch={{ filter: (typed, path) => path.some((one) => String(one.label).includes(typed)) }}
                placeholder="输入词语查找"
                displayRender={(labels) => labels.join(" › ")}
              />
            </Form.Item>
            <Form.Item name="area" label="属地" htmlFor="area">
              <AutoComplete
                id="area"
                options={areas.map((value) => ({ value }))}
                showSearch={{ filterOption: (typed, option) => String(option?.value).includes(typed) }}
              />
            </Form.Item>
          </div>
          <Form.Item name="title" label="标题" htmlFor="title" extra="不填的，以内容开头为标题">
            <Input id="title" maxLength={100} autoComplete="off" />
          </Form.Item>
          <div className="two kinds">
            <Form.Item name="type" label="类型">
              <Radio.Group options={(terms.data?.types ?? Object.keys(TYPE)).map((value) => ({ value, label: word(TYPE, value) }))} />
            </Form.Item>
            <Form.Item name="urgency" label="紧急程度">
              <Radio.Group options={Object.entries(URGENCY).map(([value, label]) => ({ value, label }))} />
            </Form.Item>
          </div>
          <Collapse
            ghost
            size="small"
            items={[
              {
                key: "more",
                label: "被反映的单位、特殊事项",
                forceRender: true,
                children: (
                  <div className="two">
                    <Form.Item name="subject_unit" label="被反映的单位" htmlFor="subject-unit">
                      <Input id="subject-unit" />
                    </Form.Item>
                    <Form.Item name="special" label="特殊事项" htmlFor="special">
                      <Select
                        id="special"
                        allowClear={CLEAR}
                        options={Object.entries(SPECIAL).map(([value, label]) => ({ value, label }))}
                      />
                    </Form.Item>
                  </div>
                ),
              },
            ]}
          />
          <Chosen files={files} change={setFiles} />
          <Form.Item label="登记后">
            <Radio.Group
              value={next}
              onChange={(event) => setNext(event.target.value as Next)}
              options={[
                { value: "register", label: "转热线办派单" },
                ...(terms.data?.direct_answer ? [{ value: "answer", label: "即办答复" }] : []),
                { value: "emergency", label: "转紧急专线" },
                ...(terms.data?.refusals.length ? [{ value: "refuse", label: "不予受理" }] : []),
              ]}
            />
          </Form.Item>
          {next === "answer" && (
            <FromKnowledge
              asked={stopped ? "" : (now?.text ?? "")}
              chosen={knowledge}
              choose={(chosen, added) => {
                setKnowledge(chosen);
                const had = form.getFieldValue("answer") as string | undefined;
                if (added) form.setFieldValue("answer", [had, added.body].filter(Boolean).join("\n"));
              }}
            />
          )}
          {next === "answer" && (
            <Form.Item name="answer" label="答复内容" htmlFor="answer" rules={[{ required: true, message: "请填写答复内容" }]}>
              <Input.TextArea id="answer" autoSize={{ minRows: 3, maxRows: 10 }} />
            </Form.Item>
          )}
          {next === "emergency" && (
            <Form.Item label="紧急专线">
              <Radio.Group
                value={line}
                onChange={(event) => setLine(event.target.value as string)}
                options={Object.entries(EMERGENCY_LINE).map(([value, label]) => ({ value, label }))}
              />
            </Form.Item>
          )}
          {next === "refuse" && <Scope refusals={terms.data?.refusals ?? []} chosen={refusal} choose={setRefusal} />}
          {problem && <Fault error={problem} />}
          <Flex align="center" gap={12} className="submit">
            <Button type="primary" size="large" htmlType="submit" loading={busy} disabled={stopped || (next === "refuse" && !refusal)}>
              {REGISTER[next]}
            </Button>
            <span className="quiet wide">Ctrl + Enter</span>
          </Flex>
        </Form>
        <aside aria-label="通话提示">
          <Asks kind={kind} />
          <Known known={known} />
          <Alikes found={similar} text={now?.text ?? ""} title={now?.title} />
          {!terms.data?.refusals.length && terms.data && (
            <Card title={<h2>受理范围</h2>}>
              <p className="tight">
                《{terms.data.title}》没有不予受理的规定，诉求均应登记；不属本级办理的，登记后由{terms.data.office}退回上级。
              </p>
            </Card>
          )}
        </aside>
      </div>
    </section>
  );
}

/** Marks of state secrets in what is typed: what stops the intake and what only asks for care. */
function Secret({ marks, term }: { marks: Marked; term: SecrecyTerm }) {
  const named = (words: string[]) => words.map((one) => `“${one}”`).join("、");
  if (marks.stops.length) {
    return (
      <Alert
        type="error"
        showIcon
        role="alert"
        className="gap"
        title={`内容中有${named(marks.stops)}字样，可能涉及国家秘密，不得登记`}
        description={
          <>
            <p className="read-out">{term.route}</p>
            <Basis rules={term.basis} />
          </>
        }
      />
    );
  }
  if (!marks.warns.length) return null;
  return (
    <Alert
      type="warning"
      showIcon
      role="status"
      className="gap"
      title={`内容中有${named(marks.warns)}字样，请向诉求人核实不涉及国家秘密；涉及的不要记录`}
    />
  );
}

/** Sends files to a ticket that was just registered; those that were not taken, each with the reason. */
async function attach(no: string, files: File[]): Promise<string[]> {
  const refused: string[] = [];
  for (const file of files) {
    try {
      await upload(no, file);
    } catch (error) {
      refused.push(`${file.name}：${problemOf(error).message}`);
    }
  }
  return refused;
}

/** Files to go along with what is taken down. */
function Chosen({ files, change }: { files: File[]; change: (files: File[]) => void }) {
  return (
    <div className="gap">
      <PickFiles choose={(more) => change([...files, ...more])} label="添加附件">
        添加附件
      </PickFiles>
      <ul className="units" aria-label="要上传的附件">
        {files.map((file, place) => (
          <li key={`${place}${file.name}`}>
            <span>
              {file.name} <span className="quiet">{sizeOf(file.size)}</span>
            </span>
            <Button
              type="link"
              size="small"
              className="flush"
              aria-label={`去掉${file.name}`}
              onClick={() => change(files.filter((one) => one !== file))}
            >
              去掉
            </Button>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Made({ no, lost, again }: { no: string; lost: string[]; again: () => void }) {
  const next = useRef<HTMLButtonElement>(null);
  useEffect(() => next.current?.focus(), []);
  return (
    <section className="made" role="status">
      <h1>已登记</h1>
      <p>请告知诉求人工单编号：</p>
      <p className="big-number">{no.replace(/(\d{4})(?=\d)/g, "$1 ")}</p>
      {lost.length > 0 && (
        <Alert type="warning" className="gap" title="以下附件没有上传，请打开工单重新上传" description={lost.map((one) => <p key={one} className="tight">{one}</p>)} />
      )}
      <Flex gap={8} justify="center">
        <Button type="primary" size="large" ref={next} onClick={again}>
          下一个来电
        </Button>
        <Link to={`/tickets/${no}`}>
          <Button size="large">打开工单</Button>
        </Link>
      </Flex>
    </section>
  );
}

function Asks({ kind }: { kind?: CategoryAnswer }) {
  const [asked, setAsked] = useState<string[]>([]);
  useEffect(() => setAsked([]), [kind]);
  if (!kind?.asks.length) return null;
  const missing = kind.asks.filter((one) => !asked.includes(one));
  return (
    <Card
      title={<h2>“{kind.name}”要问清</h2>}
      extra={missing.length ? <Tag color="orange">还差{missing.length}项</Tag> : <Tag color="green">已问清</Tag>}
    >
      <Checkbox.Group className="stack" value={asked} onChange={setAsked} options={kind.asks} />
    </Card>
  );
}

function Known({ known }: { known?: CallerKnown }) {
  if (!known) return null;
  const open = known.tickets.filter((one) => !one.ended_at);
  return (
    <Card
      title={<h2>来电人{known.name ? ` ${known.name}` : ""}</h2>}
      extra={known.tickets.length ? `${known.tickets.length}件，${open.length}件未结束` : undefined}
    >
      {known.tickets.length === 0 && <p className="quiet tight">此号码没有来过电</p>}
      <ul className="units">
        {known.tickets.map((one) => (
          <li key={one.no}>
            <Link to={`/tickets/${one.no}`} target="_blank" rel="noreferrer" className="clip">
              {one.title ?? one.no}
            </Link>
            <span>
              {word(STATUS, one.status)} <LampTag lamp={one.lamp} />
            </span>
            <span className="quiet">
              {brief(one.received_at)} {one.lead_unit}
            </span>
            {!one.ended_at && (
              <span>
                <Link to={`/tickets/${one.no}?do=supplement`}>补充到这件</Link> <Link to={`/tickets/${one.no}?do=urge`}>催办</Link>
              </span>
            )}
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Alikes({ found, text, title }: { found: LookAlike[]; text: string; title?: string }) {
  const [shown, setShown] = useState<LookAlike>();
  if (!found.length) return null;
  return (
    <Card title={<h2>可能重复（{found.length}）</h2>}>
      <ul className="units">
        {found.map((one) => (
          <li key={one.ticket.no}>
            <Button type="link" className="flush clip" onClick={() => setShown(one)}>
              {one.ticket.title ?? one.ticket.no}
            </Button>
            <Alike one={one} />
          </li>
        ))}
      </ul>
      <Modal open={shown !== undefined} onCancel={() => setShown(undefined)} width={900} title="对照" footer={null}>
        {shown && <Beside left={{ title, text }} right={shown} apart />}
      </Modal>
    </Card>
  );
}

/** The reasons for not accepting a demand, with the words to read out. */
function Scope(props: { refusals: RefusalTerm[]; chosen?: RefusalTerm; choose: (one: RefusalTerm) => void }) {
  return (
    <fieldset className="suggested">
      <legend>不予受理的情形</legend>
      <Radio.Group
        className="stack"
        value={props.chosen?.reason}
        onChange={(event) => {
          const found = props.refusals.find((one) => one.reason === event.target.value);
          if (found) props.choose(found);
        }}
        options={props.refusals.map((one) => ({ value: one.reason, label: word(REFUSAL, one.reason) }))}
      />
      {props.chosen && (
        <Alert
          type="info"
          title="请向诉求人说明"
          description={
            <>
              <p className="read-out">您反映的事项属于“{word(REFUSAL, props.chosen.reason)}”，不在热线受理范围。{props.chosen.route}</p>
              <Basis rules={props.chosen.basis} />
            </>
          }
        />
      )}
    </fieldset>
  );
}

function useAreas(): string[] {
  return [...new Set(useUnits().flatMap((unit) => unit.territory))].sort();
}

/** What is known of the number, once enough of it is there. */
function useCaller(phone?: string): CallerKnown | undefined {
  const number = phone?.replace(/\D/g, "") ?? "";
  return useQuery({
    queryKey: ["caller", number],
    enabled: number.length >= 7,
    staleTime: 30_000,
    queryFn: async () => {
      const { data, error } = await recogniseCaller({ body: { phone: number } });
      if (error !== undefined) throw problemOf(error);
      return data;
    },
  }).data;
}

/** Demands like the one that is being taken down, asked for when the typing rests. */
function useSimilar(now?: Said): LookAlike[] {
  const [rested, setRested] = useState<Said>();
  const said = JSON.stringify([now?.text, now?.area, now?.category, now?.phone]);
  useEffect(() => {
    const timer = setTimeout(() => setRested(now), 700);
    return () => clearTimeout(timer);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `said` is what `now` says
  }, [said]);
  const text = rested?.text ?? "";
  return (
    useQuery({
      queryKey: ["similar", rested?.text, rested?.area, rested?.category, rested?.phone],
      enabled: text.length >= 6,
      staleTime: 30_000,
      queryFn: async () => {
        const { data, error } = await findSimilar({
          body: { text, area: rested?.area || undefined, category: rested?.category?.join("/"), phone: rested?.phone || undefined },
        });
        if (error !== undefined) throw problemOf(error);
        return data;
      },
    }).data ?? []
  );
}

/** Paths of the categories whose words the demand says, the most often first. */
function likelyCategories(categories: CategoryAnswer[], text: string): string[][] {
  const found: { path: string[]; hits: number }[] = [];
  for (const first of categories) {
    for (const second of first.children) {
      for (const third of second.children) {
        const hits = third.words.filter((one) => text.includes(one)).length;
        if (hits) found.push({ path: [first.name, second.name, third.name], hits });
      }
    }
  }
  return found
    .sort((one, other) => other.hits - one.hits)
    .slice(0, 3)
    .map((one) => one.path);
}

function kindOf(categories: CategoryAnswer[], path?: string[]): CategoryAnswer | undefined {
  const first = categories.find((one) => one.name === path?.[0]);
  return first?.children.find((one) => one.name === path?.[1]);
}
