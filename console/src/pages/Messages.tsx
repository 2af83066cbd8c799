import { useInfiniteQuery } from "@tanstack/react-query";
import { Button, Empty, Flex, Input, Tag } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import type { MessageAnswer } from "../client";
import { listNotificationsInfiniteOptions } from "../client/@tanstack/react-query.gen";
import { Fault } from "../parts/Fault";
import { Rows } from "../parts/Rows";
import { brief } from "../time";
import { CHANNEL, HELD, MESSAGE_STATE, word } from "../words";

const COLOUR: Record<string, string> = { sent: "green", failed: "red", unknown: "orange" };

/** What was sent to whom, and what became of it. */
export default function Messages() {
  const [ticket, setTicket] = useState("");
  const page = useInfiniteQuery({
    ...listNotificationsInfiniteOptions({ query: { ticket: ticket || undefined } }),
    initialPageParam: { query: {} },
    getNextPageParam: (last) => (last.next_cursor ? { query: { cursor: last.next_cursor } } : undefined),
  });
  const rows = page.data?.pages.flatMap((one) => one.messages) ?? [];
  return (
    <section>
      <Flex wrap gap={10} align="center" className="bar">
        <h1>通知记录</h1>
        <Input.Search aria-label="工单编号" placeholder="工单编号" allowClear onSearch={setTicket} style={{ width: 220 }} />
      </Flex>
      {page.error && <Fault error={page.error} retry={() => void page.refetch()} />}
      <Rows<MessageAnswer>
        rowKey="id"
        size="middle"
        loading={page.isLoading}
        dataSource={rows}
        pagination={false}
        scroll={{ x: 760 }}
        locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description="没有通知" /> }}
        columns={[
          { title: "时间", width: 130, render: (_, one) => brief(one.queued_at) },
          {
            title: "收件人",
            width: 200,
            render: (_, one) => (
              <>
                {one.unit} {word(HELD, one.role)}
                <br />
                <span className="quiet">{one.number}</span>
              </>
            ),
          },
          { title: "方式", width: 70, render: (_, one) => word(CHANNEL, one.channel) },
          { title: "内容", render: (_, one) => <span className="message">{one.body ?? <span className="quiet">未经本机发送，不存正文</span>}</span> },
          {
            title: "结果",
            width: 110,
            render: (_, one) => <Tag color={COLOUR[one.state]}>{word(MESSAGE_STATE, one.state)}</Tag>,
          },
          { title: "工单", width: 150, render: (_, one) => <Link to={`/tickets/${one.ticket_no}`}>{one.ticket_no}</Link> },
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
