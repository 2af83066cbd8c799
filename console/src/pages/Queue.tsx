import { FilterOutlined } from "@ant-design/icons";
import { Button, Checkbox, Flex, Grid, Input, Select, Tag } from "antd";
import { useMemo, useState } from "react";
import { useLocation, useNavigate, useSearchParams } from "react-router";
import { DatePicker } from "../parts/DatePicker";
import { useUnits } from "../parts/units";
import { placeOf } from "../parts/taken";
import { TicketList, useTickets, type TicketQuery } from "../parts/TicketList";
import { brief, sent, wall, type Wall } from "../time";
import { ASKED, CLOCK, LAMP, LEVEL, RATING, SOURCE, STATUS, TYPE, URGENCY, word } from "../words";

const options = (words: Record<string, string>) => Object.entries(words).map(([value, label]) => ({ value, label }));

const MANY: [string, string, Record<string, string>][] = [
  ["status", "状态", STATUS],
  ["lamp", "灯", LAMP],
  ["type", "类型", TYPE],
  ["urgency", "紧急程度", URGENCY],
  ["source", "来源", SOURCE],
];

const RESULT: Record<string, string> = { in_time: "按时", overdue: "逾期", running: "计时中" };
const OTHERS: Record<string, (value: string) => string> = {
  category: (value) => `类别：${value.replaceAll("/", " › ") || "未填"}`,
  area: (value) => `属地：${value || "未填"}`,
  lead: (value) => `主办单位：${value}`,
  level: (value) => `层级：${word(LEVEL, value)}`,
  rating: (value) => `评价：${word(RATING, value)}`,
  clock: (value) => `时限：${word(CLOCK, value)}`,
  clock_result: (value) => `结果：${word(RESULT, value)}`,
  clock_due_from: (value) => `期限自${brief(value)}`,
  clock_due_to: (value) => `期限至${brief(value)}`,
  dispatched_from: (value) => `派单自${brief(value)}`,
  dispatched_to: (value) => `派单至${brief(value)}`,
  closed_from: (value) => `办结自${brief(value)}`,
  closed_to: (value) => `办结至${brief(value)}`,
  asked: (value) => word(ASKED, value),
};

/** The question that an address asks; what it does not say is `fixed`. */
function asked(params: URLSearchParams, fixed: TicketQuery): TicketQuery {
  const said: Record<string, unknown> = { ...fixed };
  for (const name of new Set(params.keys())) {
    const values = params.getAll(name);
    said[name] = ["status", "unit", "lead", "lamp", "type", "urgency", "level", "source", "area", "rating"].includes(name)
      ? values
      : values[0];
  }
  return said as TicketQuery;
}

/** One queue, the most urgent first. What it is narrowed to stands in the address, so that it can be sent on. */
export default function Queue({ title, fixed = {} }: { title: string; fixed?: TicketQuery }) {
  const [params, setParams] = useSearchParams();
  const navigate = useNavigate();
  const units = useUnits();
  const query = asked(params, fixed);
  const tickets = useTickets(query);
  const first = tickets.rows[0];
  const { pathname, search } = useLocation();
  const queue = { title, path: pathname + search, query };
  function take(no: string) {
    const { to, state } = placeOf(queue, no);
    void navigate(to, { state });
  }
  const { md } = Grid.useBreakpoint();
  const [open, setOpen] = useState(false);

  function set(name: string, values: string[]) {
    const next = new URLSearchParams(params);
    next.delete(name);
    for (const value of values) next.append(name, value);
    setParams(next, { replace: true });
  }
  const narrowed = [...params.keys()];
  const from = params.get("received_from");
  const to = params.get("received_to");
  // The same days in the same array: at another one a picker drops the day that has been picked and waits for the other.
  const days = useMemo<[Wall | null, Wall | null]>(
    () => [from ? wall(from) : null, to ? wall(to).subtract(1, "day") : null],
    [from, to],
  );
  return (
    <section>
      <Flex wrap gap={10} align="center" className="bar">
        <h1>{title}</h1>
        <Button type="primary" disabled={!first} onClick={() => first && take(first.no)}>
          办理下一件
        </Button>
      </Flex>
      {md === false && (
        <Button className="gap" icon={<FilterOutlined />} aria-expanded={open} onClick={() => setOpen(!open)}>
          筛选{narrowed.length > 0 && `（${narrowed.length}项）`}
        </Button>
      )}
      <Flex wrap gap={8} align="center" className="filters" hidden={md === false && !open}>
        {MANY.filter(([name]) => !(name in fixed)).map(([name, label, words]) => (
          <Select
            key={name}
            mode="multiple"
            maxTagCount="responsive"
            aria-label={label}
            placeholder={label}
            value={params.getAll(name)}
            onChange={(values) => set(name, values)}
            options={options(words)}
            style={{ minWidth: 118 }}
            popupMatchSelectWidth={160}
          />
        ))}
        <Select
          mode="multiple"
          maxTagCount="responsive"
          aria-label="承办单位"
          placeholder="承办单位"
          value={params.getAll("unit")}
          onChange={(values) => set("unit", values)}
          options={units.map((unit) => ({ value: unit.name, label: unit.name }))}
          style={{ minWidth: 130 }}
          popupMatchSelectWidth={220}
        />
        <DatePicker.RangePicker
          aria-label="受理日期"
          placeholder={["受理自", "受理至"]}
          allowEmpty={[true, true]}
          value={days}
          onChange={(chosen) => {
            const next = new URLSearchParams(params);
            next.delete("received_from");
            next.delete("received_to");
            if (chosen?.[0]) next.set("received_from", sent(chosen[0].startOf("day")));
            if (chosen?.[1]) next.set("received_to", sent(chosen[1].add(1, "day").startOf("day")));
            setParams(next, { replace: true });
          }}
          style={{ width: 250 }}
        />
        <Input.Search
          aria-label="工单编号"
          placeholder="工单编号"
          allowClear
          defaultValue={params.get("q") ?? ""}
          onSearch={(q) => set("q", q ? [q] : [])}
          style={{ width: 180 }}
        />
        <Checkbox checked={params.get("open") === "true"} onChange={(event) => set("open", event.target.checked ? ["true"] : [])}>
          只看未结束
        </Checkbox>
      </Flex>
      <Flex wrap gap={6} className="bar">
        {[...params.entries()]
          .filter(([name]) => name in OTHERS)
          .map(([name, value]) => (
            <Tag
              key={`${name}:${value}`}
              closable
              closeIcon={<span aria-label={`去掉${OTHERS[name]?.(value)}`}>×</span>}
              onClose={() => set(name, params.getAll(name).filter((one) => one !== value))}
            >
              {OTHERS[name]?.(value)}
            </Tag>
          ))}
      </Flex>
      <TicketList tickets={tickets} queue={queue} empty="没有符合条件的工单" />
    </section>
  );
}
