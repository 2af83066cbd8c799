import { Tag } from "antd";
import type { TicketLine } from "../client";
import { useSession } from "../session";
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
  const office = always ? undefined : worked?.(now, end);
  const known = always || office !== undefined;
  // With the office closed from now until then, hours of the clock are what is left.
  const counts = office !== undefined && Math.abs(office) >= 1;
  return (
    <span className={late ? "late" : "remaining"} title={deadline(due)}>
      {late && known && !always && !counts ? "已逾期" : late ? "逾期" : "剩余"}
      {counts && `工作时间${span(office)}`}
      {known && !counts && (always || !late) && span((end - now) / 1000)}
    </span>
  );
}

/** The limit of a ticket that is to be looked at first, with its own lamp; whose it is, where that is not plain. */
export function TicketLamp({ ticket }: { ticket: TicketLine }) {
  const { session } = useSession();
  const one = ticket.limit_shown;
  if (!one) return <Lamp lamp={ticket.lamp} />;
  const others = one.unit !== session.unit && one.unit !== ticket.lead_unit;
  const unit = one.unit === "office" ? (session.part.startsWith("unit") ? "热线办" : undefined) : one.unit;
  return (
    <Lamp
      lamp={one.lamp}
      due={one.due_at}
      clock={one.name}
      unit={others ? unit : undefined}
      provisional={one.provisional}
      always={ticket.urgency === "emergency" && one.name === "sign"}
    />
  );
}

/** A lamp with what is due, how long remains and when that is. */
export function Lamp(props: {
  lamp?: string | null;
  due?: string | null;
  clock?: string | null;
  unit?: string;
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
            {props.unit}
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
