import { Tag } from "antd";
import { useEffect, useState } from "react";
import { brief, remaining } from "../time";
import { CLOCK, LAMP, word } from "../words";

const COLOUR: Record<string, string> = { warning: "gold", yellow: "orange", red: "red" };

/** The present, renewed every half minute so that what remains ticks. */
export function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 30_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

/** A lamp in colour and in words, with what is due and how long remains. */
export function Lamp(props: {
  lamp?: string | null;
  due?: string | null;
  clock?: string | null;
  provisional?: boolean;
}) {
  const now = useNow();
  const left = props.due ? remaining(props.due, now) : undefined;
  return (
    <span className="lamp">
      {props.lamp && <Tag color={COLOUR[props.lamp]}>{word(LAMP, props.lamp)}</Tag>}
      {props.due && left && (
        <span className={left.late ? "late" : undefined}>
          {word(CLOCK, props.clock)}
          {left.late ? `逾期${left.words}` : `剩余${left.words}`}
          <span className="quiet">（{brief(props.due)}{props.provisional ? "，暂定" : ""}）</span>
        </span>
      )}
    </span>
  );
}
