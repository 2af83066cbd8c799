import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Badge, Button, Flex, Form, Input, Modal, Progress, Select, Tabs } from "antd";
import { type Key, useState } from "react";
import { useNavigate, useSearchParams } from "react-router";
import { command, problemOf } from "../api";
import type { DeskCounts, TicketLine } from "../client";
import { getDeskCountsOptions } from "../client/@tanstack/react-query.gen";
import { placeOf } from "../parts/taken";
import { kindOf, TicketList, useTickets, type TicketQuery } from "../parts/TicketList";
import { useUnits } from "../parts/units";
import { useSession } from "../session";

interface Tab {
  key: string;
  label: string;
  query: TicketQuery;
  count: (counts: DeskCounts) => number | undefined;
  empty: string;
  bulk?: boolean;
}

const TABS: Tab[] = [
  {
    key: "dispatch",
    label: "待派单",
    query: { status: ["registered"] },
    count: (counts) => counts.status.registered,
    empty: "没有待派的工单",
    bulk: true,
  },
  { key: "returns", label: "退单申请", query: { asked: "return", open: true }, count: (counts) => counts.asked.return, empty: "没有退单申请" },
  {
    key: "extensions",
    label: "延期申请",
    query: { asked: "extension", open: true },
    count: (counts) => counts.asked.extension,
    empty: "没有延期申请",
  },
  {
    key: "review",
    label: "待审核",
    query: { asked: "first_review", open: true },
    count: (counts) => counts.asked.first_review,
    empty: "没有待审核的答复",
  },
  {
    key: "lamps",
    label: "亮灯",
    query: { lamp: ["red", "yellow", "warning"], open: true },
    count: (counts) => Object.values(counts.lamp).reduce((total, one) => total + one, 0),
    empty: "没有亮灯的工单",
  },
  {
    key: "final",
    label: "待终审",
    query: { asked: "final_review", open: true },
    count: () => undefined,
    empty: "没有待终审的答复",
  },
  {
    key: "units",
    label: "单位办理中",
    query: { status: ["dispatched", "handling", "planned"] },
    count: () => undefined,
    empty: "没有在办的工单",
  },
  {
    key: "leader",
    label: "待批示",
    query: { status: ["awaiting_instruction"] },
    count: (counts) => counts.status.awaiting_instruction,
    empty: "没有呈报待批的工单",
  },
];

/** The office's one queue, by what it has to do; the most urgent first, and the next one at a key. */
export default function Office() {
  const { session } = useSession();
  const [params, setParams] = useSearchParams();
  const tabs = session.role === "reviewer" ? TABS.filter((tab) => tab.key === "review") : TABS;
  const tab = tabs.find((one) => one.key === params.get("tab")) ?? tabs[0]!;
  const counts = useQuery(getDeskCountsOptions()).data;
  const tickets = useTickets(tab.query);
  const [chosen, setChosen] = useState<Key[]>([]);
  const picked = tickets.rows.filter((row) => chosen.includes(row.no));
  const [dispatching, setDispatching] = useState(false);
  const navigate = useNavigate();
  const first = tickets.rows[0];
  const queue = { title: tab.label, path: `/office?tab=${tab.key}`, query: tab.query };
  function open(no: string) {
    const { to, state } = placeOf(queue, no);
    void navigate(to, { state });
  }

  return (
    <section>
      <Flex wrap gap={10} align="center" className="bar">
        <h1>待办工单</h1>
        <Button type="primary" disabled={!first} onClick={() => first && open(first.no)}>
          办理下一件
        </Button>
        {tab.bulk && (
          <Button disabled={!picked.length} onClick={() => setDispatching(true)}>
            批量派单{picked.length > 0 && `（${picked.length}件）`}
          </Button>
        )}
      </Flex>
      <Tabs
        activeKey={tab.key}
        onChange={(key) => {
          setChosen([]);
          setParams({ tab: key }, { replace: true });
        }}
        items={tabs.map((one) => {
          const count = counts && one.count(counts);
          return {
            key: one.key,
            label: (
              <>
                {one.label} {count ? <Badge count={count} overflowCount={999} color="#0b57c4" /> : null}
              </>
            ),
          };
        })}
      />
      <TicketList tickets={tickets} queue={queue} empty={tab.empty} chosen={chosen} choose={tab.bulk ? setChosen : undefined} />
      <BulkDispatch
        tickets={picked}
        open={dispatching}
        close={() => setDispatching(false)}
        left={setChosen}
      />
    </section>
  );
}

interface Outcome {
  no: string;
  refused?: string;
}

/** Sends several tickets to the same unit, and says of each that was refused why; those are left chosen. */
function BulkDispatch(props: { tickets: TicketLine[]; open: boolean; close: () => void; left: (numbers: string[]) => void }) {
  const units = useUnits().map((unit) => ({ value: unit.name, label: unit.name }));
  const queries = useQueryClient();
  const { message } = App.useApp();
  const [outcomes, setOutcomes] = useState<Outcome[]>([]);
  const [sending, setSending] = useState(0);
  const [keys] = useState(() => new Map<string, string>());

  async function send(said: { lead: string; assist?: string[]; reason?: string }) {
    const made: Outcome[] = [];
    const numbers = props.tickets.map((one) => one.no);
    setOutcomes([]);
    setSending(numbers.length);
    for (const no of numbers) {
      const id = `${no}${JSON.stringify(said)}`;
      if (!keys.has(id)) keys.set(id, crypto.randomUUID());
      try {
        await command(no, "dispatch", said, keys.get(id)!);
        made.push({ no });
      } catch (error) {
        made.push({ no, refused: problemOf(error).message });
      }
      setOutcomes([...made]);
    }
    const left = made.filter((one) => one.refused);
    setSending(0);
    void queries.invalidateQueries();
    props.left(left.map((one) => one.no));
    if (made.length > left.length) void message.success(`已派单${made.length - left.length}件`);
    if (!left.length) close();
  }
  function close() {
    setOutcomes([]);
    props.close();
  }
  const refused = outcomes.filter((one) => one.refused);
  return (
    <Modal
      open={props.open}
      onCancel={close}
      closable={!sending}
      mask={{ closable: false }}
      keyboard={!sending}
      title={`批量派单（${props.tickets.length}件）`}
      footer={null}
      destroyOnHidden
    >
      <ul className="several" aria-label="要派的工单" tabIndex={0}>
        {props.tickets.map((one) => (
          <li key={one.no}>
            {one.title ?? "（内容已删除）"} <span className="quiet">{[kindOf(one.category), one.area].filter(Boolean).join(" · ")}</span>
          </li>
        ))}
      </ul>
      <Form layout="vertical" onFinish={(said: { lead: string }) => void send(said)}>
        <Form.Item name="lead" label="主办单位" htmlFor="bulk-lead" rules={[{ required: true, message: "请选择主办单位" }]}>
          <Select id="bulk-lead" showSearch options={units} />
        </Form.Item>
        <Form.Item name="assist" label="协办单位" htmlFor="bulk-assist">
          <Select id="bulk-assist" mode="multiple" options={units} />
        </Form.Item>
        <Form.Item name="reason" label="派单说明" htmlFor="bulk-reason">
          <Input.TextArea id="bulk-reason" autoSize={{ minRows: 2 }} />
        </Form.Item>
        {sending > 0 && (
          <Progress percent={Math.round((outcomes.length / sending) * 100)} aria-label="派单进度" />
        )}
        {refused.length > 0 && (
          <ul className="refused" role="alert">
            {refused.map((one) => (
              <li key={one.no}>
                {one.no}：{one.refused}
              </li>
            ))}
          </ul>
        )}
        <Button type="primary" htmlType="submit" loading={sending > 0} disabled={!props.tickets.length}>
          派单
        </Button>
      </Form>
    </Modal>
  );
}
