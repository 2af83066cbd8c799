import { useQuery } from "@tanstack/react-query";
import { Checkbox, Form, Input, Select, Skeleton, Tag } from "antd";
import { useState } from "react";
import { listSuggestionsOptions } from "../../client/@tanstack/react-query.gen";
import { draft, keepDraft, said, useIssue, usePreview } from "../command";
import { Effect } from "../Effect";
import { useUnits } from "../units";
import { type FormProps, Submit } from "./form";

/** Sends a ticket out: the unit that fits with its reason, assisting units, and every limit that would start. */
export function Dispatch({ ticket, name, title, done }: FormProps) {
  const [form] = Form.useForm();
  const issuing = useIssue(ticket.no, name, done);
  const asked = useQuery({ ...listSuggestionsOptions({ path: { no: ticket.no } }), retry: false });
  const suggested = asked.data ?? [];
  const units = useUnits();
  const options = units.map((unit) => ({
    value: unit.name,
    label: unit.name,
    title: unit.people ? undefined : "未配备人员",
  }));
  const [now, setNow] = useState<Record<string, unknown>>(draft(ticket.no, name));
  const told = usePreview(ticket.no, name, now.lead ? said(now) : undefined);

  function change(values: Record<string, unknown>) {
    setNow(values);
    keepDraft(ticket.no, name, form);
  }
  // What is suggested stands on top: whatever came later would push the fields away from under the hand.
  if (asked.isPending && asked.fetchStatus === "fetching") return <Skeleton active />;
  return (
    <Form
      form={form}
      layout="vertical"
      initialValues={now}
      onValuesChange={(_, values) => change(values as Record<string, unknown>)}
      onFinish={(values: Record<string, unknown>) => void issuing.send(said(values))}
    >
      {suggested.length > 0 && (
        <fieldset className="suggested">
          <legend>建议的承办单位</legend>
          {suggested.map((one) => (
            <button
              type="button"
              key={one.unit}
              className={now.lead === one.unit ? "on" : ""}
              aria-pressed={now.lead === one.unit}
              onClick={() => {
                form.setFieldValue("lead", one.unit);
                change({ ...form.getFieldsValue(), lead: one.unit });
              }}
            >
              <strong>{one.unit}</strong>
              {one.ground === "precedent" && <Tag color="blue">研判</Tag>}
              <span className="quiet">{one.reason}</span>
            </button>
          ))}
        </fieldset>
      )}
      <Form.Item name="lead" label="主办单位" htmlFor="lead" rules={[{ required: true, message: "请选择主办单位" }]}>
        <Select id="lead" showSearch options={options} />
      </Form.Item>
      <Form.Item name="assist" label="协办单位" htmlFor="assist">
        <Select id="assist" mode="multiple" options={options.filter((one) => one.value !== now.lead)} />
      </Form.Item>
      <Form.Item name="reason" label="派单说明" htmlFor="dispatch-reason">
        <Input.TextArea id="dispatch-reason" autoSize={{ minRows: 2, maxRows: 6 }} />
      </Form.Item>
      <details className="gap stacked">
        <summary>特殊情形</summary>
        <Form.Item name="first_receiver" valuePropName="checked" noStyle>
          <Checkbox>首接负责</Checkbox>
        </Form.Item>
        <Form.Item name="insisted" valuePropName="checked" noStyle>
          <Checkbox>研判后继续派单，不得回退</Checkbox>
        </Form.Item>
        <Form.Item name="panel_decided" valuePropName="checked" noStyle>
          <Checkbox>按研判意见派单</Checkbox>
        </Form.Item>
      </details>
      <Effect told={told} title="派单后" />
      <Submit issuing={issuing} title={title} />
    </Form>
  );
}
