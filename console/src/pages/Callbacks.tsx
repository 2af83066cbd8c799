import { useInfiniteQuery } from "@tanstack/react-query";
import { Button, Empty, Flex, Segmented } from "antd";
import { useState } from "react";
import { Link, useNavigate } from "react-router";
import type { CallbackWaiting } from "../client";
import { listCallbacksInfiniteOptions } from "../client/@tanstack/react-query.gen";
import { Fault } from "../parts/Fault";
import { Rows } from "../parts/Rows";
import { placeOf, type Queue } from "../parts/taken";
import { kindOf, TicketList, useTickets } from "../parts/TicketList";
import { brief } from "../time";
import { STATUS, word } from "../words";

const WAITING: Queue = { title: "待回访", path: "/callbacks" };

/** Whom to call back: each caller with the attempts made and those that the policy has. */
export default function Callbacks() {
  const [way, setWay] = useState("waiting");
  const navigate = useNavigate();
  const page = useInfiniteQuery({
    ...listCallbacksInfiniteOptions({ query: { limit: 50 } }),
    initialPageParam: { query: {} },
    getNextPageParam: (last) => (last.next_cursor ? { query: { cursor: last.next_cursor } } : undefined),
    refetchInterval: 30_000,
  });
  const rows = page.data?.pages.flatMap((one) => one.waiting) ?? [];
  const first = rows[0];
  function take(no: string) {
    const { to, state } = placeOf(WAITING, no);
    void navigate(to, { state });
  }
  return (
    <section>
      <Flex wrap gap={10} align="center" className="bar">
        <h1>回访</h1>
        <Button type="primary" disabled={!first} onClick={() => first && take(first.ticket.no)}>
          回访下一位
        </Button>
        <Segmented
          aria-label="回访状态"
          value={way}
          onChange={setWay}
          options={[{ value: "waiting", label: "待回访" }, { value: "dissatisfied", label: "不满意" }]}
        />
      </Flex>
      {way === "waiting" ? <Waiting page={page} rows={rows} /> : <Dissatisfied />}
    </section>
  );
}

function Waiting(props: {
  page: { error: unknown; isLoading: boolean; hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown; refetch: () => unknown };
  rows: CallbackWaiting[];
}) {
  const { page, rows } = props;
  if (page.error) return <Fault error={page.error} retry={() => void page.refetch()} />;
  return (
    <>
      <Rows<CallbackWaiting>
        rowKey={(row) => row.ticket.no}
        loading={page.isLoading}
        dataSource={rows}
        pagination={false}
        scroll={{ x: 760 }}
        locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description="没有待回访的诉求人" /> }}
        columns={[
          {
            title: "诉求",
            render: (_, { ticket }) => (
              <div className="what">
                <Link to={`/tickets/${ticket.no}`} className="clip">
                  {ticket.title ?? "（内容已删除）"}
                </Link>
                <span className="quiet">
                  <span className="number">{ticket.no}</span> {kindOf(ticket.category)} {ticket.lead_unit}
                </span>
              </div>
            ),
          },
          { title: "状态", width: 90, render: (_, { ticket }) => word(STATUS, ticket.status) },
          {
            title: "诉求人",
            render: (_, row) => (
              <ul>
                {row.callers.map((one) => (
                  <li key={one.id}>
                    {one.name ?? "未留姓名"} <span className="number">{one.phone ?? "未留电话"}</span>
                  </li>
                ))}
              </ul>
            ),
          },
          {
            title: "已回访",
            width: 250,
            render: (_, row) => (
              <ul>
                {row.callers.map((one) => (
                  <li key={one.id}>
                    {one.attempts}次<span className="quiet">，最多{row.attempts_allowed}次</span>
                    {one.last_attempt_at && <span className="quiet at">最近{brief(one.last_attempt_at)}</span>}
                  </li>
                ))}
              </ul>
            ),
          },
          {
            title: "操作",
            width: 110,
            render: (_, { ticket, callers }) => (
              <Link {...placeOf(WAITING, ticket.no)}>{callers.length > 1 ? `回访${callers.length}位` : "回访"}</Link>
            ),
          },
        ]}
      />
      {page.hasNextPage && (
        <Flex justify="center" className="gap-above">
          <Button loading={page.isFetchingNextPage} onClick={() => void page.fetchNextPage()}>
            再看50件
          </Button>
        </Flex>
      )}
    </>
  );
}

function Dissatisfied() {
  const tickets = useTickets({ status: ["callback", "closed"], rating: ["dissatisfied", "very_dissatisfied"] });
  return <TicketList tickets={tickets} empty="没有不满意的评价" />;
}
