import { Flex, Segmented } from "antd";
import { useState } from "react";
import { useNavigate } from "react-router";
import { Button } from "antd";
import { TicketList, useTickets, type TicketQuery } from "../parts/TicketList";

const WAYS: Record<string, { label: string; query: TicketQuery; empty: string }> = {
  callback: { label: "待回访", query: { status: ["callback"] }, empty: "没有待回访的工单" },
  closed: { label: "已办结待评价", query: { status: ["closed"] }, empty: "没有已办结的工单" },
  dissatisfied: {
    label: "不满意",
    query: { status: ["callback", "closed"], rating: ["dissatisfied", "very_dissatisfied"] },
    empty: "没有不满意的评价",
  },
};

/** Tickets whose callers are to be called back, with the attempts made so far. */
export default function Callbacks() {
  const [way, setWay] = useState("callback");
  const chosen = WAYS[way]!;
  const tickets = useTickets(chosen.query);
  const navigate = useNavigate();
  const first = tickets.rows[0];
  return (
    <section>
      <Flex wrap gap={10} align="center" className="bar">
        <h1>回访</h1>
        <Button type="primary" disabled={!first} onClick={() => first && void navigate(`/tickets/${first.no}?do=callback`)}>
          回访下一位
        </Button>
        <Segmented value={way} onChange={setWay} options={Object.entries(WAYS).map(([value, one]) => ({ value, label: one.label }))} />
      </Flex>
      <TicketList
        tickets={tickets}
        empty={chosen.empty}
        extra={{
          title: "诉求人",
          render: (row) => {
            const callers = Number(row.counters.callers ?? 1);
            return callers > 1 ? `${callers}位` : "1位";
          },
        }}
      />
    </section>
  );
}
