import { useQuery } from "@tanstack/react-query";
import { Alert, Button, Form, Input, Segmented, Select } from "antd";
import { type ReactNode, useState } from "react";
import { Problem, problemOf } from "../api";
import { login } from "../client";
import { listLoginMethodsOptions } from "../client/@tanstack/react-query.gen";
import { assume, type Assumed } from "../assumed";
import { ROLE } from "../words";

const PARTS = ["agent", "office", "unit", "unit_leader", "unit_principal", "leader", "upper_level", "auditor", "administrator"];
const OF_A_UNIT = new Set(["unit", "unit_leader", "unit_principal"]);

/** Where people log in; `again` on top of a page where a login has ended. */
export function Enter(props: { done: () => Promise<void>; again?: boolean; fault?: unknown }) {
  const methods = useQuery(listLoginMethodsOptions());
  const [way, setWay] = useState("password");
  const offered = methods.data?.development;
  const fault = props.fault ?? methods.error;
  return (
    <Frame again={props.again}>
      {fault != null && <Alert type="error" showIcon title={problemOf(fault).message} className="gap" />}
      {offered && (
        <Segmented
          aria-label="登录方式"
          block
          className="gap"
          value={way}
          onChange={setWay}
          options={[{ value: "password", label: "账号登录" }, { value: "development", label: "开发身份" }]}
        />
      )}
      {way === "password" ? <ByPassword done={props.done} /> : <AsSomebody done={props.done} />}
      {methods.data?.oidc && (
        <Button block href="/api/v1/session/oidc" className="gap-above">
          统一身份认证登录
        </Button>
      )}
    </Frame>
  );
}

function Frame({ again, children }: { again?: boolean; children: ReactNode }) {
  if (again) {
    return (
      <section aria-label="重新登录">
        <h2>登录已失效，请重新登录</h2>
        <p className="quiet">所填内容仍在，登录后可以继续。</p>
        {children}
      </section>
    );
  }
  return (
    <main className="enter">
      <section className="enter-card">
        <p className="enter-brand">接诉</p>
        <h1>12345 政务服务便民热线</h1>
        <p className="quiet">工单承办与督办</p>
        {children}
      </section>
    </main>
  );
}

function ByPassword({ done }: { done: () => Promise<void> }) {
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const needsCode = problem?.code === "code_required";
  async function enter(said: { login: string; password: string; code?: string }) {
    setBusy(true);
    try {
      const { error } = await login({ body: said });
      if (error !== undefined) throw problemOf(error);
      await done();
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setBusy(false);
    }
  }
  return (
    <Form layout="vertical" onFinish={enter} requiredMark={false}>
      <Form.Item name="login" label="用户名" htmlFor="login" rules={[{ required: true, message: "请填写用户名" }]}>
        <Input id="login" autoComplete="username" autoFocus />
      </Form.Item>
      <Form.Item name="password" label="密码" htmlFor="password" rules={[{ required: true, message: "请填写密码" }]}>
        <Input.Password id="password" autoComplete="current-password" visibilityToggle={false} />
      </Form.Item>
      {needsCode && (
        <Form.Item name="code" label="动态口令" htmlFor="code" rules={[{ required: true, message: "请填写动态口令" }]}>
          <Input id="code" inputMode="numeric" autoComplete="one-time-code" autoFocus maxLength={6} />
        </Form.Item>
      )}
      {problem && <Alert type={needsCode ? "info" : "error"} showIcon title={problem.message} className="gap" />}
      <Button type="primary" size="large" htmlType="submit" block loading={busy}>
        登录
      </Button>
    </Form>
  );
}

function AsSomebody({ done }: { done: () => Promise<void> }) {
  const [form] = Form.useForm<Assumed>();
  const role = Form.useWatch("role", form);
  async function enter(who: Assumed) {
    assume(who);
    await done();
  }
  return (
    <Form form={form} layout="vertical" initialValues={{ role: "office" }} onFinish={enter} requiredMark={false}>
      <Form.Item name="role" label="岗位" htmlFor="role" rules={[{ required: true }]}>
        <Select id="role" options={PARTS.map((value) => ({ value, label: ROLE[value] }))} />
      </Form.Item>
      {OF_A_UNIT.has(role ?? "") && (
        <Form.Item name="unit" label="所属单位" htmlFor="unit" rules={[{ required: true, message: "请填写所属单位" }]}>
          <Input id="unit" />
        </Form.Item>
      )}
      <Form.Item name="actor" label="工号" htmlFor="actor" rules={[{ required: true, message: "请填写工号" }]}>
        <Input id="actor" autoComplete="username" />
      </Form.Item>
      <Button type="primary" size="large" htmlType="submit" block>
        进入
      </Button>
    </Form>
  );
}
