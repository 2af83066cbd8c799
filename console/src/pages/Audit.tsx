import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Button, Flex, Input, Select, Tag } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import type { AuditAnswer } from "../client";
import { listAuditInfiniteOptions } from "../client/@tanstack/react-query.gen";
import { DatePicker } from "../parts/DatePicker";
import { Fault } from "../parts/Fault";
import { CLEAR } from "../parts/fields";
import { Rows } from "../parts/Rows";
import { moment, sent, type Wall } from "../time";
import { AUDITED, HELD, ROLE, word } from "../words";
import { ACTIONS } from "../actions";

/** Every operation and every look at somebody's details: who, from where, when and why. */
export default function Audit() {
  const operations = useOperations();
  const called: Record<string, string> = { ...operations, ...ACTIONS, ...AUDITED };
  const [ticket, setTicket] = useState("");
  const [person, setPerson] = useState("");
  const [operation, setOperation] = useState<string>();
  const [days, setDays] = useState<[Wall | null, Wall | null]>();
  const page = useInfiniteQuery({
    ...listAuditInfiniteOptions({
      query: {
        ticket: ticket || undefined,
        person: person || undefined,
        operation,
        since: days?.[0] ? sent(days[0].startOf("day")) : undefined,
        until: days?.[1] ? sent(days[1].add(1, "day").startOf("day")) : undefined,
      },
    }),
    initialPageParam: { query: {} },
    getNextPageParam: (last) => (last.next_cursor ? { query: { cursor: last.next_cursor } } : undefined),
  });
  const rows = page.data?.pages.flatMap((one) => one.lines) ?? [];
  return (
    <section>
      <Flex wrap gap={10} align="center" className="bar">
        <h1>审计记录</h1>
        <Input.Search aria-label="工单编号" placeholder="工单编号" allowClear onSearch={setTicket} style={{ width: 190 }} />
        <Input.Search aria-label="人员代码" placeholder="人员代码" allowClear onSearch={setPerson} style={{ width: 170 }} />
        <Select
          aria-label="操作"
          placeholder="操作"
          showSearch={{ optionFilterProp: "label" }}
          allowClear={CLEAR}
          value={operation}
          onChange={setOperation}
          options={Object.entries(called)
            .map(([value, label]) => ({ value, label }))
            .sort((one, other) => one.label.localeCompare(other.label, "zh-CN"))}
          style={{ width: 190 }}
          popupMatchSelectWidth={240}
        />
        <DatePicker.RangePicker aria-label="期间" allowEmpty={[true, true]} onChange={(chosen) => setDays(chosen ?? undefined)} />
      </Flex>
      {page.error && <Fault error={page.error} retry={() => void page.refetch()} />}
      <Rows<AuditAnswer>
        rowKey={(one) => `${one.lane}-${one.seq}`}
        size="small"
        loading={page.isLoading || !operations}
        dataSource={operations ? rows : []}
        pagination={false}
        scroll={{ x: 820 }}
        locale={{ emptyText: "没有记录" }}
        columns={[
          { title: "时间", width: 160, render: (_, one) => moment(one.at) },
          {
            title: "人员",
            render: (_, one) => {
              const actor = one.actor as { id?: string; unit?: string; role?: string };
              return (
                <>
                  {[actor.unit, word({ ...ROLE, ...HELD }, actor.role)].filter(Boolean).join(" ")} <span translate="no">{actor.id}</span>
                </>
              );
            },
          },
          { title: "操作", render: (_, one) => word(called, one.operation) },
          {
            title: "结果",
            render: (_, one) =>
              one.outcome === "asked" ? <Tag color="green">已受理</Tag> : one.outcome === "shown" ? <Tag color="blue">已查看</Tag> : <Tag color="red">被拒绝</Tag>,
          },
          { title: "工单", render: (_, one) => one.ticket_no && <Link to={`/tickets/${one.ticket_no}`}>{one.ticket_no}</Link> },
          { title: "理由", render: (_, one) => one.why },
          { title: "来自", render: (_, one) => <span translate="no">{one.source}</span> },
        ]}
      />
      {page.hasNextPage && (
        <Flex justify="center" className="gap-above">
          <Button loading={page.isFetchingNextPage} onClick={() => void page.fetchNextPage()}>
            再看50条
          </Button>
        </Flex>
      )}
    </section>
  );
}

interface Described {
  paths: Record<string, Record<string, { operationId: string; summary: string }>>;
}

/** What the operations of the interface are called, as its own description says. */
function useOperations(): Record<string, string> | undefined {
  return useQuery({
    queryKey: ["operations"],
    staleTime: Infinity,
    queryFn: async () => {
      const { paths } = (await (await fetch("/openapi.json")).json()) as Described;
      const all = Object.values(paths).flatMap((path) => Object.values(path));
      return Object.fromEntries(all.map((one) => [one.operationId, one.summary]));
    },
  }).data;
}
