import { Descriptions } from "antd";
import type { ReactNode } from "react";
import type { Entry } from "../../client";
import { dayOf, moment } from "../../time";
import { RATING, word } from "../../words";
import { labelOf } from "../fields";
import { MATERIAL, MaterialsOf } from "./Material";

const WRITTEN = ["basis", "number_used", "handler", "section"];

/** What stands in a reply beside its words: its basis, how the caller was reached, and the materials to look at. */
export function ReplyFacts({ no, entry }: { no: string; entry: Entry }) {
  const { details, texts } = entry;
  const rows: [string, ReactNode][] = [
    ...WRITTEN.map((name): [string, ReactNode] => [name, texts[name]?.text]),
    ["handled_at", typeof details.handled_at === "string" && moment(details.handled_at)],
    ["citizen_satisfaction", typeof details.citizen_satisfaction === "string" && word(RATING, details.citizen_satisfaction)],
    ["planned_for", typeof details.planned_for === "string" && dayOf(details.planned_for)],
    ["materials", Object.keys(texts).some((name) => MATERIAL.test(name)) && <MaterialsOf no={no} entry={entry} />],
  ];
  const said = rows.filter(([, value]) => value);
  if (!said.length) return null;
  return (
    <Descriptions
      column={1}
      size="small"
      className="gap-above"
      items={said.map(([key, children]) => ({ key, label: key === "materials" ? "材料" : labelOf("reply", key), children }))}
    />
  );
}
