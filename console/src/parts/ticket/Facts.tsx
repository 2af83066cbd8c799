import { Card, Descriptions, Tag } from "antd";
import type { TicketDetail } from "../../client";
import { brief, moment } from "../../time";
import { COMPLAINANT, LEVEL, PART, SOURCE, SPECIAL, STAGE, TYPE, URGENCY, word } from "../../words";

/** What was registered. */
export function Registered({ ticket }: { ticket: TicketDetail }) {
  const rows: [string, string | null | undefined][] = [
    ["类型", word(TYPE, ticket.type)],
    ["类别", ticket.category?.replaceAll("/", " › ")],
    ["紧急程度", word(URGENCY, ticket.urgency)],
    ["特殊事项", word(SPECIAL, ticket.special)],
    ["来源", `${word(SOURCE, ticket.source)}（${word(LEVEL, ticket.level)}）`],
    ["诉求人类别", word(COMPLAINANT, ticket.complainant)],
    ["属地", ticket.area],
    ["被反映单位", ticket.subject_unit],
    ["原工单", ticket.prior],
    ["受理", moment(ticket.received_at)],
    ["原平台受理", moment(ticket.original_received_at)],
    ["上级编号", ticket.upstream_no],
    ["上级时限", moment(ticket.upstream_due)],
    ["办结", moment(ticket.closed_at)],
    ["结束", moment(ticket.ended_at)],
    ["退单、延期、重办", counted(ticket)],
    ["依据办法", ticket.policy.title],
  ];
  return (
    <Card title={<h2>登记信息</h2>}>
      <Descriptions
        column={1}
        size="small"
        items={rows.filter(([, value]) => value).map(([label, value]) => ({ key: label, label, children: value }))}
      />
    </Card>
  );
}

function counted(ticket: TicketDetail): string {
  const { returns = 0, extensions = 0, redos = 0 } = ticket.counters as Record<string, number>;
  return returns + extensions + redos ? `${returns}次、${extensions}次、${redos}次` : "";
}

/** The units at work, the lead first. */
export function UnitsAtWork({ ticket }: { ticket: TicketDetail }) {
  if (!ticket.assignments.length) return null;
  return (
    <Card title={<h2>承办单位</h2>}>
      <ul className="units">
        {ticket.assignments.map((one) => (
          <li key={`${one.unit}-${one.dispatched_at}`}>
            <span>
              <Tag color={one.role === "lead" ? "blue" : "default"}>{word(PART, one.role)}</Tag>
              <strong>{one.unit}</strong>
              {one.subordinate && <span className="quiet">（转派{one.subordinate}）</span>}
            </span>
            <span>
              {word(STAGE, one.stage)}
              {one.counters.return_asked === true && <Tag color="orange" className="after">申请退单</Tag>}
              {one.counters.extension_asked != null && <Tag color="orange" className="after">申请延期</Tag>}
              {one.lacking.length > 0 && <Tag color="orange" className="after">人员不齐</Tag>}
            </span>
            <span className="quiet">
              {brief(one.dispatched_at)}派单
              {one.signed_at && `，${brief(one.signed_at)}签收`}
              {one.replied_at && `，${brief(one.replied_at)}答复`}
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
