import { Button, Form, Input, Select } from "antd";
import { useState } from "react";
import { useSession } from "../../session";
import { Basis } from "../Basis";
import { draft, keepDraft, said, useIssue, usePreview } from "../command";
import { Effect } from "../Effect";
import { required, requiredBy, useTerms } from "../terms";
import { useUnits } from "../units";
import { type FormProps, Submit } from "./form";
import { now as onTheClock } from "../../time";

/** Records a panel (研判) or a joint meeting (联席会议) with its minutes, in the form that offices write them. */
export function Meeting({ ticket, name, title, done }: FormProps) {
  const joint = name === "joint_meeting";
  const { session } = useSession();
  const [form] = Form.useForm();
  const issuing = useIssue(ticket.no, name, done);
  const terms = useTerms(ticket.no);
  const units = useUnits().map((unit) => ({ value: unit.name, label: unit.name }));
  const [now, setNow] = useState<Record<string, unknown>>(draft(ticket.no, name));
  const needed = required(terms, name);
  const must = (field: string, message: string) => (needed.has(field) ? [{ required: true, message }] : []);
  const told = usePreview(ticket.no, name, Object.values(now).some(Boolean) ? said(now) : undefined);

  function begin() {
    const attendees = ((form.getFieldValue("attendees") as string[] | undefined) ?? []).join("、");
    form.setFieldValue(
      "minutes",
      [
        `时间：${onTheClock().format("YYYY年M月D日 HH:mm")}`,
        "地点：",
        `主持人：${session.name ?? ""}`,
        joint ? `参加单位：${attendees}` : "参加人员：",
        `议题：工单${ticket.no}“${ticket.title ?? ""}”的承办`,
        "各方意见：",
        "议定事项：",
        `记录人：${session.name ?? ""}`,
      ].join("\n"),
    );
    change(form.getFieldsValue() as Record<string, unknown>);
  }
  function change(values: Record<string, unknown>) {
    setNow(values);
    keepDraft(ticket.no, name, form);
  }
  return (
    <Form
      form={form}
      layout="vertical"
      initialValues={now}
      onValuesChange={(_, values) => change(values as Record<string, unknown>)}
      onFinish={(values: Record<string, unknown>) => void issuing.send(said(values))}
    >
      {joint ? (
        <Form.Item name="attendees" label="参加单位" htmlFor="attendees" rules={must("attendees", "请选择参加单位")}>
          <Select id="attendees" mode="multiple" options={units} />
        </Form.Item>
      ) : (
        <>
          <Form.Item name="unit" label="研判确定的承办单位" htmlFor="panel-unit" extra="不能确定的不填" rules={must("unit", "请选择承办单位")}>
            <Select id="panel-unit" showSearch allowClear options={units} />
          </Form.Item>
          <Form.Item name="basis" label="依据" htmlFor="panel-basis" rules={must("basis", "请写明依据")}>
            <Input.TextArea id="panel-basis" autoSize={{ minRows: 2, maxRows: 6 }} />
          </Form.Item>
        </>
      )}
      <Form.Item
        name="minutes"
        label={joint ? "会议纪要" : "研判记录"}
        htmlFor="minutes"
        rules={must("minutes", "请填写纪要")}
        extra={
          <Button type="link" size="small" className="flush" onClick={begin}>
            按格式起草
          </Button>
        }
      >
        <Input.TextArea id="minutes" autoSize={{ minRows: 8, maxRows: 20 }} maxLength={20000} />
      </Form.Item>
      {joint ? (
        <Form.Item
          name="decision"
          label="会议决定"
          htmlFor="decision"
          extra="会议尚未作出决定的不填，作出后再登记"
          rules={must("decision", "请写明会议决定")}
        >
          <Input.TextArea id="decision" autoSize={{ minRows: 2, maxRows: 8 }} />
        </Form.Item>
      ) : (
        <Form.Item name="approved_by" label="批准人" htmlFor="panel-approved" rules={must("approved_by", "请填写批准人")}>
          <Input id="panel-approved" />
        </Form.Item>
      )}
      <Basis rules={requiredBy(terms, name)} />
      <Effect told={told} title="登记后" />
      <Submit issuing={issuing} title={title} />
    </Form>
  );
}
