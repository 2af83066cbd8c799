import { useQuery } from "@tanstack/react-query";
import { Card, Flex, Radio, Skeleton } from "antd";
import { lazy, Suspense, useMemo } from "react";
import { Link, useNavigate, useSearchParams } from "react-router";
import type { Part, TrendDay, UnitFigures } from "../client";
import {
  getDashboardOptions,
  getHeatOptions,
  getTrendOptions,
  getUnitFiguresOptions,
} from "../client/@tanstack/react-query.gen";
import { DatePicker } from "../parts/DatePicker";
import { Fault } from "../parts/Fault";
import { Heat } from "../parts/Heat";
import { Rows } from "../parts/Rows";
import { brief, reading, now, sent, typed, type Wall } from "../time";
import { LAMP, STATUS, word } from "../words";

const Chart = lazy(() => import("../parts/Chart"));

const DAY = "YYYY-MM-DD";

const PERIODS: Record<string, [string, () => [Wall, Wall]]> = {
  today: ["今天", () => [now().startOf("day"), now().startOf("day").add(1, "day")]],
  week: ["本周", () => [now().startOf("week"), now().startOf("week").add(1, "week")]],
  month: ["本月", () => [now().startOf("month"), now().startOf("month").add(1, "month")]],
  last: ["上月", () => [now().startOf("month").subtract(1, "month"), now().startOf("month")]],
};

/** Each figure with the word for what it is a part of, where it is a part. */
const FIGURES: [string, string, string?][] = [
  ["received", "受理"],
  ["dispatched", "派单"],
  ["sign_in_time", "按时签收", "到期"],
  ["sign_overdue", "签收逾期", "到期"],
  ["handle_in_time", "按时办结", "到期"],
  ["handle_overdue", "办理逾期", "到期"],
  ["closed", "办结"],
  ["satisfied", "满意", "已评价"],
];

/** Where a figure leads: the very rows that it counts. */
export function rowsOf(part: Part): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(part.query)) {
    for (const one of Array.isArray(value) ? value : [value]) params.append(name, one);
  }
  return `/all?${params.toString()}`;
}

/**
 * How the hotline does: each figure leads to its tickets. The period stands in the address, so that whoever comes
 * back from the tickets finds it as it was.
 */
export default function Dashboard() {
  const [params, setParams] = useSearchParams();
  const own = useDays(params.get("from"), params.get("to"));
  const chosen = params.get("period") ?? "";
  const name = chosen in PERIODS ? chosen : "today";
  const [since, until] = own ? [own[0], own[1].add(1, "day")] : PERIODS[name]![1]();
  const period = { query: { since: sent(since), until: sent(until) } };
  const today = now().startOf("day");
  const months = { query: { since: sent(today.subtract(29, "day")), until: sent(today.add(1, "day")) } };
  const told = useQuery({ ...getDashboardOptions(period), refetchInterval: 30_000 });
  const units = useQuery({ ...getUnitFiguresOptions(period), refetchInterval: 30_000 });
  const heat = useQuery({ ...getHeatOptions(period), refetchInterval: 30_000 });
  const trend = useQuery({ ...getTrendOptions(months), refetchInterval: 30_000 });

  return (
    <section>
      <Flex wrap gap={10} align="center" className="bar">
        <h1>数据看板</h1>
        <Radio.Group
          optionType="button"
          className="no-print"
          value={own ? undefined : name}
          onChange={(event) => setParams({ period: event.target.value as string }, { replace: true })}
          options={Object.entries(PERIODS).map(([value, [label]]) => ({ value, label }))}
        />
        <DatePicker.RangePicker
          aria-label="统计期间"
          className="no-print"
          value={own ?? null}
          onChange={(days) =>
            setParams(days?.[0] && days[1] ? { from: days[0].format(DAY), to: days[1].format(DAY) } : {}, { replace: true })
          }
        />
        <span className="quiet">
          {spanned(since, until.subtract(1, "day"))}，{brief(told.dataUpdatedAt || Date.now())}更新
        </span>
      </Flex>
      {told.error && <Fault error={told.error} retry={() => void told.refetch()} />}
      {told.data ? (
        <>
          <div className="figures">
            {FIGURES.map(([key, label, of]) => {
              const part = told.data.figures[key];
              return part && <Figure key={key} label={label} part={part} of={of} />;
            })}
          </div>
          <div className="figures small">
            {["red", "yellow", "warning"].map((lamp) => (
              <Figure
                key={lamp}
                label={word(LAMP, lamp)}
                kind={lamp}
                part={told.data.lamps[lamp] ?? { count: 0, of: null, query: { lamp: [lamp], open: "true" } }}
              />
            ))}
            {Object.keys(STATUS).map((status) => {
              const part = told.data.open[status];
              return part && <Figure key={status} label={word(STATUS, status)} part={part} />;
            })}
          </div>
        </>
      ) : (
        !told.error && <Skeleton active />
      )}
      <div className="charts">
        <Card title={<h2>近30日走势</h2>}>
          {trend.error && <Fault error={trend.error} retry={() => void trend.refetch()} />}
          <Suspense fallback={<Skeleton active />}>{trend.data && <Trend days={trend.data} />}</Suspense>
        </Card>
        <Card title={<h2>属地与类别</h2>} extra={<span className="quiet">期间内受理，点数字看工单</span>}>
          {heat.error && <Fault error={heat.error} retry={() => void heat.refetch()} />}
          {heat.data ? <Heat cells={heat.data} since={sent(since)} until={sent(until)} /> : !heat.error && <Skeleton active />}
        </Card>
      </div>
      <Card title={<h2>承办单位</h2>} >
        <p className="quiet tight">
          按时率的分母为期间内到期且有结果的件数，满意率的分母为期间内办结且已评价的件数。名次依按时办结率排列，相同的并列；没有到期件的不排名。
        </p>
        {units.error && <Fault error={units.error} retry={() => void units.refetch()} />}
        <Ranking units={units.data ?? []} loading={units.isLoading} />
      </Card>
    </section>
  );
}

/** The days that an address names; undefined where it names none. The same days are the same array. */
function useDays(from: string | null, to: string | null): [Wall, Wall] | undefined {
  return useMemo(() => {
    const first = typed(from ?? "", [DAY]);
    const last = typed(to ?? "", [DAY]);
    return first && last && !last.isBefore(first) ? [first, last] : undefined;
  }, [from, to]);
}

/** The days of a period, a single one named once. */
function spanned(first: Wall, last: Wall): string {
  const said = first.format("YYYY年M月D日");
  return first.isSame(last, "day") ? said : `${said}至${last.format("YYYY年M月D日")}`;
}

function Figure({ label, part, kind, of = "" }: { label: string; part: Part; kind?: string; of?: string }) {
  const rate = part.of ? `，${((part.count / part.of) * 100).toFixed(1)}%` : "";
  return (
    <Link to={rowsOf(part)} className={`figure ${part.count ? (kind ?? "") : ""}`}>
      <span>{label}</span>
      <strong>{part.count}</strong>
      <small>{part.of != null ? `${of}${part.of}件${rate}` : "件"}</small>
    </Link>
  );
}

function Trend({ days }: { days: TrendDay[] }) {
  const navigate = useNavigate();
  const option = useMemo(() => {
    const all = Array.from({ length: 30 }, (_, n) => now().subtract(29 - n, "day").format("YYYY-MM-DD"));
    const by = new Map(days.map((day) => [day.day, day]));
    const line = (name: string, key: "received" | "closed" | "overdue", color: string) => ({
      name,
      type: "line",
      symbolSize: 7,
      color,
      data: all.map((day) => by.get(day)?.[key] ?? 0),
    });
    return {
      grid: { left: 36, right: 12, top: 34, bottom: 26 },
      legend: { top: 0 },
      tooltip: { trigger: "axis" },
      xAxis: { type: "category", data: all, axisLabel: { formatter: (day: string) => reading(day).format("M月D日") } },
      yAxis: { type: "value", minInterval: 1 },
      series: [line("受理", "received", "#0b57c4"), line("办结", "closed", "#1f7a12"), line("办理逾期", "overdue", "#c01722")],
    };
  }, [days]);
  function show(picked: { name: string; series: string }) {
    const from = sent(reading(picked.name));
    const to = sent(reading(picked.name).add(1, "day"));
    const query: Record<string, Record<string, string>> = {
      受理: { received_from: from, received_to: to },
      办结: { closed_from: from, closed_to: to },
      办理逾期: { clock: "handle", clock_result: "overdue", clock_due_from: from, clock_due_to: to },
    };
    void navigate(`/all?${new URLSearchParams(query[picked.series]).toString()}`);
  }
  return <Chart option={option} height={300} label="近30日受理、办结、办理逾期的件数" pick={show} />;
}

function Ranking({ units, loading }: { units: UnitFigures[]; loading: boolean }) {
  const rate = (part: Part) => (part.of ? part.count / part.of : -1);
  // Whoever is as good has the same place, however the table is sorted; of whom nothing fell due has none.
  const place = ({ handled_in_time: own }: UnitFigures) =>
    own.of ? 1 + units.filter((other) => rate(other.handled_in_time) > rate(own)).length : undefined;
  const rated = (part: Part) => (
    <Link to={rowsOf(part)}>
      {part.of ? `${((part.count / part.of) * 100).toFixed(1)}%` : "—"}
      <span className="quiet">
        {" "}
        {part.count}/{part.of ?? 0}
      </span>
    </Link>
  );
  return (
    <Rows<UnitFigures>
      rowKey="unit"
      head={2}
      size="small"
      loading={loading}
      dataSource={units}
      pagination={false}
      scroll={{ x: 640 }}
      sortDirections={["descend", "ascend"]}
      locale={{ emptyText: "这一期间没有派单" }}
      columns={[
        { title: "名次", width: 64, render: (_, one) => place(one) ?? <span className="quiet">—</span> },
        { title: "单位", dataIndex: "unit" },
        {
          title: "派单",
          sorter: (one, other) => one.dispatched.count - other.dispatched.count,
          render: (_, one) => <Link to={rowsOf(one.dispatched)}>{one.dispatched.count}</Link>,
        },
        {
          title: "按时签收",
          sorter: (one, other) => rate(one.signed_in_time) - rate(other.signed_in_time),
          render: (_, one) => rated(one.signed_in_time),
        },
        {
          title: "按时办结",
          sorter: (one, other) => rate(one.handled_in_time) - rate(other.handled_in_time),
          render: (_, one) => rated(one.handled_in_time),
        },
        {
          title: "办理逾期",
          sorter: (one, other) => one.overdue.count - other.overdue.count,
          render: (_, one) => (
            <Link to={rowsOf(one.overdue)} className={one.overdue.count ? "late" : undefined}>
              {one.overdue.count}
            </Link>
          ),
        },
        { title: "满意", sorter: (one, other) => rate(one.satisfied) - rate(other.satisfied), render: (_, one) => rated(one.satisfied) },
      ]}
    />
  );
}
