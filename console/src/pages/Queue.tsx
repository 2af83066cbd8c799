import { useInfiniteQuery } from "@tanstack/react-query";
import { Button, Flex, Input, Select, Table, Tag } from "antd";
import { useState } from "react";
import { Link, useNavigate } from "react-router";
import type { TicketLine } from "../client";
import { listTicketsInfiniteOptions } from "../client/@tanstack/react-query.gen";
import { Fault } from "../parts/Fault";
import { Lamp } from "../parts/Lamp";
import { brief } from "../time";
import { LAMP, LEVEL, SOURCE, STATUS, TYPE, URGENCY, word } from "../words";

interface Filters {
  status: string[];
  lamp: string[];
  type: string[];
  q?: string;
}

const options = (words: Record<string, string>) => Object.entries(words).map(([value, label]) => ({ value, label }));

/** One queue, the most urgent first. `statuses` is what this desk works on when nothing else is chosen. */
export function Queue({ title, statuses }: { title: string; statuses: string[] }) {
  const [filters, setFilters] = useState<Filters>({ status: statuses, lamp: [], type: [] });
  const navigate = useNavigate();
  const query = {
    status: filters.status,
    lamp: filters.lamp,
    type: filters.type,
    q: filters.q || undefined,
    limit: 50,
  };
  const page = useInfiniteQuery({
    ...listTicketsInfiniteOptions({ query: query as never }),
    initialPageParam: { query: {} },
    getNextPageParam: (last) => (last.next_cursor ? { query: { cursor: last.next_cursor } } : undefined),
    refetchInterval: 30_000,
  });
  const rows = page.data?.pages.flatMap((one) => one.tickets) ?? [];
  const first = rows[0];

  return (
    <section>
      <Flex wrap gap={12} align="center" className="bar">
        <h1>{title}</h1>
        <Button type="primary" disabled={!first} onClick={() => first && navigate(`/tickets/${first.no}`)}>
          办理下一件
        </Button>
        <Select
          mode="multiple"
          aria-label="状态"
          placeholder="全部状态"
          value={filters.status}
          onChange={(status) => setFilters({ ...filters, status })}
          options={options(STATUS)}
          style={{ minWidth: 220 }}
        />
        <Select
          mode="multiple"
          aria-label="灯"
          placeholder="全部灯"
          value={filters.lamp}
          onChange={(lamp) => setFilters({ ...filters, lamp })}
          options={options(LAMP)}
          style={{ minWidth: 120 }}
        />
        <Select
          mode="multiple"
          aria-label="类型"
          placeholder="全部类型"
          value={filters.type}
          onChange={(type) => setFilters({ ...filters, type })}
          options={options(TYPE)}
          style={{ minWidth: 120 }}
        />
        <Input.Search
          aria-label="工单编号"
          placeholder="工单编号"
          allowClear
          onSearch={(q) => setFilters({ ...filters, q })}
          style={{ width: 200 }}
        />
      </Flex>
      {page.error && <Fault error={page.error} retry={() => void page.refetch()} />}
      <Table<TicketLine>
        rowKey="no"
        size="middle"
        loading={page.isLoading}
        dataSource={rows}
        pagination={false}
        scroll={{ x: 900 }}
        locale={{ emptyText: "没有要办的工单" }}
        columns={[
          { title: "工单", dataIndex: "no", render: (no: string) => <Link to={`/tickets/${no}`}>{no}</Link> },
          {
            title: "状态",
            dataIndex: "status",
            render: (status: string, row) => (
              <>
                {word(STATUS, status)}
                {row.urgency !== "normal" && <Tag color="red">{word(URGENCY, row.urgency)}</Tag>}
              </>
            ),
          },
          {
            title: "最近时限",
            render: (_, row) => (
              <Lamp lamp={row.lamp} due={row.next_due} clock={row.next_due_clock} provisional={row.provisional} />
            ),
          },
          { title: "类型", dataIndex: "type", render: (type: string) => word(TYPE, type) },
          { title: "主办单位", dataIndex: "lead_unit" },
          { title: "来源", render: (_, row) => `${word(SOURCE, row.source)}（${word(LEVEL, row.level)}）` },
          { title: "受理时间", dataIndex: "received_at", render: brief },
        ]}
      />
      {page.hasNextPage && (
        <Flex justify="center" className="bar">
          <Button loading={page.isFetchingNextPage} onClick={() => void page.fetchNextPage()}>
            再看 50 件
          </Button>
        </Flex>
      )}
    </section>
  );
}
