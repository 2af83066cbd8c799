import { Button, Card, Tag } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import type { ClockAnswer } from "../../client";
import { brief, deadline } from "../../time";
import { CLOCK, CLOCK_STATE, END_REASON, word } from "../../words";
import { LampTag, Remaining } from "../Lamp";

/** Limits that run day and night, by the way they are written. */
const RUN_ALWAYS = /^\d+ (minutes|hours|calendar_days)$|^same_day$/;

const RIGHTS = new Set(["return_window", "extension_window"]);

/** Each limit with what remains of it, and the way to why it falls where it does. */
export function Clocks({ no, running, all }: { no: string; running: ClockAnswer[]; all: ClockAnswer[] }) {
  const [shown, setShown] = useState(false);
  const ended = all.filter((one) => one.ended_at !== null);
  return (
    <Card title={<h2>时限</h2>}>
      {running.length === 0 && <p className="quiet tight">没有进行中的时限</p>}
      <ul className="clocks">
        {[...running].sort((one, other) => Number(RIGHTS.has(one.name)) - Number(RIGHTS.has(other.name))).map((one) => (
          <Running key={`${one.name}-${one.unit}-${one.n}`} no={no} clock={one} />
        ))}
        {shown &&
          ended.map((one) => (
            <li key={`${one.name}-${one.unit}-${one.n}`} className="over">
              <span>
                {unitOf(one)} {word(CLOCK, one.name)}
              </span>
              <span>
                {one.state === "met" ? (
                  <Tag color="green">按时完成</Tag>
                ) : (
                  <Tag>{word(END_REASON, one.reason) || word(CLOCK_STATE, one.state)}</Tag>
                )}
                {one.breached_at && <Tag color="red">曾逾期</Tag>}
              </span>
              <span className="quiet">期限{brief(one.due_at)}</span>
              <Why no={no} clock={one} />
            </li>
          ))}
      </ul>
      {ended.length > 0 && (
        <Button type="link" size="small" className="flush" onClick={() => setShown(!shown)}>
          {shown ? "收起已结束的时限" : `已结束的时限（${ended.length}）`}
        </Button>
      )}
    </Card>
  );
}

const unitOf = (clock: ClockAnswer) => (clock.unit === "office" ? "热线办" : clock.unit);

function Running({ no, clock }: { no: string; clock: ClockAnswer }) {
  const right = RIGHTS.has(clock.name);
  return (
    <li>
      <span>
        <strong>{word(CLOCK, clock.name)}</strong> <span className="quiet">{unitOf(clock)}</span> <LampTag lamp={clock.lamp} />
        {clock.silent_since && <Tag>待审核，暂停提醒</Tag>}
        {right && <Tag>权利</Tag>}
      </span>
      <span>
        {clock.silent_since ? (
          <span className="quiet">不计提醒</span>
        ) : (
          <Remaining due={clock.due_at} always={RUN_ALWAYS.test(clock.limit)} />
        )}
      </span>
      <span className="quiet">
        {deadline(clock.due_at)}
        {right ? "前可以申请" : "到期"}
        {clock.provisional && "（暂定）"}
      </span>
      <Why no={no} clock={clock} />
    </li>
  );
}

function Why({ no, clock }: { no: string; clock: ClockAnswer }) {
  return (
    <Link to={`/tickets/${no}/clocks/${clock.name}/${encodeURIComponent(clock.unit)}`} className="no-print">
      为什么是这个时间
    </Link>
  );
}
