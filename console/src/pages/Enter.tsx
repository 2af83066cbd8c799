import { Button, Card, Form, Input, Select } from "antd";
import type { Session } from "../session";
import { ROLE } from "../words";

const PEOPLE = ["agent", "office", "unit", "unit_leader", "unit_principal", "leader", "upper_level"];
const OF_A_UNIT = new Set(["unit", "unit_leader", "unit_principal"]);

/** Where somebody says who they are. */
export function Enter({ done }: { done: (session: Session) => void }) {
  const [form] = Form.useForm<Session>();
  const role = Form.useWatch("role", form);
  return (
    <main className="enter">
      <Card title={<h1>接诉 · 12345 热线工单</h1>} style={{ width: 420 }}>
        <Form form={form} layout="vertical" initialValues={{ role: "office" }} onFinish={done}>
          <Form.Item name="role" label="岗位" htmlFor="role" rules={[{ required: true }]}>
            <Select id="role" options={PEOPLE.map((value) => ({ value, label: ROLE[value] }))} />
          </Form.Item>
          {OF_A_UNIT.has(role ?? "") && (
            <Form.Item name="unit" label="所属单位" htmlFor="unit" rules={[{ required: true, message: "请填写所属单位" }]}>
              <Input id="unit" />
            </Form.Item>
          )}
          <Form.Item name="actor" label="工号" htmlFor="actor" rules={[{ required: true, message: "请填写工号" }]}>
            <Input id="actor" autoComplete="username" />
          </Form.Item>
          <Button type="primary" htmlType="submit" block>
            进入
          </Button>
        </Form>
      </Card>
    </main>
  );
}
