import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Badge, Button, Flex, Tabs } from "antd";
import { type Key, useState } from "react";
import { useNavigate, useSearchParams } from "react-router";
import { command, problemOf } from "../api";
import type { DeskCounts } from "../client";
import { getDeskCountsOptions } from "../client/@tanstack/react-query.gen";
import { placeOf } from "../parts/taken";
import { TicketList, useTickets, type TicketQuery } from "../parts/TicketList";
import { useSession } from "../session";

interface Tab {
  key: string;
  label: string;
  query: TicketQuery;
  count: (counts: DeskCounts) => number | undefined;
  empty: string;
}

const TABS: Tab[] = [
  { key: "waiting", label: "待签收", query: { unit_stage: ["waiting"], open: true }, count: (counts) => counts.stage.waiting, empty: "没有待签收的工单" },
  { key: "signed", label: "办理中", query: { unit_stage: ["signed"], open: true }, count: (counts) => counts.stage.signed, empty: "没有办理中的工单" },
  {
    key: "approving",
    label: "待审阅",
    query: { unit_stage: ["approving"], open: true },
    count: (counts) => counts.stage.approving,
    empty: "没有待领导审阅的答复",
  },
  { key: "replied", label: "已答复", query: { unit_stage: ["replied"], open: true }, count: (counts) => counts.stage.replied, empty: "没有等待审核的答复" },
  { key: "planned", label: "列入计划", query: { status: ["planned"] }, count: (counts) => counts.status.planned, empty: "没有列入计划的事项" },
];

/** A unit's own tickets, by what it has to do with them. */
export default function Unit() {
  const { session } = useSession();
  const [params, setParams] = useSearchParams();
  const leads = session.role !== "handler";
  const start = leads ? "approving" : "waiting";
  const tab = TABS.find((one) => one.key === (params.get("tab") ?? start)) ?? TABS[0]!;
  const counts = useQuery(getDeskCountsOptions()).data;
  const query = { ...tab.query, unit: session.unit ? [session.unit] : [] };
  const tickets = useTickets(query);
  const [chosen, setChosen] = useState<Key[]>([]);
  const navigate = useNavigate();
  const first = tickets.rows[0];
  const queue = { title: tab.label, path: `/unit?tab=${tab.key}`, query };
  const signs = tab.key === "waiting" && session.role === "handler";
  function open(no: string) {
    const { to, state } = placeOf(queue, no);
    void navigate(to, { state });
  }

  return (
    <section>
      <Flex wrap gap={10} align="center" className="bar">
        <h1>{session.unit}</h1>
        <Button type="primary" disabled={!first} onClick={() => first && open(first.no)}>
          办理下一件
        </Button>
        {signs && <SignSeveral numbers={chosen as string[]} done={() => setChosen([])} />}
      </Flex>
      <Tabs
        activeKey={tab.key}
        onChange={(key) => {
          setChosen([]);
          setParams({ tab: key }, { replace: true });
        }}
        items={TABS.map((one) => {
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
      <TicketList tickets={tickets} queue={queue} empty={tab.empty} chosen={chosen} choose={signs ? setChosen : undefined} />
    </section>
  );
}

function SignSeveral({ numbers, done }: { numbers: string[]; done: () => void }) {
  const { session } = useSession();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const [busy, setBusy] = useState(false);
  async function sign() {
    setBusy(true);
    const refused: string[] = [];
    for (const no of numbers) {
      try {
        await command(no, "sign", { unit: session.unit }, crypto.randomUUID());
      } catch (error) {
        refused.push(`${no}：${problemOf(error).message}`);
      }
    }
    setBusy(false);
    done();
    void queries.invalidateQueries();
    if (refused.length) void message.error(refused.join("\n"), 8);
    else void message.success(`已签收${numbers.length}件`);
  }
  return (
    <Button disabled={!numbers.length} loading={busy} onClick={() => void sign()}>
      批量签收{numbers.length > 0 && `（${numbers.length}件）`}
    </Button>
  );
}
