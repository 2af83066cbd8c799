import { Form, Input, Select } from "antd";
import { REFUSAL, word } from "../../words";
import { draft, keepDraft, said, useIssue } from "../command";
import { useTerms } from "../terms";
import { Basis } from "../Basis";
import { type FormProps, Submit } from "./form";

/** Does not accept a demand: the reason the policy lists, what is told, and where the citizen is sent. */
export function Refuse({ ticket, name, title, done }: FormProps) {
  const [form] = Form.useForm();
  const issuing = useIssue(ticket.no, name, done);
  const refusals = useTerms(ticket.no)?.refusals ?? [];
  const code = Form.useWatch("reason_code", form) as string | undefined;
  const chosen = refusals.find((one) => one.reason === code);
  return (
    <Form
      form={form}
      layout="vertical"
      initialValues={draft(ticket.no, name)}
      onValuesChange={() => keepDraft(ticket.no, name, form)}
      onFinish={(values: Record<string, unknown>) => void issuing.send(said(values))}
    >
      <Form.Item name="reason_code" label="情形" htmlFor="refuse-code" rules={[{ required: true, message: "请选择情形" }]}>
        <Select
          id="refuse-code"
          options={refusals.map((one) => ({ value: one.reason, label: word(REFUSAL, one.reason) }))}
          onChange={(value: string) => {
            const route = refusals.find((one) => one.reason === value)?.route;
            if (route) form.setFieldValue("route", route);
          }}
          notFoundContent="本办法没有不予受理的规定"
        />
      </Form.Item>
      {chosen && <Basis rules={chosen.basis} />}
      <Form.Item name="explanation" label="解释说明" htmlFor="explanation" rules={[{ required: true, message: "请填写解释说明" }]}>
        <Input.TextArea id="explanation" autoSize={{ minRows: 3 }} />
      </Form.Item>
      <Form.Item name="route" label="应当通过的途径" htmlFor="route" rules={[{ required: true, message: "请填写应当通过的途径" }]}>
        <Input.TextArea id="route" autoSize={{ minRows: 2 }} />
      </Form.Item>
      {chosen?.requires.includes("evidence") && (
        <Form.Item name="evidence" label="证明材料" htmlFor="evidence" rules={[{ required: true, message: "请写明证明材料" }]}>
          <Input id="evidence" />
        </Form.Item>
      )}
      {chosen?.requires.includes("prior") && (
        <Form.Item name="prior" label="原工单编号" htmlFor="prior" rules={[{ required: true, message: "请填写原工单编号" }]}>
          <Input id="prior" />
        </Form.Item>
      )}
      {chosen?.supervisor_check && (
        <Form.Item name="approved_by" label="批准人" htmlFor="refuse-approved">
          <Input id="refuse-approved" />
        </Form.Item>
      )}
      <Submit issuing={issuing} title={title} danger />
    </Form>
  );
}
