import { useQueryClient } from "@tanstack/react-query";
import { App, Card, Form, Input, Select, Tabs } from "antd";
import { type ReactNode, useState } from "react";
import { Problem, problemOf, superviseCommand, unanswered } from "../../api";
import type { SupervisionDetail } from "../../client";
import { REFERRAL, SUPERVISION_LEVEL, word } from "../../words";
import { draft, forgetDraft, keepDraft, useKey } from "../command";
import { Submit } from "./form";

interface Said {
  title: string;
  fields: (supervision: SupervisionDetail) => ReactNode;
  /** What goes along without being asked for. */
  known?: (supervision: SupervisionDetail) => Record<string, unknown>;
}

const lines = (least: number) => ({ minRows: least, maxRows: 12 });

/** What may be said to a supervision, the likeliest first. */
const SAID: Record<string, Said> = {
  answer_supervision: {
    title: "答复督办",
    known: (one) => ({ unit: one.unit }),
    fields: () => (
      <>
        <Form.Item name="text" label="答复内容" htmlFor="answer-text" rules={[{ required: true, message: "请填写答复内容" }]}>
          <Input.TextArea id="answer-text" autoSize={lines(4)} />
        </Form.Item>
        <Form.Item name="written_explanation" label="书面说明" htmlFor="written" extra="办法要求书面说明的填写">
          <Input.TextArea id="written" autoSize={lines(2)} />
        </Form.Item>
      </>
    ),
  },
  close_supervision: {
    title: "销号",
    fields: () => (
      <Form.Item name="reason" label="销号理由" htmlFor="close-reason">
        <Input.TextArea id="close-reason" autoSize={lines(2)} />
      </Form.Item>
    ),
  },
  supervise: {
    title: "督办升级",
    fields: (one) => (
      <Form.Item name="level" label="升到" htmlFor="raise-level" rules={[{ required: true, message: "请选择升到的层级" }]}>
        <Select id="raise-level" options={one.higher_levels.map((value) => ({ value, label: word(SUPERVISION_LEVEL, value) }))} />
      </Form.Item>
    ),
  },
  refer: {
    title: "移送",
    fields: () => (
      <>
        <Form.Item name="to" label="移送至" htmlFor="refer-to" rules={[{ required: true, message: "请选择移送至何处" }]}>
          <Select id="refer-to" options={Object.entries(REFERRAL).map(([value, label]) => ({ value, label }))} />
        </Form.Item>
        <Form.Item name="reason" label="移送理由" htmlFor="refer-reason">
          <Input.TextArea id="refer-reason" autoSize={lines(2)} />
        </Form.Item>
      </>
    ),
  },
};

/** What the one who looks may say to a supervision: one matter a tab. */
export function ToSupervision({ supervision }: { supervision: SupervisionDetail }) {
  const may = Object.entries(SAID).filter(([name]) => supervision.allowed.includes(name));
  return (
    <Card className="no-print">
      <Tabs
        items={may.map(([key, said]) => ({ key, label: said.title, children: <Say supervision={supervision} name={key} said={said} /> }))}
      />
    </Card>
  );
}

function Say({ supervision, name, said }: { supervision: SupervisionDetail; name: string; said: Said }) {
  const [form] = Form.useForm();
  const queries = useQueryClient();
  const { message } = App.useApp();
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const key = useKey();
  async function send(values: Record<string, string>) {
    const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value));
    const body = { ...said.known?.(supervision), ...given };
    setBusy(true);
    setProblem(undefined);
    try {
      const { state } = await superviseCommand(supervision.no, name, body, key.of(body));
      if (state !== "stored") key.answered();
      forgetDraft(supervision.no, name);
      form.resetFields();
      void message.success("已办理");
    } catch (error) {
      if (!unanswered(error)) key.answered();
      setProblem(problemOf(error));
    } finally {
      setBusy(false);
      void queries.invalidateQueries();
    }
  }
  return (
    <Form
      form={form}
      layout="vertical"
      initialValues={draft(supervision.no, name)}
      onValuesChange={() => keepDraft(supervision.no, name, form)}
      onFinish={(values: Record<string, string>) => void send(values)}
    >
      {said.fields(supervision)}
      <Submit issuing={{ send: async () => true, busy, problem }} title={said.title} />
    </Form>
  );
}
