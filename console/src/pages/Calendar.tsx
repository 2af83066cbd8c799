import { useQuery } from "@tanstack/react-query";
import { Alert, Button, Flex, Skeleton, Tooltip } from "antd";
import { useState } from "react";
import type { CalendarDay } from "../client";
import { getCalendarOptions } from "../client/@tanstack/react-query.gen";
import { CalendarImport } from "../parts/CalendarImport";
import { Fault } from "../parts/Fault";
import { useSession } from "../session";
import { reading, now } from "../time";

/** Who sees what a notice would move; bringing it in is the administrator's. */
const IMPORTS = new Set(["administrator", "office"]);
const WEEK = ["一", "二", "三", "四", "五", "六", "日"];

/** A year of the working calendar: what each day is, and why. */
export default function Calendar() {
  const { session } = useSession();
  const [year, setYear] = useState(now().year());
  const found = useQuery({ ...getCalendarOptions({ path: { year } }), staleTime: 300_000 });
  if (found.error) return <Fault error={found.error} retry={() => void found.refetch()} />;
  const worked = found.data?.days.filter((day) => day.working).length;
  return (
    <section>
      <Flex wrap gap={10} align="center" className="bar">
        <Button onClick={() => setYear(year - 1)} aria-label="前一年">
          前一年
        </Button>
        <h1>{year}年工作日历</h1>
        <Button onClick={() => setYear(year + 1)} aria-label="后一年">
          后一年
        </Button>
        {worked !== undefined && <span className="quiet">工作日{worked}天</span>}
        <span className="legend">
          <i className="day off" /> 休息、放假 <i className="day make-up" /> 补班
        </span>
      </Flex>
      {found.data?.provisional && (
        <Alert type="warning" showIcon className="gap" title="当年的放假安排尚未公布，以下为暂定；公布后，未到期的时限自动重新计算。" />
      )}
      {found.data ? (
        <>
          <div className="year">
            {Array.from({ length: 12 }, (_, month) => (
              <Month key={month} month={month} days={found.data.days.filter((day) => reading(day.day).month() === month)} />
            ))}
          </div>
          <p className="quiet">依据：{found.data.version}</p>
          {IMPORTS.has(session.role) && <CalendarImport />}
        </>
      ) : (
        <Skeleton active />
      )}
    </section>
  );
}

function Month({ month, days }: { month: number; days: CalendarDay[] }) {
  const first = days[0] ? (reading(days[0].day).day() + 6) % 7 : 0;
  return (
    <table className="month">
      <caption>{month + 1}月</caption>
      <thead>
        <tr>
          {WEEK.map((name) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {Array.from({ length: Math.ceil((first + days.length) / 7) }, (_, row) => (
          <tr key={row}>
            {WEEK.map((name, column) => {
              const day = days[row * 7 + column - first];
              return <td key={name}>{day && <Day day={day} />}</td>;
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Day({ day }: { day: CalendarDay }) {
  const weekend = [0, 6].includes(reading(day.day).day());
  const kind = day.working ? (weekend ? "make-up" : "") : "off";
  const plain = day.working !== weekend && !/假|节|调休|补班/.test(day.reason);
  const number = reading(day.day).date();
  if (plain) return <span className={`day ${kind}`}>{number}</span>;
  return (
    <Tooltip title={day.reason}>
      <span className={`day ${kind} marked`}>
        {number}
        <span className="sr">{day.reason}</span>
      </span>
    </Tooltip>
  );
}
