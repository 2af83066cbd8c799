import { Alert, Button, Checkbox, DatePicker, Form, Input, InputNumber, Modal, Radio, Select } from "antd";
import dayjs, { type Dayjs } from "dayjs";
import { useState } from "react";
import { command, Problem, problemOf } from "../api";
import type { TicketDetail } from "../client";
import * as schemas from "../client/schemas.gen";
import { CODES, word } from "../words";

interface Schema {
  type?: string;
  format?: string;
  enum?: string[];
  description?: string;
  default?: unknown;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  items?: Schema;
  anyOf?: Schema[];
  $ref?: string;
  properties?: Record<string, Schema>;
  required?: string[];
}

const ALL = schemas as unknown as Record<string, Schema>;

/** The body of a command, as the contract has it. */
function bodyOf(name: string): Schema {
  const pascal = name.replace(/(^|_)(\w)/g, (_, __, letter: string) => letter.toUpperCase());
  return ALL[`${pascal}BodySchema`] ?? {};
}

/** What a field takes once references and "or nothing" are looked through. */
function plain(field: Schema): Schema {
  const choices = (field.anyOf ?? []).filter((one) => one.type !== "null");
  const inner = choices[0] ?? field;
  const found = inner.$ref ? (ALL[`${inner.$ref.split("/").pop()}Schema`] ?? {}) : inner;
  return { ...found, description: field.description, default: field.default };
}

const LONG = new Set(["text", "reason", "explanation", "minutes", "summary", "opinion", "decision", "told", "route"]);

function Field({ name, schema, units }: { name: string; schema: Schema; units: string[] }) {
  const field = plain(schema);
  const id = `field-${name}`;
  if (field.enum) {
    return <Select id={id} allowClear options={field.enum.map((code) => ({ value: code, label: word(CODES, code) }))} />;
  }
  if (field.type === "boolean") return <Checkbox id={id} />;
  if (field.type === "integer" || field.type === "number") {
    return <InputNumber id={id} min={field.minimum} max={field.maximum} style={{ width: "100%" }} />;
  }
  if (field.format === "date-time") return <DatePicker id={id} showTime style={{ width: "100%" }} />;
  if (field.format === "date") return <DatePicker id={id} style={{ width: "100%" }} />;
  if (field.type === "array") {
    const options = name === "assist" || name === "attendees" ? units.map((unit) => ({ value: unit, label: unit })) : [];
    return <Select id={id} mode="tags" options={options} tokenSeparators={["、", "，", ","]} />;
  }
  if (name === "lead" || name === "to" || name === "suggested_unit") {
    return <Select id={id} showSearch allowClear options={units.map((unit) => ({ value: unit, label: unit }))} />;
  }
  return LONG.has(name) ? <Input.TextArea id={id} autoSize={{ minRows: 3, maxRows: 12 }} /> : <Input id={id} />;
}

function written(value: unknown, schema: Schema): unknown {
  if (!dayjs.isDayjs(value)) return value;
  const day = value as Dayjs;
  return plain(schema).format === "date" ? day.format("YYYY-MM-DD") : day.toISOString();
}

/** One command's form, made from its contract: labels, choices and limits are the API's own. */
export function CommandForm(props: {
  ticket: TicketDetail;
  name: string;
  title: string;
  unit?: string;
  units: string[];
  onClose: () => void;
  onDone: (problem?: Problem) => void;
}) {
  const schema = bodyOf(props.name);
  const fields = Object.entries(schema.properties ?? {});
  const required = new Set(schema.required ?? []);
  const [form] = Form.useForm();
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const [key] = useState(() => crypto.randomUUID());

  const start = Object.fromEntries(
    fields.map(([name, field]) => [name, name === "unit" ? props.unit : (field.default ?? undefined)]),
  );

  async function send(values: Record<string, unknown>) {
    setBusy(true);
    setProblem(undefined);
    const said = fields
      .map(([name, field]) => [name, written(values[name], field)] as const)
      .filter(([, value]) => value !== undefined && value !== null && value !== "");
    try {
      await command(props.ticket.no, props.name, Object.fromEntries(said), key);
      props.onDone();
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setBusy(false);
    }
  }

  return (
    <Modal open title={props.title} onCancel={props.onClose} footer={null} destroyOnHidden width={640}>
      <Form form={form} layout="vertical" initialValues={start} onFinish={send} scrollToFirstError>
        {fields.map(([name, field]) => {
          const boolean = plain(field).type === "boolean";
          const label = field.description ?? name;
          if (name === "approve") {
            return (
              <Form.Item key={name} name={name} label={label} rules={[{ required: true, message: "请选择" }]}>
                <Radio.Group options={[{ value: true, label: "同意" }, { value: false, label: "不同意" }]} />
              </Form.Item>
            );
          }
          return (
            <Form.Item
              key={name}
              name={name}
              label={label}
              htmlFor={`field-${name}`}
              hidden={name === "unit" && props.unit !== undefined}
              valuePropName={boolean ? "checked" : "value"}
              rules={required.has(name) ? [{ required: true, message: `请填写${label}` }] : []}
            >
              <Field name={name} schema={field} units={props.units} />
            </Form.Item>
          );
        })}
        {problem && (
          <Alert
            type="error"
            showIcon
            title={problem.message}
            description={problem.basis.length ? `依据：${problem.basis.join("、")}` : undefined}
            style={{ marginBottom: 16 }}
          />
        )}
        <Button type="primary" htmlType="submit" loading={busy}>
          {props.title}
        </Button>
      </Form>
    </Modal>
  );
}
