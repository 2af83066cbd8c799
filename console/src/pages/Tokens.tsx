import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Flex, Form, Input, InputNumber, Modal, Popconfirm, Select, Tag, Typography } from "antd";
import { useState } from "react";
import { Problem, problemOf } from "../api";
import { issueToken, revokeToken } from "../client";
import type { TokenAnswer, TokenBody } from "../client";
import { listTokensOptions } from "../client/@tanstack/react-query.gen";
import { Fault } from "../parts/Fault";
import { Rows } from "../parts/Rows";
import { useUnits } from "../parts/units";
import { useSession } from "../session";
import { brief } from "../time";
import { HELD, word } from "../words";

const ROLES = ["upstream", "agent", "office", "handler", "auditor"];

/** What other systems show instead of a login. */
export default function Tokens() {
  const { session } = useSession();
  const manages = session.role === "administrator";
  const tokens = useQuery(listTokensOptions());
  const queries = useQueryClient();
  const { message } = App.useApp();
  const [issuing, setIssuing] = useState(false);
  const [secret, setSecret] = useState<string>();
  async function revoke(token: TokenAnswer) {
    const { error } = await revokeToken({ path: { token: token.id } });
    if (error !== undefined) return void message.error(problemOf(error).message);
    void message.success("已吊销，立即失效");
    void queries.invalidateQueries();
  }
  return (
    <section>
      <Flex wrap gap={10} align="center" className="bar">
        <h1>访问令牌</h1>
        {manages && (
          <Button type="primary" onClick={() => setIssuing(true)}>
            签发令牌
          </Button>
        )}
      </Flex>
      {tokens.error && <Fault error={tokens.error} retry={() => void tokens.refetch()} />}
      <Rows<TokenAnswer>
        rowKey="id"
        size="middle"
        loading={tokens.isLoading}
        dataSource={tokens.data ?? []}
        pagination={{ pageSize: 50, hideOnSinglePage: true }}
        scroll={{ x: 700 }}
        locale={{ emptyText: "没有签发过令牌" }}
        columns={[
          { title: "名称", dataIndex: "name" },
          { title: "角色", render: (_, one) => [word(HELD, one.role), one.unit].filter(Boolean).join(" ") },
          { title: "限于", render: (_, one) => (one.operations.length ? `${one.operations.length}项操作` : "该角色的全部操作") },
          { title: "签发", render: (_, one) => brief(one.created_at) },
          { title: "到期", render: (_, one) => brief(one.expires_at) },
          { title: "最近使用", render: (_, one) => brief(one.used_at) || "未使用" },
          {
            title: "状态",
            render: (_, one) =>
              one.revoked_at ? <Tag color="red">已吊销</Tag> : Date.parse(one.expires_at) < Date.now() ? <Tag>已到期</Tag> : <Tag color="green">有效</Tag>,
          },
          ...(manages
            ? [
                {
                  title: "操作",
                  render: (_: unknown, one: TokenAnswer) =>
                    !one.revoked_at && (
                      <Popconfirm title="吊销后立即失效，确定吊销？" onConfirm={() => void revoke(one)}>
                        <Button size="small" danger>
                          吊销
                        </Button>
                      </Popconfirm>
                    ),
                },
              ]
            : []),
        ]}
      />
      <Issuing
        open={issuing}
        close={() => setIssuing(false)}
        done={(made) => {
          setIssuing(false);
          setSecret(made);
        }}
      />
      <Modal open={secret !== undefined} onCancel={() => setSecret(undefined)} title="访问令牌" footer={null}>
        <p>只显示这一次，请妥善保存。</p>
        <Typography.Paragraph copyable={{ tooltips: ["复制", "已复制"] }} translate="no" className="words">
          {secret}
        </Typography.Paragraph>
      </Modal>
    </section>
  );
}

function Issuing({ open, close, done }: { open: boolean; close: () => void; done: (secret: string) => void }) {
  const [form] = Form.useForm<TokenBody>();
  const role = Form.useWatch("role", form);
  const units = useUnits();
  const queries = useQueryClient();
  const [problem, setProblem] = useState<Problem>();
  async function issue(said: TokenBody) {
    const { data, error } = await issueToken({ body: said });
    if (error !== undefined) return setProblem(problemOf(error));
    setProblem(undefined);
    void queries.invalidateQueries();
    done(data.token);
  }
  return (
    <Modal open={open} onCancel={close} title="签发令牌" footer={null} destroyOnHidden>
      <Form form={form} layout="vertical" initialValues={{ days: 365 }} onFinish={(said) => void issue(said)}>
        <Form.Item
          name="name"
          label="系统的代码"
          htmlFor="token-name"
          extra="2至40个小写字母、数字或连字符"
          rules={[{ required: true, pattern: /^[a-z0-9][a-z0-9-]{1,39}$/, message: "请填写2至40个小写字母、数字或连字符" }]}
        >
          <Input id="token-name" />
        </Form.Item>
        <Form.Item name="role" label="角色" htmlFor="token-role" rules={[{ required: true, message: "请选择角色" }]}>
          <Select id="token-role" options={ROLES.map((value) => ({ value, label: word(HELD, value) }))} />
        </Form.Item>
        {role === "handler" && (
          <Form.Item name="unit" label="单位" htmlFor="token-unit" rules={[{ required: true, message: "请选择单位" }]}>
            <Select id="token-unit" showSearch options={units.map((unit) => ({ value: unit.name, label: unit.name }))} />
          </Form.Item>
        )}
        <Form.Item name="days" label="有效天数" htmlFor="token-days">
          <InputNumber id="token-days" controls={false} min={1} max={3650} />
        </Form.Item>
        {problem && <Fault error={problem} />}
        <Button type="primary" htmlType="submit">
          签发
        </Button>
      </Form>
    </Modal>
  );
}
