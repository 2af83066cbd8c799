import { useInfiniteQuery } from "@tanstack/react-query";
import { Button, Drawer, Empty, Flex, Segmented, Tag } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import type { SupervisionAnswer } from "../client";
import { listSupervisionsInfiniteOptions } from "../client/@tanstack/react-query.gen";
import { Fault } from "../parts/Fault";
import { Lamp } from "../parts/Lamp";
import { OpenSupervision } from "../parts/OpenSupervision";
import { Rows } from "../parts/Rows";
import { useSession } from "../session";
import { brief } from "../time";
import { CAUSE, FORM, SUPERVISION_LEVEL, SUPERVISION_STATUS, word } from "../words";

/** Who may open one that no ticket is behind. */
const OPENS = new Set(["office", "supervisor", "leader"]);

/** Supervisions, those to be answered first. */
export default function Supervisions() {
  const { session } = useSession();
  const [status, setStatus] = useState("open");
  const [opening, setOpening] = useState(false);
  const page = useInfiniteQuery({
    ...listSupervisionsInfiniteOptions({ query: { status: status === "all" ? [] : [status] } }),
    initialPageParam: { query: {} },
    getNextPageParam: (last) => (last.next_cursor ? { query: { cursor: last.next_cursor } } : undefined),
    refetchInterval: 30_000,
  });
  const rows = page.data?.pages.flatMap((one) => one.supervisions) ?? [];
  return (
    <section>
      <Flex wrap gap={10} align="center" className="bar">
        <h1>督办</h1>
        {OPENS.has(session.role) && (
          <Button type="primary" onClick={() => setOpening(true)}>
            启动专项督办
          </Button>
        )}
        <Segmented
          aria-label="督办状态"
          value={status}
          onChange={setStatus}
          options={[...Object.entries(SUPERVISION_STATUS).map(([value, label]) => ({ value, label })), { value: "all", label: "全部" }]}
        />
      </Flex>
      {page.error && <Fault error={page.error} retry={() => void page.refetch()} />}
      <Rows<SupervisionAnswer>
        rowKey="no"
        size="small"
        loading={page.isLoading}
        dataSource={rows}
        pagination={false}
        scroll={{ x: 720 }}
        locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description="没有督办件" /> }}
        columns={[
          {
            title: "督办",
            render: (_, one) => (
              <div className="what">
                <Link to={`/supervisions/${one.no}`} className="clip">
                  {one.title ?? "（内容不予显示）"}
                </Link>
                <span className="quiet number">{one.no}</span>
              </div>
            ),
          },
          { title: "督办对象", dataIndex: "unit" },
          {
            title: "原因",
            render: (_, one) => (
              <>
                {word(CAUSE, one.cause)} <Tag>{word(SUPERVISION_LEVEL, one.level)}</Tag>
                {one.form && <Tag>{word(FORM, one.form)}</Tag>}
              </>
            ),
          },
          { title: "状态", render: (_, one) => word(SUPERVISION_STATUS, one.status) },
          {
            title: "期限",
            render: (_, one) =>
              one.status === "open" ? <Lamp lamp={one.lamp} due={one.due_at} clock="supervision" provisional={one.provisional} /> : brief(one.due_at),
          },
          {
            title: "工单",
            render: (_, one) => (one.ticket_no ? <Link to={`/tickets/${one.ticket_no}`}>{one.ticket_no}</Link> : "专项"),
          },
          { title: "启动", render: (_, one) => brief(one.opened_at) },
        ]}
      />
      {page.hasNextPage && (
        <Flex justify="center" className="gap-above">
          <Button loading={page.isFetchingNextPage} onClick={() => void page.fetchNextPage()}>
            再看50件
          </Button>
        </Flex>
      )}
      <Drawer open={opening} onClose={() => setOpening(false)} title="启动专项督办" size={480} destroyOnHidden>
        <OpenSupervision done={() => setOpening(false)} />
      </Drawer>
    </section>
  );
}
