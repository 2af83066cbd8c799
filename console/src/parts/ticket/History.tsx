import { Button, Card, Segmented, Tag, Timeline } from "antd";
import { useState } from "react";
import type { Entry } from "../../client";
import { brief, moment } from "../../time";
import { Basis, useCited } from "../Basis";
import { labelOf } from "../fields";
import { Cited } from "./Cited";
import { MATERIAL, MaterialsOf } from "./Material";

/** What happened at one moment by one hand: a command with everything that followed from it. */
interface Happening {
  key: number;
  at: string;
  head: Entry;
  effects: Entry[];
}

/** Texts that do not say by themselves what they are. */
const NAMED = new Set(["handler", "section", "number_used", "basis", "leader", "approved_by", "evidence", "seal", "scan"]);

const PLAIN = new Set(["unit_moved"]);

function happenings(entries: Entry[]): Happening[] {
  const made: Happening[] = [];
  for (const entry of entries) {
    const last = made.at(-1);
    const together = last && ((entry.command_id !== null && entry.command_id === last.head.command_id) || entry.recorded_at === last.head.recorded_at);
    if (together && entry.at === last.at) last.effects.push(entry);
    else made.push({ key: entry.seq, at: entry.at, head: entry, effects: [] });
  }
  for (const one of made) {
    const done = [one.head, ...one.effects].find((entry) => entry.do);
    if (done && done !== one.head) {
      one.effects = [one.head, ...one.effects].filter((entry) => entry !== done);
      one.head = done;
    }
  }
  return made;
}

const COLOURS: Record<string, string> = { clock_breached: "red", lamp: "red", supervision_opened: "orange" };

/** One line of what happened, the latest first: who did it, what they wrote, what it did to the limits. */
export function History({ no, entries }: { no?: string; entries: Entry[] }) {
  const [order, setOrder] = useState<"latest" | "first">("latest");
  const [all, setAll] = useState(false);
  const found = happenings(entries);
  const sorted = order === "latest" ? [...found].reverse() : found;
  const shown = all ? sorted : sorted.slice(0, 30);
  return (
    <Card
      className="course"
      title={<h2>办理经过</h2>}
      extra={
        <Segmented
          aria-label="先后"
          size="small"
          value={order}
          onChange={setOrder}
          options={[{ value: "latest", label: "最近在前" }, { value: "first", label: "最早在前" }]}
        />
      }
    >
      <Timeline
        items={shown.map((one) => ({
          key: one.key,
          color: COLOURS[one.head.fact] ?? (one.head.do ? "blue" : "gray"),
          content: <Told no={no} happening={one} />,
        }))}
      />
      {!all && sorted.length > shown.length && (
        <Button block onClick={() => setAll(true)}>
          显示全部{sorted.length}项
        </Button>
      )}
    </Card>
  );
}

function Told({ no, happening }: { no?: string; happening: Happening }) {
  const { head, effects } = happening;
  const cited = useCited();
  const actor = head.actor as { id?: string } | null;
  const clocks = effects.filter((entry) => entry.clock);
  const others = effects.filter((entry) => !entry.clock && !PLAIN.has(entry.fact));
  const hasMaterials = Object.entries(head.texts).some(([name, text]) => MATERIAL.test(name) && !text.withheld);
  const knowledge = Array.isArray(head.details.knowledge) ? (head.details.knowledge as string[]) : [];
  const basis = [...new Set([head, ...effects].flatMap((entry) => entry.basis))];
  return (
    <div className="happening">
      <p className="tight">
        <time dateTime={happening.at} title={moment(happening.at)} className="quiet">
          {brief(happening.at)}
        </time>{" "}
        {head.clock && <Effect entry={head} />}
        <strong>{cited(head.sentence)}</strong>
        {actor?.id && <span className="quiet"> 工号{actor.id}</span>}
      </p>
      {head.fact === "registered" && head.texts.recording?.text && (
        <p className="tight quiet">录音 {head.texts.recording.text}</p>
      )}
      {Object.entries(head.texts).map(([name, text]) =>
        head.fact !== "registered" && !MATERIAL.test(name) && (text.text || text.erased_at) ? (
          <blockquote key={name} className="words">
            {NAMED.has(name) && <span className="quiet">{labelOf(head.do, name)}：</span>}
            {text.text ?? `（${moment(text.erased_at)}依规定删除）`}
          </blockquote>
        ) : null,
      )}
      {knowledge.length > 0 && (
        <p className="tight">
          依据知识库：
          {knowledge.map((id, place) => (
            <span key={id}>
              {place > 0 && "、"}
              <Cited id={id} />
            </span>
          ))}
        </p>
      )}
      {hasMaterials && (
        <p className="tight">
          材料：
          <MaterialsOf no={no} entry={head} />
        </p>
      )}
      {others.map((entry) => (
        <p key={entry.seq} className="tight">
          {cited(entry.sentence)}
        </p>
      ))}
      {clocks.map((entry) => (
        <p key={entry.seq} className="tight effect-line">
          <Effect entry={entry} />
          {cited(entry.sentence)}
        </p>
      ))}
      {basis.length > 0 && <Basis rules={basis} quoted={false} />}
    </div>
  );
}

const EFFECT: Record<string, [string, string]> = {
  started: ["起算", "blue"],
  moved: ["变更", "purple"],
  met: ["按时", "green"],
  breached: ["逾期", "red"],
  breach_withdrawn: ["撤销逾期", "green"],
  ended: ["终止", "default"],
  silenced: ["暂停提醒", "default"],
  resumed: ["恢复提醒", "default"],
  lamp: ["亮灯", "orange"],
};

/** What something did to a limit, in one word. */
function Effect({ entry }: { entry: Entry }) {
  const [name, colour] = EFFECT[String(entry.clock?.effect)] ?? ["", "default"];
  return <Tag color={colour}>{name}</Tag>;
}
