import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Drawer, Empty, Flex, Input, Segmented, Tag } from "antd";
import { useState } from "react";
import { type Problem, problemOf } from "../api";
import { searchKnowledge, submitKnowledge } from "../client";
import type { KnowledgeAnswer } from "../client";
import { listKnowledgeInfiniteOptions } from "../client/@tanstack/react-query.gen";
import { Fault } from "../parts/Fault";
import { Entry } from "../parts/knowledge/Entry";
import { Write } from "../parts/knowledge/Write";
import { Rows } from "../parts/Rows";
import { useSession } from "../session";
import { brief, dayOf, now } from "../time";
import { KNOWLEDGE_STATE, word } from "../words";

const STATES: Record<string, { label: string; state: KnowledgeState[] }> = {
  published: { label: "已发布", state: ["published"] },
  submitted: { label: "待审核", state: ["submitted"] },
  draft: { label: "起草和退回", state: ["draft", "returned"] },
  gone: { label: "已停用", state: ["withdrawn"] },
};
type KnowledgeState = "draft" | "submitted" | "returned" | "published" | "superseded" | "withdrawn";

/** The knowledge base: looked up by everybody, written by each unit's editor, published by the office. */
export default function Knowledge() {
  const { session } = useSession();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const [way, setWay] = useState(session.role === "office" ? "submitted" : "published");
  const [words, setWords] = useState("");
  const [shown, setShown] = useState<string>();
  const [writing, setWriting] = useState<KnowledgeAnswer | "new">();
  const [problem, setProblem] = useState<Problem>();
  const edits = session.role === "knowledge_editor";
  const page = useInfiniteQuery({
    ...listKnowledgeInfiniteOptions({ query: { state: STATES[way]!.state } }),
    initialPageParam: { query: {} },
    getNextPageParam: (last) => (last.next_cursor ? { query: { cursor: last.next_cursor } } : undefined),
  });
  const found = useQuery({
    queryKey: ["knowledge", words],
    enabled: words !== "",
    queryFn: async () => {
      const { data, error } = await searchKnowledge({ body: { text: words } });
      if (error !== undefined) throw problemOf(error);
      return data;
    },
  });
  const rows = words ? (found.data ?? []) : (page.data?.pages.flatMap((one) => one.entries) ?? []);

  async function submit(one: KnowledgeAnswer) {
    const { error } = await submitKnowledge({ path: { version: one.id } });
    if (error !== undefined) return setProblem(problemOf(error));
    setProblem(undefined);
    void message.success("已送热线办审核");
    void queries.invalidateQueries();
  }
  return (
    <section>
      <Flex wrap gap={10} align="center" className="bar">
        <h1>知识库</h1>
        {edits && (
          <Button type="primary" onClick={() => setWriting("new")}>
            编写条目
          </Button>
        )}
        <Segmented aria-label="条目状态" value={way} onChange={setWay} options={Object.entries(STATES).map(([value, one]) => ({ value, label: one.label }))} />
        <Input.Search aria-label="查找知识" placeholder="查找已发布的条目" allowClear onSearch={setWords} style={{ width: 240 }} />
      </Flex>
      <p className="quiet">谁提供、谁维护、谁负责：条目由提供的单位编写和更新，经热线办审核后发布；更新的版本发布前，原版本继续有效。</p>
      {(page.error ?? found.error) && <Fault error={page.error ?? found.error} retry={() => void page.refetch()} />}
      {problem && <Fault error={problem} />}
      <Rows<KnowledgeAnswer>
        rowKey="id"
        loading={page.isLoading || found.isFetching}
        dataSource={rows}
        pagination={false}
        scroll={{ x: 760 }}
        locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description="没有条目" /> }}
        columns={[
          {
            title: "问题",
            render: (_, one) => (
              <Button type="link" className="flush clip" onClick={() => setShown(one.id)}>
                {one.title}
              </Button>
            ),
          },
          { title: "类别", render: (_, one) => one.category?.replaceAll("/", " › ") },
          { title: "维护单位", dataIndex: "unit" },
          { title: "有效期", render: (_, one) => <Validity one={one} /> },
          { title: "状态", render: (_, one) => `${word(KNOWLEDGE_STATE, one.state)}，第${one.version}版` },
          { title: "更新", render: (_, one) => brief(one.decided_at ?? one.submitted_at ?? one.written_at) },
          {
            title: "操作",
            render: (_, one) =>
              edits &&
              one.unit === session.unit &&
              ["draft", "returned", "published"].includes(one.state) && (
                <Flex gap={6}>
                  <Button size="small" onClick={() => setWriting(one)}>
                    {one.state === "published" ? "更新" : "修改"}
                  </Button>
                  {one.state !== "published" && (
                    <Button size="small" onClick={() => void submit(one)}>
                      送审
                    </Button>
                  )}
                </Flex>
              ),
          },
        ]}
      />
      {!words && page.hasNextPage && (
        <Flex justify="center" className="gap-above">
          <Button loading={page.isFetchingNextPage} onClick={() => void page.fetchNextPage()}>
            再看50条
          </Button>
        </Flex>
      )}
      <Drawer open={shown !== undefined} onClose={() => setShown(undefined)} title="知识条目" size={600} destroyOnHidden>
        {shown && <Entry id={shown} done={() => setShown(undefined)} />}
      </Drawer>
      <Drawer open={writing !== undefined} onClose={() => setWriting(undefined)} title="编写条目" size={600} destroyOnHidden>
        {writing && <Write before={writing === "new" ? undefined : writing} done={() => setWriting(undefined)} />}
      </Drawer>
    </section>
  );
}

function Validity({ one }: { one: KnowledgeAnswer }) {
  const today = now().format("YYYY-MM-DD");
  return (
    <>
      {dayOf(one.valid_from)}至{dayOf(one.valid_until)}
      {one.valid_until < today && (
        <Tag color="red" className="after">
          已过期
        </Tag>
      )}
      {one.valid_from > today && <Tag className="after">尚未生效</Tag>}
    </>
  );
}
