import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Flex, Form, Input, Modal, Popconfirm, Select, Space, Tag, Typography } from "antd";
import { useState } from "react";
import { Problem, problemOf } from "../api";
import { changeAccount, openAccount, renewAccount } from "../client";
import type { AccountAnswer } from "../client";
import { listAccountsOptions, listPeopleOptions } from "../client/@tanstack/react-query.gen";
import { Fault } from "../parts/Fault";
import { Rows } from "../parts/Rows";
import { useSession } from "../session";
import { brief } from "../time";
import { HELD, word } from "../words";

/** Who may log in. */
export default function Accounts() {
  const { session } = useSession();
  const manages = session.role === "administrator";
  const accounts = useQuery(listAccountsOptions());
  const people = useQuery(listPeopleOptions());
  const queries = useQueryClient();
  const { message } = App.useApp();
  const [opening, setOpening] = useState(false);
  const [link, setLink] = useState<string>();
  const [typed, setTyped] = useState("");
  const names = new Map(people.data?.map((one) => [one.id, one.name]));

  const found = (accounts.data ?? []).filter((one) =>
    [one.login, one.unit, one.person && names.get(one.person)].some((word) => word?.includes(typed.trim())),
  );

  async function renew(account: AccountAnswer) {
    const { data, error } = await renewAccount({ path: { account: account.id } });
    if (error !== undefined) return void message.error(problemOf(error).message);
    setLink(data.link);
    void queries.invalidateQueries();
  }
  async function change(account: AccountAnswer, active: boolean) {
    const { error } = await changeAccount({ path: { account: account.id }, body: { active } });
    if (error !== undefined) return void message.error(problemOf(error).message);
    void message.success(active ? "已启用" : "已停用，登录立即失效");
    void queries.invalidateQueries();
  }
  return (
    <section>
      <Flex wrap gap={10} align="center" className="bar">
        <h1>账号</h1>
        {manages && (
          <Button type="primary" onClick={() => setOpening(true)}>
            开通账号
          </Button>
        )}
        <Input
          aria-label="查找账号"
          placeholder="用户名、姓名或单位"
          allowClear
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          style={{ width: 220 }}
        />
        {accounts.data && <span className="quiet">{found.length}个账号</span>}
      </Flex>
      {accounts.error && <Fault error={accounts.error} retry={() => void accounts.refetch()} />}
      <Rows<AccountAnswer>
        rowKey="id"
        size="middle"
        loading={accounts.isLoading}
        dataSource={found}
        locale={{ emptyText: "没有这样的账号" }}
        pagination={{ pageSize: 50, hideOnSinglePage: true }}
        scroll={{ x: 760 }}
        columns={[
          {
            title: "用户名",
            render: (_, one) => (
              <>
                <strong translate="no">{one.login}</strong>
                <br />
                <span className="quiet">
                  {one.person ? names.get(one.person) : ""} {one.unit}
                </span>
              </>
            ),
          },
          { title: "角色", render: (_, one) => one.roles.map((role) => <Tag key={role}>{word(HELD, role)}</Tag>) },
          {
            title: "登录",
            render: (_, one) => (
              <>
                {one.has_password ? <Tag>密码</Tag> : <Tag color="orange">未设密码</Tag>}
                {one.second_factor && <Tag color="green">动态口令</Tag>}
                {one.single_sign_on && <Tag>统一认证</Tag>}
              </>
            ),
          },
          { title: "状态", render: (_, one) => (one.active ? <Tag color="green">启用</Tag> : <Tag color="red">停用</Tag>) },
          { title: "开通", render: (_, one) => brief(one.created_at) },
          ...(manages
            ? [
                {
                  title: "操作",
                  render: (_: unknown, one: AccountAnswer) => (
                    <Space>
                      <Popconfirm title="取消动态口令并退出全部登录，重新设置密码？" onConfirm={() => void renew(one)}>
                        <Button size="small">重置</Button>
                      </Popconfirm>
                      {one.active ? (
                        <Popconfirm title="停用这个账号？登录立即失效，重新启用前不能再登录。" onConfirm={() => void change(one, false)}>
                          <Button size="small" danger>
                            停用
                          </Button>
                        </Popconfirm>
                      ) : (
                        <Button size="small" onClick={() => void change(one, true)}>
                          启用
                        </Button>
                      )}
                    </Space>
                  ),
                },
              ]
            : []),
        ]}
      />
      <Opening
        open={opening}
        close={() => setOpening(false)}
        done={(made) => {
          setOpening(false);
          setLink(made);
        }}
      />
      <Modal open={link !== undefined} onCancel={() => setLink(undefined)} title="设置密码的链接" footer={null}>
        <p>请交给本人。链接只能用一次，二十四小时内有效。</p>
        <Typography.Paragraph copyable={{ tooltips: ["复制", "已复制"] }} translate="no" className="words">
          {link}
        </Typography.Paragraph>
      </Modal>
    </section>
  );
}

function Opening({ open, close, done }: { open: boolean; close: () => void; done: (link: string) => void }) {
  const people = useQuery({ ...listPeopleOptions(), enabled: open });
  const queries = useQueryClient();
  const [problem, setProblem] = useState<Problem>();
  async function make(said: { person: string; login: string }) {
    const { data, error } = await openAccount({ body: said });
    if (error !== undefined) return setProblem(problemOf(error));
    setProblem(undefined);
    void queries.invalidateQueries();
    done(data.link);
  }
  return (
    <Modal open={open} onCancel={close} title="开通账号" footer={null} destroyOnHidden>
      <Form layout="vertical" onFinish={(said: { person: string; login: string }) => void make(said)}>
        <Form.Item name="person" label="人员" htmlFor="account-person" rules={[{ required: true, message: "请选择人员" }]}>
          <Select
            id="account-person"
            showSearch={{ optionFilterProp: "label" }}
            options={people.data?.map((one) => ({ value: one.id, label: `${one.name}（${one.unit} ${one.id}）` }))}
          />
        </Form.Item>
        <Form.Item
          name="login"
          label="用户名"
          htmlFor="account-login"
          extra="2至40个小写字母、数字、点、下划线或连字符，以字母或数字开头"
          rules={[{ required: true, pattern: /^[a-z0-9][a-z0-9._-]{1,39}$/, message: "请填写2至40个小写字母、数字、点、下划线或连字符，以字母或数字开头" }]}
        >
          <Input id="account-login" autoComplete="off" />
        </Form.Item>
        {problem && <Fault error={problem} />}
        <Button type="primary" htmlType="submit">
          开通
        </Button>
      </Form>
    </Modal>
  );
}
