import { useQuery } from "@tanstack/react-query";
import { Checkbox, Form, Input, Radio } from "antd";
import { useState } from "react";
import { getTimelineOptions } from "../../client/@tanstack/react-query.gen";
import { moment } from "../../time";
import { OUTCOME, word } from "../../words";
import { draft, keepDraft, said, useIssue, usePreview } from "../command";
import { Effect } from "../Effect";
import { required, useTerms } from "../terms";
import { ReplyFacts } from "../ticket/ReplyFacts";
import { type FormProps, Submit } from "./form";

const CHECKS = [
  "答复针对诉求的每一项要求",
  "写明了查明的事实和处理结果",
  "引用的政策依据准确",
  "已答复诉求人，联系时间在办理期限内",
  "没有泄露诉求人信息的内容",
];

/** Reviews a reply: the reply beside the demand, a checklist, and where either answer sends the ticket. */
export function Review({ ticket, name, title, done }: FormProps) {
  const [form] = Form.useForm();
  const issuing = useIssue(ticket.no, name, done);
  const terms = useTerms(ticket.no);
  const timeline = useQuery(getTimelineOptions({ path: { no: ticket.no } })).data ?? [];
  const reply = timeline.filter((one) => one.do === "reply" || one.do === "complete_plan").at(-1);
  const [now, setNow] = useState<Record<string, unknown>>(draft(ticket.no, name));
  const [checked, setChecked] = useState<string[]>([]);
  const unit = reply?.unit ?? ticket.lead_unit ?? undefined;
  const told = usePreview(
    ticket.no,
    name,
    typeof now.approve === "boolean" && unit ? { unit, approve: now.approve, opinion: (now.opinion as string) || "意见" } : undefined,
  );
  const needsOpinion = now.approve === false || required(terms, name).has("opinion");

  return (
    <Form
      form={form}
      layout="vertical"
      initialValues={now}
      onValuesChange={(_, values) => {
        setNow(values as Record<string, unknown>);
        keepDraft(ticket.no, name, form);
      }}
      onFinish={(values: Record<string, unknown>) => void issuing.send({ ...(unit ? { unit } : {}), ...said(values) })}
    >
      <div className="beside">
        <section>
          <h3>诉求</h3>
          <strong>{ticket.title}</strong>
          <p className="words">{ticket.text ?? "诉求内容不在你的查看范围内。"}</p>
        </section>
        <section>
          <h3>
            {unit}的答复
            {typeof reply?.details.outcome === "string" && `：${word(OUTCOME, reply.details.outcome)}`}
          </h3>
          <p className="quiet">
            {moment(reply?.at)}报送
            {typeof reply?.details.contacted_at === "string" && `，${moment(reply.details.contacted_at)}答复诉求人`}
          </p>
          <p className="words">{reply?.texts.text?.text ?? "答复内容不在你的查看范围内。"}</p>
          {reply && <ReplyFacts no={ticket.no} entry={reply} />}
        </section>
      </div>
      <fieldset className="checks">
        <legend>
          审核要点（{checked.length}/{CHECKS.length}）
        </legend>
        <Checkbox.Group value={checked} onChange={setChecked} options={CHECKS} />
      </fieldset>
      <Form.Item name="approve" label="审核结论" rules={[{ required: true, message: "请选择审核结论" }]}>
        <Radio.Group
          optionType="button"
          buttonStyle="solid"
          options={[{ value: true, label: "通过" }, { value: false, label: "退回重新办理" }]}
        />
      </Form.Item>
      <Form.Item
        name="opinion"
        label="审核意见"
        htmlFor="opinion"
        rules={needsOpinion ? [{ required: true, message: "请写明审核意见" }] : []}
      >
        <Input.TextArea id="opinion" autoSize={{ minRows: 2, maxRows: 8 }} />
      </Form.Item>
      <Effect told={told} title="审核后" />
      <Submit issuing={issuing} title={title} />
    </Form>
  );
}
