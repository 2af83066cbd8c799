import { useQuery } from "@tanstack/react-query";
import { Form, Input, InputNumber, Radio } from "antd";
import { useState } from "react";
import type { Entry } from "../../client";
import { getTimelineOptions } from "../../client/@tanstack/react-query.gen";
import { moment } from "../../time";
import { EXTENSION_REASON, word } from "../../words";
import { draft, keepDraft, said, useIssue, usePreview } from "../command";
import { labelOf } from "../fields";
import { Effect } from "../Effect";
import { required, requiredBy, useTerms } from "../terms";
import { Basis } from "../Basis";
import { type FormProps, Submit } from "./form";

/** Decides what a unit asked for: its words on top, and what either answer does to the limits before choosing. */
export function Decide({ ticket, name, title, done }: FormProps) {
  const extension = name === "decide_extension";
  const [form] = Form.useForm();
  const issuing = useIssue(ticket.no, name, done);
  const terms = useTerms(ticket.no);
  const timeline = useQuery(getTimelineOptions({ path: { no: ticket.no } })).data ?? [];
  const asking = ticket.assignments.filter((one) =>
    extension ? one.counters.extension_asked != null : one.counters.return_asked === true,
  );
  const [unit, setUnit] = useState(asking[0]?.unit);
  const asked = timeline.filter((one) => one.do === (extension ? "request_extension" : "request_return") && one.unit === unit).at(-1);
  const [now, setNow] = useState<Record<string, unknown>>(draft(ticket.no, name));
  const body = { unit, ...said(now) };
  const granted = usePreview(ticket.no, name, unit ? { ...body, approve: true } : undefined);
  const refused = usePreview(ticket.no, name, unit ? { ...body, approve: false, reason: (now.reason as string) || "理由" } : undefined);
  const needsReason = now.approve === false && (required(terms, name).has("reason") || extension);

  return (
    <Form
      form={form}
      layout="vertical"
      initialValues={now}
      onValuesChange={(_, values) => {
        setNow(values as Record<string, unknown>);
        keepDraft(ticket.no, name, form);
      }}
      onFinish={(values: Record<string, unknown>) => void issuing.send({ unit, ...said(values) })}
    >
      {asking.length > 1 && (
        <Radio.Group
          className="gap"
          value={unit}
          onChange={(event) => setUnit(event.target.value as string)}
          options={asking.map((one) => ({ value: one.unit, label: one.unit }))}
        />
      )}
      {asked && <Request entry={asked} extension={extension} />}
      <div className="either">
        <Effect told={granted} title="如果同意" />
        <Effect told={refused} title="如果不同意" />
      </div>
      <Form.Item name="approve" label="是否同意" rules={[{ required: true, message: "请选择是否同意" }]}>
        <Radio.Group
          optionType="button"
          buttonStyle="solid"
          options={[{ value: true, label: "同意" }, { value: false, label: "不同意" }]}
        />
      </Form.Item>
      {extension && now.approve !== false && (
        <>
          <Form.Item name="working_days" label="批准的工作日数" htmlFor="days" extra="不填的，按申请的天数">
            <InputNumber id="days" controls={false} min={1} max={250} />
          </Form.Item>
          <details className="gap">
            <summary>超出一般限度的例外</summary>
            <Form.Item name="exception_reason" label="例外理由" htmlFor="exception">
              <Input.TextArea id="exception" autoSize={{ minRows: 2 }} />
            </Form.Item>
            <Form.Item name="approved_by" label="批准人" htmlFor="approved-by">
              <Input id="approved-by" />
            </Form.Item>
          </details>
        </>
      )}
      <Form.Item
        name="reason"
        label="理由"
        htmlFor="reason"
        rules={needsReason ? [{ required: true, message: "不同意的须说明理由" }] : []}
      >
        <Input.TextArea id="reason" autoSize={{ minRows: 2, maxRows: 8 }} />
      </Form.Item>
      {now.approve === false && <Basis rules={requiredBy(terms, name)} />}
      <Submit issuing={issuing} title={typeof now.approve === "boolean" ? `${now.approve ? "同意" : "不同意"}${extension ? "延期" : "退单"}` : title} />
    </Form>
  );
}

function Request({ entry, extension }: { entry: Entry; extension: boolean }) {
  const { details } = entry;
  return (
    <section className="asked">
      <p className="tight">
        <strong>{entry.unit}</strong> 于{moment(entry.at)}
        {extension ? `申请延期${String(details.working_days ?? "")}个工作日` : "申请退单"}
        {typeof details.suggested_unit === "string" && `，建议由${details.suggested_unit}承办`}
        {typeof details.reason_code === "string" && `（${word(EXTENSION_REASON, details.reason_code)}）`}
      </p>
      {Object.entries(entry.texts).map(([field, text]) => (
        <blockquote key={field} className="words">
          {field !== "reason" && <span className="quiet">{field.startsWith("materials") ? "材料" : labelOf(entry.do, field)}：</span>}
          {text.text ?? "内容已删除"}
        </blockquote>
      ))}
      {extension && <p className="tight quiet">{details.citizen_informed ? "已向诉求人说明" : "未向诉求人说明"}</p>}
    </section>
  );
}
