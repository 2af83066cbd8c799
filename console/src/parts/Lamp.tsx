import { Tag } from "antd";
import { brief, deadline } from "../time";
import { CLOCK, LAMP, word } from "../words";
import { span, useNow, useWorkTime } from "../worktime";

const COLOUR: Record<string, string> = { warning: "gold", yellow: "orange", red: "red" };

/** A lamp in colour and in words; none where nothing is lit. */
export function LampTag({ lamp }: { lamp?: string | null }) {
  if (!lamp) return null;
  return (
    <Tag color={COLOUR[lamp]} className="lamp">
      {word(LAMP, lamp)}
    </Tag>
  );
}

/** What remains until a moment, in working time unless the clock runs day and night. */
export function Remaining({ due, always }: { due: string; always?: boolean }) {
  const now = useNow(due);
  const worked = useWorkTime();
  const end = Date.parse(due);
  const late = end < now;
  // Until the calendar is read there is no saying how much office time it is, and hours of the clock mislead.
  const seconds = always ? (end - now) / 1000 : worked?.(now, end);
  // Over since the offices closed: not a second of their time has passed.
  const none = late && seconds !== undefined && Math.floor(Math.abs(seconds)) === 0;
  return (
    <span className={late ? "late" : "remaining"} title={deadline(due)}>
      {none ? "已逾期" : late ? "逾期" : "剩余"}
      {!none && seconds !== undefined && `${always ? "" : "工作时间"}${span(seconds)}`}
    </span>
  );
}

/** A lamp with what is due, how long remains and when that is. */
export function Lamp(props: {
  lamp?: string | null;
  due?: string | null;
  clock?: string | null;
  provisional?: boolean;
  always?: boolean;
}) {
  if (!props.lamp && !props.due) return <span className="quiet">无时限</span>;
  return (
    <span className="due">
      <LampTag lamp={props.lamp} />
      {props.due && (
        <>
          <span>
            {word(CLOCK, props.clock)} <Remaining due={props.due} always={props.always} />
          </span>
          <span className="quiet due-at">
            {brief(props.due)}
            {props.provisional ? "（暂定）" : ""}
          </span>
        </>
      )}
    </span>
  );
}
