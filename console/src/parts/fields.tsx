import { Checkbox, Form, Input, InputNumber, Radio, Select } from "antd";
import type { ReactNode } from "react";
import * as schemas from "../client/schemas.gen";
import { OFFERED, word } from "../words";
import { Materials } from "./Materials";
import { DatePicker } from "./DatePicker";
import { PickCategory } from "./PickCategory";

export interface Schema {
  type?: string;
  format?: string;
  enum?: string[];
  const?: string;
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
export function bodyOf(name: string): Schema {
  const pascal = name.replace(/(^|_)(\w)/g, (_, __, letter: string) => letter.toUpperCase());
  return ALL[`${pascal}BodySchema`] ?? {};
}

/** What the contract calls a field of a command. */
export function labelOf(command: string | null, field: string): string {
  return named(bodyOf(command ?? "").properties?.[field] ?? {})[0];
}

/** What a field takes once references and "or nothing" are looked through. */
export function plain(field: Schema): Schema & { called?: string } {
  const choices = (field.anyOf ?? []).filter((one) => one.type !== "null");
  const inner = choices[0] ?? field;
  const called = inner.$ref?.split("/").pop();
  const found = called ? (ALL[`${called}Schema`] ?? {}) : inner;
  return { ...found, called, description: field.description, default: field.default };
}

/** What the contract says of a field before and after the semicolon: its name, and what to know of it. */
function named(schema: Schema): [string, string | undefined] {
  const [label = "", ...hints] = (schema.description ?? "").split("；");
  return [label, hints.join("；") || undefined];
}

const LONG = new Set(["text", "reason", "explanation", "minutes", "summary", "opinion", "decision", "told", "route"]);
const UNIT_FIELDS = new Set(["lead", "to", "suggested_unit"]);

/** What people choose codes from, in words; `only` keeps those that a policy provides for. */
function codes(all: string[], words: Record<string, string> = {}, only?: string[]) {
  return all.filter((code) => !only || only.includes(code)).map((code) => ({ value: code, label: word(words, code) }));
}

/** A cross that empties a list, said in words to who does not see it. */
export const CLEAR = { label: "清除" };

export interface Offer {
  /** The ticket that files are uploaded to. */
  no?: string;
  units: string[];
  only?: Record<string, string[]>;
}

/** The widget for a field of a command. */
export function Widget({ name, schema, offer, ...given }: { name: string; schema: Schema; offer: Offer }) {
  const field = plain(schema);
  // A form hands down an id of its own; the label stands for this one.
  const rest = { ...given, id: `field-${name}` };
  const units = offer.units.map((unit) => ({ value: unit, label: unit }));
  if (field.enum) return <Select allowClear={CLEAR} options={codes(field.enum, OFFERED[field.called ?? name], offer.only?.[name])} {...rest} />;
  if (field.type === "boolean") {
    return (
      <Checkbox {...rest}>
        {schema.description}
      </Checkbox>
    );
  }
  if (field.type === "integer" || field.type === "number") {
    return <InputNumber controls={false} min={field.minimum} max={field.maximum} style={{ width: "100%" }} {...rest} />;
  }
  if (field.format === "date-time" || name === "planned_for") {
    return <DatePicker showTime={{ format: "HH:mm" }} format="YYYY年M月D日 HH:mm" style={{ width: "100%" }} {...rest} />;
  }
  if (field.format === "date") return <DatePicker format="YYYY年M月D日" style={{ width: "100%" }} {...rest} />;
  if (name === "materials" && offer.no) return <Materials no={offer.no} {...rest} />;
  if (field.type === "array") {
    const chosen = name === "assist" || name === "attendees";
    return <Select mode={chosen ? "multiple" : "tags"} options={chosen ? units : []} tokenSeparators={["、", "，", ","]} open={chosen ? undefined : false} {...rest} />;
  }
  if (name === "category") return <PickCategory {...rest} />;
  if (UNIT_FIELDS.has(name) || name === "unit") return <Select showSearch allowClear={CLEAR} options={units} {...rest} />;
  if (LONG.has(name)) return <Input.TextArea autoSize={{ minRows: 3, maxRows: 12 }} maxLength={field.maxLength} {...rest} />;
  return <Input maxLength={field.maxLength} {...rest} />;
}

/** One field of a command in a form, labelled as the contract describes it. */
export function Field(props: {
  name: string;
  schema: Schema;
  offer: Offer;
  required?: boolean;
  label?: string;
  hidden?: boolean;
  extra?: ReactNode;
}) {
  const { name, schema } = props;
  const field = plain(schema);
  const [called, hint] = named(schema);
  const label = props.label ?? called;
  const required = props.required ? [{ required: true, message: `请填写${label}` }] : [];
  if (name === "approve" || (field.type === "boolean" && (label.includes("是否") || (props.required && name !== "citizen_informed")))) {
    const [yes, no] = name === "approve" ? ["同意", "不同意"] : ["是", "否"];
    return (
      <Form.Item name={name} label={label} rules={[{ required: props.required || name === "approve", message: "请选择" }]}>
        <Radio.Group options={[{ value: true, label: yes }, { value: false, label: no }]} />
      </Form.Item>
    );
  }
  const boolean = field.type === "boolean";
  return (
    <Form.Item
      name={name}
      label={boolean ? undefined : label}
      htmlFor={boolean ? undefined : `field-${name}`}
      hidden={props.hidden}
      extra={props.extra ?? hint}
      valuePropName={boolean ? "checked" : "value"}
      required={props.required}
      rules={
        boolean && props.required
          ? [{ validator: (_, value) => (value ? Promise.resolve() : Promise.reject(new Error(`须${label}`))) }]
          : required
      }
    >
      <Widget name={name} schema={schema} offer={props.offer} />
    </Form.Item>
  );
}
