import { Form } from "antd";
import { useState } from "react";
import type { TicketDetail } from "../../client";
import { useSession } from "../../session";
import { wall } from "../../time";
import { draft, keepDraft, said, useIssue, usePreview } from "../command";
import { Effect } from "../Effect";
import { bodyOf, Field, type Schema } from "../fields";
import { offered, required, requiredBy, useTerms } from "../terms";
import { Basis } from "../Basis";
import { useUnits } from "../units";
import { type FormProps, Submit } from "./form";

/** What a command takes from other programs and a person has no use for. */
const APART: Record<string, string[]> = { nominate_bonus: ["reason_code"], decide_bonus: ["reason_code"] };
/** What a field is called where the command says more than the contract. */
const CALLED: Record<string, Record<string, string>> = {
  subdispatch: { to: "转派给" },
  transfer_emergency: { to: "紧急专线" },
  refer: { to: "移送至" },
  answer_citizen: { text: "答复内容" },
  progress: { text: "进展情况" },
  explain_overdue: { text: "逾期原因" },
  instruct: { text: "批示内容" },
  urge: { text: "催办内容" },
  supplement: { text: "补充内容" },
  submit_to_lead: { text: "协办结果" },
  complete_plan: { text: "完成情况" },
  appeal: { text: "申诉理由" },
};
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
  const units = useUnits();
  const everybody = units.map((unit) => unit.name);
  const below = units.filter((unit) => unit.parent !== null && unit.parent === (session.unit ?? ticket.lead_unit)).map((unit) => unit.name);
  const unitsFor = (field: string) => {
    if (field === "unit") return assigned;
    return name === "subdispatch" ? below : everybody;
  };
  const needed = new Set([...(schema.required ?? []), ...required(terms, name)]);
  const only = offered(terms, name);

  const lead = ticket.lead_unit ?? undefined;
  // Who amends a registration sees what stands there, and says only what is to be otherwise.
  const present = name === "amend" ? standing(ticket, fields) : {};
  const otherwise = (values: Record<string, unknown>) =>
    said(Object.fromEntries(Object.entries(values).filter(([field, value]) => !same(value, present[field]))));
  const start = {
    ...Object.fromEntries(fields.map(([field, one]) => [field, one.default ?? undefined])),
    ...present,
    unit: ofUnit ? session.unit : schema.required?.includes("unit") ? lead : undefined,
    ...draft(ticket.no, name),
  };
  const complete = (values: Record<string, unknown>) => [...needed].every((field) => ![undefined, null, "", false].includes(values[field] as never));
  const [now, setNow] = useState<Record<string, unknown>>(start);
  const told = usePreview(ticket.no, name, complete(now) ? otherwise(now) : undefined);

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
      onFinish={(values: Record<string, unknown>) => void issuing.send(otherwise({ ...values, unit: values.unit ?? start.unit }))}
    >
      {fields.map(([field, one]) => (
        <Field
          key={field}
          name={field}
          schema={one}
          label={CALLED[name]?.[field]}
          offer={{ no: ticket.no, units: unitsFor(field), only }}
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

/** What the fields of a form are now. */
function standing(ticket: TicketDetail, fields: [string, Schema][]): Record<string, unknown> {
  const known: Record<string, unknown> = { ...ticket, upstream_due: ticket.upstream_due && wall(ticket.upstream_due) };
  return Object.fromEntries(fields.map(([field]) => [field, known[field] ?? undefined]));
}

function same(value: unknown, other: unknown): boolean {
  return JSON.stringify(value ?? null) === JSON.stringify(other ?? null);
}
