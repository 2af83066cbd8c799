import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Descriptions, Form, Input, Radio, Skeleton, Timeline } from "antd";
import { useState } from "react";
import { type Problem, problemOf } from "../../api";
import { decideKnowledge, withdrawKnowledge } from "../../client";
import { getKnowledgeOptions } from "../../client/@tanstack/react-query.gen";
import { useSession } from "../../session";
import { brief, dayOf } from "../../time";
import { KNOWLEDGE_STATE, word } from "../../words";
import { Fault } from "../Fault";

/** One entry with its versions, and what may be done with it now. */
export function Entry({ id, done }: { id: string; done: () => void }) {
  const { session } = useSession();
  const queries = useQueryClient();
  const { message } = App.useApp();
  const found = useQuery(getKnowledgeOptions({ path: { version: id } }));
  const [problem, setProblem] = useState<Problem>();
  if (found.error) return <Fault error={found.error} retry={() => void found.refetch()} />;
  if (!found.data) return <Skeleton active />;
  const one = found.data;
  const decides = session.role === "office" && one.state === "submitted";
  const owns = session.role === "knowledge_editor" && session.unit === one.unit;
  const stops = (session.role === "office" || owns) && one.state === "published";

  async function settle(asking: Promise<{ error?: unknown }>, told: string) {
    const { error } = await asking;
    if (error !== undefined) return setProblem(problemOf(error));
    void message.success(told);
    void queries.invalidateQueries();
    done();
  }
  return (
    <>
      <h2 className="gap">{one.title}</h2>
      <p className="words said">{one.body}</p>
      <Descriptions
        column={1}
        size="small"
        className="gap"
        items={[
          { key: "basis", label: "政策依据", children: one.basis ?? "未注明" },
          { key: "category", label: "诉求类别", children: one.category?.replaceAll("/", " › ") ?? "未分类" },
          { key: "unit", label: "维护单位", children: one.unit },
          { key: "valid", label: "有效期", children: `${dayOf(one.valid_from)}至${dayOf(one.valid_until)}` },
          { key: "state", label: "状态", children: `${word(KNOWLEDGE_STATE, one.state)}，第${one.version}版` },
        ]}
      />
      {problem && <Fault error={problem} />}
      {decides && (
        <Form
          layout="vertical"
          onFinish={(body: { approve: boolean; opinion?: string }) =>
            void settle(decideKnowledge({ path: { version: one.id }, body }), body.approve ? "已发布" : "已退回修改")
          }
        >
          <Form.Item name="approve" label="审核结论" rules={[{ required: true, message: "请选择审核结论" }]}>
            <Radio.Group options={[{ value: true, label: "发布" }, { value: false, label: "退回修改" }]} />
          </Form.Item>
          <Form.Item name="opinion" label="意见" htmlFor="knowledge-opinion">
            <Input.TextArea id="knowledge-opinion" maxLength={500} autoSize={{ minRows: 2 }} />
          </Form.Item>
          <Button type="primary" htmlType="submit">
            审核
          </Button>
        </Form>
      )}
      {stops && (
        <details className="gap">
          <summary>停用</summary>
          <Form
            layout="vertical"
            onFinish={(body: { reason: string }) => void settle(withdrawKnowledge({ path: { version: one.id }, body }), "已停用")}
          >
            <Form.Item name="reason" label="理由" htmlFor="knowledge-stop" rules={[{ required: true, min: 2, message: "请写明理由" }]}>
              <Input id="knowledge-stop" maxLength={500} />
            </Form.Item>
            <Button danger htmlType="submit">
              停用
            </Button>
          </Form>
        </details>
      )}
      <h3 className="gap-above">各版本</h3>
      <Timeline
        items={one.versions.map((version) => ({
          key: version.id,
          content: (
            <>
              <p className="tight">
                第{version.version}版 {word(KNOWLEDGE_STATE, version.state)}
              </p>
              <p className="quiet tight">
                {brief(version.written_at)} {version.written_by}编写
                {version.decided_at && `，${brief(version.decided_at)} ${version.decided_by}审核`}
              </p>
              {version.opinion && <p className="words tight">意见：{version.opinion}</p>}
              {version.id !== one.id && (
                <details>
                  <summary>{version.title}</summary>
                  <p className="words">{version.body}</p>
                </details>
              )}
            </>
          ),
        }))}
      />
    </>
  );
}
