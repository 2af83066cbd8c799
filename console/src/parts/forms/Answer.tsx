import { Form, Input, Radio } from "antd";
import { useState } from "react";
import type { KnowledgeAnswer } from "../../client";
import { MODE, word } from "../../words";
import { Basis } from "../Basis";
import { draft, keepDraft, said, useIssue, usePreview } from "../command";
import { Effect } from "../Effect";
import { FromKnowledge } from "../FromKnowledge";
import { requiredBy, useTerms } from "../terms";
import { type FormProps, Submit } from "./form";

/** Answers the callers of a ticket at once (即办), from the knowledge base where it has an entry. */
export function Answer({ ticket, name, title, done }: FormProps) {
  const [form] = Form.useForm();
  const issuing = useIssue(ticket.no, name, done);
  const terms = useTerms(ticket.no);
  const modes = terms?.direct_answer ?? [];
  const [now, setNow] = useState<Record<string, unknown>>({ mode: "direct", ...draft(ticket.no, name) });
  const [chosen, setChosen] = useState<KnowledgeAnswer[]>([]);
  const body = (values: Record<string, unknown>) => said({ ...values, knowledge: chosen.map((one) => one.id) });
  const told = usePreview(ticket.no, name, now.text ? body(now) : undefined);

  function choose(entries: KnowledgeAnswer[], added?: KnowledgeAnswer) {
    setChosen(entries);
    if (!added) return;
    const text = [form.getFieldValue("text") as string | undefined, added.body].filter(Boolean).join("\n");
    form.setFieldValue("text", text);
    setNow({ ...now, text });
    keepDraft(ticket.no, name, form);
  }
  return (
    <Form
      form={form}
      layout="vertical"
      initialValues={now}
      onValuesChange={(_, values) => {
        setNow(values as Record<string, unknown>);
        keepDraft(ticket.no, name, form);
      }}
      onFinish={(values: Record<string, unknown>) => void issuing.send(body(values))}
    >
      {ticket.callers.length > 1 && <p className="asked">答复同时给本件的{ticket.callers.length}位诉求人，回访和评价由各人分别作出。</p>}
      <FromKnowledge asked={`${ticket.title ?? ""} ${ticket.text ?? ""}`} chosen={chosen} choose={choose} />
      <Form.Item name="text" label="答复内容" htmlFor="answer-words" rules={[{ required: true, message: "请填写答复内容" }]}>
        <Input.TextArea id="answer-words" autoSize={{ minRows: 5, maxRows: 16 }} maxLength={20000} />
      </Form.Item>
      {modes.length > 1 && (
        <Form.Item name="mode" label="答复方式">
          <Radio.Group options={modes.map((value) => ({ value, label: word(MODE, value) }))} />
        </Form.Item>
      )}
      <Basis rules={requiredBy(terms, name)} />
      <Effect told={told} title="答复后" />
      <Submit issuing={issuing} title={title} />
    </Form>
  );
}
