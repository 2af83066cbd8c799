import { useQuery } from "@tanstack/react-query";
import { Button, Empty, Flex, Grid, Skeleton, Table, Tag } from "antd";
import { type Key, type ReactNode, useState } from "react";
import { Link, useNavigate } from "react-router";
import type { ListTicketsData, TicketLine } from "../client";
import { listTicketsOptions } from "../client/@tanstack/react-query.gen";
import { brief } from "../time";
import { LEVEL, SOURCE, STATUS, TYPE, URGENCY, word } from "../words";
import { Fault } from "./Fault";
import { TicketLamp } from "./Lamp";
import { placeOf, type Queue } from "./taken";

export type TicketQuery = NonNullable<ListTicketsData["query"]>;

const PAGE = 50;

/** A page of the tickets that a question gives, read anew every half minute; another question begins at its first. */
export function useTickets(query: TicketQuery) {
  const asked = JSON.stringify(query);
  const [turned, setTurned] = useState<{ of: string; cursors: string[] }>({ of: asked, cursors: [] });
  const cursors = turned.of === asked ? turned.cursors : [];
  const page = useQuery({
    ...listTicketsOptions({ query: { limit: PAGE, ...query, cursor: cursors.at(-1) } }),
    // The page that was there stays until the next one has come.
    placeholderData: (shown) => (cursors.length ? shown : undefined),
    refetchInterval: 30_000,
  });
  function turnTo(places: string[]) {
    setTurned({ of: asked, cursors: places });
    document.getElementById("content")?.scrollIntoView({ block: "start" });
  }
  const { data, error, isLoading, isPlaceholderData, refetch } = page;
  const next = data?.next_cursor;
  // Only what is shown: whoever asks for all that is known of a question is drawn anew whenever it is put.
  return {
    error,
    isLoading,
    isPlaceholderData,
    refetch,
    rows: data?.tickets ?? [],
    number: cursors.length + 1,
    back: cursors.length ? () => turnTo(cursors.slice(0, -1)) : undefined,
    on: next ? () => turnTo([...cursors, next]) : undefined,
  };
}

/** Tickets as rows, as cards on a phone; the most urgent first, as the system gives them. */
export function TicketList(props: {
  tickets: ReturnType<typeof useTickets>;
  empty: string;
  /** The list as it is taken from, so that the page of a ticket leads on to the next. */
  queue?: Queue;
  chosen?: Key[];
  choose?: (chosen: Key[]) => void;
  /** What to show of each row beside the usual. */
  extra?: { title: string; render: (row: TicketLine) => ReactNode };
}) {
  const { tickets, extra } = props;
  const place = (no: string) => (props.queue ? placeOf(props.queue, no) : { to: `/tickets/${no}`, state: undefined });
  const { md } = Grid.useBreakpoint();
  const navigate = useNavigate();
  if (tickets.error) return <Fault error={tickets.error} retry={() => void tickets.refetch()} />;
  const more = (tickets.back || tickets.on) && (
    <Flex component="nav" justify="center" align="center" gap={12} className="gap-above no-print" aria-label="翻页">
      <Button disabled={!tickets.back} onClick={tickets.back}>
        上一页
      </Button>
      <span className="quiet">第{tickets.number}页</span>
      <Button disabled={!tickets.on} loading={tickets.isPlaceholderData} onClick={tickets.on}>
        下一页
      </Button>
    </Flex>
  );
  if (md === false) {
    if (tickets.isLoading) return <Skeleton active />;
    return (
      <>
        <ul className="cards" aria-label="工单">
          {tickets.rows.map((row) => (
            <li key={row.no} className={`card-row ${lampOf(row)}`}>
              <Link {...place(row.no)}>
                <Flex justify="space-between" gap={8}>
                  <span className="quiet number">{row.no}</span>
                  <span>
                    {row.urgency !== "normal" && <Tag color="red">{word(URGENCY, row.urgency)}</Tag>}
                    <Tag className="flush-end">{word(STATUS, row.status)}</Tag>
                  </span>
                </Flex>
                <strong className="clip">{row.title ?? "（内容已删除）"}</strong>
                <TicketLamp ticket={row} />
                <span className="quiet">{[word(TYPE, row.type), kindOf(row.category), row.area, row.lead_unit].filter(Boolean).join(" · ")}</span>
                {extra && <div>{extra.render(row)}</div>}
              </Link>
            </li>
          ))}
        </ul>
        {tickets.rows.length === 0 && <Empty description={props.empty} />}
        {more}
      </>
    );
  }
  return (
    <>
      <Table<TicketLine>
        rowKey="no"
        size="small"
        className="tickets"
        loading={tickets.isLoading || tickets.isPlaceholderData}
        dataSource={tickets.rows}
        pagination={false}
        scroll={{ x: 920 }}
        // The style sheet marks the row under the pointer: a script would draw rows anew all the while a list scrolls by.
        rowHoverable={false}
        rowClassName={(row) => `row ${lampOf(row)}`}
        onRow={(row) => ({
          onClick: (event) => {
            // Links, boxes and a text that is being marked keep their own meaning.
            const on = event.target as HTMLElement;
            if (on.closest("a,button,label,.ant-table-selection-column") || window.getSelection()?.toString()) return;
            const { to, state } = place(row.no);
            void navigate(to, { state });
          },
        })}
        rowSelection={
          props.choose && {
            selectedRowKeys: props.chosen,
            onChange: props.choose,
            columnTitle: undefined,
            getTitleCheckboxProps: () => ({ "aria-label": "选择全部工单" }),
            getCheckboxProps: (row) => ({ "aria-label": `选择工单${row.no}` }),
          }
        }
        locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={props.empty} /> }}
        columns={[
          {
            title: "诉求",
            render: (_, row) => (
              <div className="what">
                <Link {...place(row.no)} className="clip">
                  {row.title ?? "（内容已删除）"}
                </Link>
                <span className="quiet">
                  <span className="number">{row.no}</span> {word(TYPE, row.type)}
                  {row.category && ` · ${kindOf(row.category)}`}
                  {row.area && ` · ${row.area}`}
                </span>
              </div>
            ),
          },
          {
            title: "状态",
            width: 112,
            render: (_, row) => (
              <>
                <span>{word(STATUS, row.status)}</span>
                {row.urgency !== "normal" && (
                  <Tag color="red" className="after">
                    {word(URGENCY, row.urgency)}
                  </Tag>
                )}
              </>
            ),
          },
          {
            title: "最近时限",
            width: 272,
            render: (_, row) => (
              <TicketLamp ticket={row} />
            ),
          },
          ...(extra ? [{ title: extra.title, render: (_: unknown, row: TicketLine) => extra.render(row) }] : []),
          { title: "主办单位", width: 120, render: (_, row) => row.lead_unit ?? <span className="quiet">未派单</span> },
          {
            title: "受理",
            width: 132,
            render: (_, row) => (
              <>
                {brief(row.received_at)}
                <br />
                <span className="quiet">
                  {word(SOURCE, row.source)} · {word(LEVEL, row.level)}
                </span>
              </>
            ),
          },
        ]}
      />
      {more}
    </>
  );
}

/** The lamp that a row is coloured after: of the limit that stands in it. */
function lampOf(row: TicketLine): string {
  return (row.limit_shown ? row.limit_shown.lamp : row.lamp) ?? "";
}

/** The narrower end of a category. */
export function kindOf(category: string | null): string {
  return category?.split("/").at(-1) ?? "";
}
