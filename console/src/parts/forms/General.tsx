import { Form } from "antd";
import { useState } from "react";
import { useSession } from "../../session";
import { draft, keepDraft, said, useIssue, usePreview } from "../command";
import { Effect } from "../Effect";
import { bodyOf, Field } from "../fields";
import { offered, required, requiredBy, useTerms } from "../terms";
import { Basis } from "../Basis";
import { useUnits } from "../units";
import { type FormProps, Submit } from "./form";

/** What a command takes from other programs and a person has no use for. */
const APART: Record<string, string[]> = { nominate_bonus: ["reason_code"], decide_bonus: ["reason_code"] };
const DANGEROUS = new Set(["withdraw", "recall", "return_upstream", "refuse", "transfer_emergency"]);

/** A command's form made from its contract and the policy: labels, choices, limits, and what must be there. */
export function General({ ticket, name, title, done }: FormProps) {
  const { session } = useSession();
  const terms = useTerms(ticket.no);
  const schema = bodyOf(name);
  const fields = Object.entries(schema.properties ?? {});
  const [form] = Form.useForm();
  const issuing = useIssue(ticket.no, name, done);
  const ofUnit = session.unit !== null && ["unit", "unit_leader", "unit_principal"].includes(session.part);
  const assigned = ticket.assignments.map((one) => one.unit);
  const everybody = useUnits().map((unit) => unit.name);
  const needed = new Set([...(schema.required ?? []), ...required(terms, name)]);
  const only = offered(terms, name);

  const lead = ticket.lead_unit ?? undefined;
  const start = {
    ...Object.fromEntries(fields.map(([field, one]) => [field, one.default ?? undefined])),
    unit: ofUnit ? session.unit : schema.required?.includes("unit") ? lead : undefined,
    ...draft(ticket.no, name),
  };
  const complete = (values: Record<string, unknown>) => [...needed].every((field) => ![undefined, null, "", false].includes(values[field] as never));
  const [now, setNow] = useState<Record<string, unknown>>(start);
  const told = usePreview(ticket.no, name, complete(now) ? said(now) : undefined);

  return (
    <Form
      form={form}
      layout="vertical"
      initialValues={start}
      scrollToFirstError
      onValuesChange={(_, values) => {
        setNow({ ...start, ...(values as Record<string, unknown>) });
        keepDraft(ticket.no, name, form);
      }}
      onFinish={(values: Record<string, unknown>) => void issuing.send(said({ ...values, unit: values.unit ?? start.unit }))}
    >
      {fields.map(([field, one]) => (
        <Field
          key={field}
          name={field}
          schema={one}
          offer={{ no: ticket.no, units: field === "unit" ? assigned : everybody, only }}
          required={needed.has(field)}
          hidden={(field === "unit" && ofUnit) || (field === "caller" && ticket.callers.length < 2) || (field in only && only[field]?.length === 0) || APART[name]?.includes(field)}
        />
      ))}
      <Basis rules={requiredBy(terms, name)} />
      <Effect told={told} />
      <Submit issuing={issuing} title={title} danger={DANGEROUS.has(name)} />
    </Form>
  );
}
