import { useQuery } from "@tanstack/react-query";
import { Card, Flex, Radio, Skeleton } from "antd";
import { lazy, Suspense, useMemo, useState } from "react";
import { Link, useNavigate } from "react-router";
import type { HeatCell, Part, TrendDay, UnitFigures } from "../client";
import {
  getDashboardOptions,
  getHeatOptions,
  getTrendOptions,
  getUnitFiguresOptions,
} from "../client/@tanstack/react-query.gen";
import { DatePicker } from "../parts/DatePicker";
import { Fault } from "../parts/Fault";
import { Rows } from "../parts/Rows";
import { brief, reading, now, sent, type Wall } from "../time";
import { LAMP, STATUS, word } from "../words";

const Chart = lazy(() => import("../parts/Chart"));

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

/** How the hotline does: each figure leads to its tickets. */
export default function Dashboard() {
  const [name, setName] = useState("today");
  const [own, setOwn] = useState<[Wall, Wall]>();
  const [since, until] = own ? [own[0].startOf("day"), own[1].add(1, "day").startOf("day")] : PERIODS[name]![1]();
  const period = { query: { since: sent(since), until: sent(until) } };
  const today = now().startOf("day");
  const months = { query: { since: sent(today.subtract(29, "day")), until: sent(today.add(1, "day")) } };
  const told = useQuery({ ...getDashboardOptions(period), refetchInterval: 30_000 });
  const units = useQuery({ ...getUnitFiguresOptions(period), refetchInterval: 60_000 });
  const heat = useQuery({ ...getHeatOptions(period), refetchInterval: 60_000 });
  const trend = useQuery({ ...getTrendOptions(months), refetchInterval: 60_000 });

  return (
    <section>
      <Flex wrap gap={10} align="center" className="bar">
        <h1>数据看板</h1>
        <Radio.Group
          optionType="button"
          className="no-print"
          value={own ? undefined : name}
          onChange={(event) => {
            setOwn(undefined);
            setName(event.target.value as string);
          }}
          options={Object.entries(PERIODS).map(([value, [label]]) => ({ value, label }))}
        />
        <DatePicker.RangePicker
          aria-label="统计期间"
          className="no-print"
          value={own ?? null}
          onChange={(days) => setOwn(days?.[0] && days[1] ? [days[0], days[1]] : undefined)}
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
          <Suspense fallback={<Skeleton active />}>{trend.data && <Trend days={trend.data} />}</Suspense>
        </Card>
        <Card title={<h2>属地与类别</h2>} extra={<span className="quiet">点格看工单</span>}>
          <Suspense fallback={<Skeleton active />}>
            {heat.data && <Heat cells={heat.data} since={sent(since)} until={sent(until)} />}
          </Suspense>
        </Card>
      </div>
      <Card title={<h2>承办单位</h2>} extra={<span className="quiet">按时率的分母为期间内到期且有结果的件数，满意率的分母为期间内办结且已评价的件数</span>}>
        <Ranking units={units.data ?? []} loading={units.isLoading} />
      </Card>
    </section>
  );
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

function Heat({ cells, since, until }: { cells: HeatCell[]; since: string; until: string }) {
  const navigate = useNavigate();
  const areas = useMemo(() => top(cells, "area", 10), [cells]);
  const kinds = useMemo(() => top(cells, "category", 10), [cells]);
  const option = useMemo(() => {
    const data = cells
      .filter((cell) => areas.includes(cell.area) && kinds.includes(cell.category))
      .map((cell) => [kinds.indexOf(cell.category), areas.indexOf(cell.area), cell.number]);
    return {
      grid: { left: 76, right: 12, top: 10, bottom: 78 },
      tooltip: { formatter: ({ value }: { value: number[] }) => `${named(areas[value[1]!])} ${named(kinds[value[0]!])}：${value[2]}件` },
      xAxis: { type: "category", data: kinds.map(named), axisLabel: { rotate: 38, interval: 0 }, splitArea: { show: true } },
      yAxis: { type: "category", data: areas.map(named), splitArea: { show: true } },
      visualMap: {
        show: false,
        min: 0,
        max: Math.max(6, ...cells.map((cell) => cell.number)),
        inRange: { color: ["#eef4fd", "#8db7ee", "#2f74cf", "#0b3f8f"] },
      },
      series: [
        {
          type: "heatmap",
          data,
          label: { show: true },
          emphasis: { itemStyle: { borderColor: "#10243f", borderWidth: 1 } },
        },
      ],
    };
  }, [areas, kinds, cells]);
  function show({ value }: { value: unknown }) {
    const [kind, area] = value as [number, number, number];
    const params = new URLSearchParams({ received_from: since, received_to: until });
    if (areas[area]) params.set("area", areas[area]);
    if (kinds[kind]) params.set("category", kinds[kind]);
    void navigate(`/all?${params.toString()}`);
  }
  if (!cells.length) return <p className="quiet">这一期间没有受理诉求</p>;
  return <Chart option={option} height={300} label="各属地、各类别受理的件数" pick={show} />;
}

const named = (name: string | undefined) => name || "未填";

function top(cells: HeatCell[], by: "area" | "category", count: number): string[] {
  const sums = new Map<string, number>();
  for (const cell of cells) sums.set(cell[by], (sums.get(cell[by]) ?? 0) + cell.number);
  return [...sums.keys()].sort((one, other) => (sums.get(other) ?? 0) - (sums.get(one) ?? 0)).slice(0, count);
}

function Ranking({ units, loading }: { units: UnitFigures[]; loading: boolean }) {
  const rate = (part: Part) => (part.of ? part.count / part.of : -1);
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
      locale={{ emptyText: "这一期间没有派单" }}
      columns={[
        { title: "名次", width: 64, render: (_, __, index) => index + 1 },
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
