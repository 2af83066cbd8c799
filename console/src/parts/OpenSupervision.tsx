import { useQueryClient } from "@tanstack/react-query";
import { App, Button, Form, Input, Select } from "antd";
import { useState } from "react";
import { useNavigate } from "react-router";
import { type Problem, problemOf, unanswered } from "../api";
import { openSupervision } from "../client";
import type { OpenSupervisionBody } from "../client";
import { CAUSE, FORM, SUPERVISION_LEVEL } from "../words";
import { useKey } from "./command";
import { Fault } from "./Fault";
import { CLEAR } from "./fields";
import { useUnits } from "./units";

const options = (words: Record<string, string>) => Object.entries(words).map(([value, label]) => ({ value, label }));

/** Opens a supervision of a unit that no ticket is behind: over a topic, or at a leader's word. */
export function OpenSupervision({ done }: { done: () => void }) {
  const units = useUnits();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const { message } = App.useApp();
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const key = useKey();

  async function send(body: OpenSupervisionBody) {
    setBusy(true);
    setProblem(undefined);
    const { data, error } = await openSupervision({ body, headers: { "Idempotency-Key": key.of(body) } as never });
    setBusy(false);
    if (error !== undefined) {
      const refused = problemOf(error);
      if (!unanswered(refused)) key.answered();
      return setProblem(refused);
    }
    void message.success(`已启动督办${data.no}`);
    void queries.invalidateQueries();
    done();
    void navigate(`/supervisions/${data.no}`);
  }
  return (
    <Form layout="vertical" onFinish={(body: OpenSupervisionBody) => void send(body)}>
      <Form.Item name="unit" label="督办对象" htmlFor="supervise-unit" rules={[{ required: true, message: "请选择督办对象" }]}>
        <Select id="supervise-unit" showSearch options={units.map((unit) => ({ value: unit.name, label: unit.name }))} />
      </Form.Item>
      <Form.Item name="subject" label="督办事由" htmlFor="supervise-subject" rules={[{ required: true, message: "请写明督办事由" }]}>
        <Input.TextArea id="supervise-subject" autoSize={{ minRows: 3, maxRows: 10 }} />
      </Form.Item>
      <Form.Item name="cause" label="原因" htmlFor="supervise-cause" rules={[{ required: true, message: "请选择原因" }]}>
        <Select id="supervise-cause" options={options(CAUSE)} />
      </Form.Item>
      <Form.Item name="form" label="方式" htmlFor="supervise-form">
        <Select id="supervise-form" allowClear={CLEAR} options={options(FORM)} />
      </Form.Item>
      <Form.Item name="level" label="层级" htmlFor="supervise-level">
        <Select id="supervise-level" allowClear={CLEAR} options={options(SUPERVISION_LEVEL)} />
      </Form.Item>
      {problem && <Fault error={problem} />}
      <Button type="primary" htmlType="submit" loading={busy}>
        启动督办
      </Button>
    </Form>
  );
}
