import { useQuery } from "@tanstack/react-query";
import { Empty, Skeleton } from "antd";
import { useParams } from "react-router";
import type { Entry } from "../client";
import { getTicketOptions, getTimelineOptions } from "../client/@tanstack/react-query.gen";
import { Basis } from "../parts/Basis";
import { Fault } from "../parts/Fault";
import { Paper } from "../parts/Paper";
import { useTerms } from "../parts/terms";
import { moment } from "../time";

const HELD = new Set(["panel_decision", "joint_meeting"]);

/** The minutes of every panel and joint meeting on a ticket, a sheet each. */
export default function Minutes() {
  const { no = "" } = useParams();
  const ticket = useQuery(getTicketOptions({ path: { no } }));
  const timeline = useQuery(getTimelineOptions({ path: { no } }));
  const office = useTerms(no)?.office;
  if (ticket.error) return <Fault error={ticket.error} retry={() => void ticket.refetch()} />;
  if (!ticket.data || !timeline.data) return <Skeleton active />;
  const held = timeline.data.filter((entry) => entry.do !== null && HELD.has(entry.do));
  if (!held.length) {
    return (
      <Paper no={no}>
        <h1>会议纪要</h1>
        <Empty description="这件工单没有研判或联席会议" />
      </Paper>
    );
  }
  return (
    <Paper no={no}>
      {held.map((entry) => (
        <Held key={entry.seq} entry={entry} title={ticket.data.title ?? ""} no={no} office={office ?? "热线办"} />
      ))}
    </Paper>
  );
}

function Held({ entry, title, no, office }: { entry: Entry; title: string; no: string; office: string }) {
  const joint = entry.do === "joint_meeting";
  const attendees = Array.isArray(entry.details.attendees) ? (entry.details.attendees as string[]) : [];
  const unit = entry.unit ?? (typeof entry.details.unit === "string" ? entry.details.unit : undefined);
  const said = (name: string) => entry.texts[name]?.text;
  return (
    <section className="sheet-of-paper">
      <h1 className="centred">{joint ? "联席会议纪要" : "研判记录"}</h1>
      <table className="sheet">
        <tbody>
          <Row name="事项" said={`工单${no} ${title}`} />
          <Row name="登记时间" said={moment(entry.at)} />
          {attendees.length > 0 && <Row name="参加单位" said={attendees.join("、")} />}
          {!joint && <Row name="承办单位" said={unit ?? "未能确定"} />}
          {said("basis") && <Row name="依据" said={said("basis") ?? ""} />}
          {said("minutes") && <Row name={joint ? "纪要" : "记录"} said={said("minutes") ?? ""} />}
          {joint && <Row name="会议决定" said={said("decision") ?? "尚未作出"} />}
          {said("approved_by") && <Row name="批准人" said={said("approved_by") ?? ""} />}
        </tbody>
      </table>
      <Basis rules={entry.basis} quoted={false} />
      <p className="right">{office}（盖章）</p>
    </section>
  );
}

function Row({ name, said }: { name: string; said: string }) {
  return (
    <tr>
      <th scope="row">{name}</th>
      <td className="words">{said}</td>
    </tr>
  );
}
