import { useQuery } from "@tanstack/react-query";
import { Empty, Skeleton } from "antd";
import { useParams } from "react-router";
import type { Entry } from "../client";
import { getTicketOptions, getTimelineOptions } from "../client/@tanstack/react-query.gen";
import { Fault } from "../parts/Fault";
import { Paper } from "../parts/Paper";
import { useTerms } from "../parts/terms";
import { dayOf, moment } from "../time";
import { CLOCK, SOURCE, TYPE, URGENCY, word } from "../words";

/** 《热线快报》: a matter on one sheet of paper for the leader, with the place to write the instruction. */
export default function Bulletin() {
  const { no = "" } = useParams();
  const ticket = useQuery(getTicketOptions({ path: { no } }));
  const timeline = useQuery(getTimelineOptions({ path: { no } }));
  const office = useTerms(no)?.office;
  if (ticket.error) return <Fault error={ticket.error} retry={() => void ticket.refetch()} />;
  if (!ticket.data || !timeline.data || !office) return <Skeleton active />;
  const found = ticket.data;
  const submitted = timeline.data.filter((entry) => entry.do === "submit_to_leader").at(-1);
  if (!submitted) {
    return (
      <section>
        <h1>热线快报</h1>
        <Empty description="这件工单没有呈报批办" />
      </section>
    );
  }
  const instructed = timeline.data.filter((entry) => entry.do === "instruct" && entry.seq > submitted.seq);
  return (
    <Paper no={no}>
      <header className="red-head">
        <h1>热线快报</h1>
        <p>
          <span>{office}</span>
          <span>{dayOf(submitted.at)}</span>
        </p>
      </header>
      <h2 className="centred">{found.title}</h2>
      <table className="sheet">
        <tbody>
          <Row name="工单编号" said={found.no} />
          <Row name="类型" said={`${word(TYPE, found.type)}（${word(URGENCY, found.urgency)}）`} />
          <Row name="来源" said={word(SOURCE, found.source)} />
          <Row name="受理时间" said={moment(found.received_at)} />
          <Row name="属地和类别" said={[found.area, found.category?.replaceAll("/", "—")].filter(Boolean).join("，")} />
          {found.next_due && <Row name="最近时限" said={`${word(CLOCK, found.next_due_clock)}，${moment(found.next_due)}`} />}
        </tbody>
      </table>
      <h3>诉求内容</h3>
      <p className="words">{found.text ?? "（内容已删除）"}</p>
      <h3>情况和建议</h3>
      <p className="words">{submitted.texts.summary?.text ?? "（内容已删除）"}</p>
      <h3>领导批示</h3>
      {instructed.length ? instructed.map((entry) => <Instruction key={entry.seq} entry={entry} />) : <div className="to-write" role="note" aria-label="批示处" />}
      <p className="right quiet">
        {office}呈报　{moment(submitted.at)}
      </p>
    </Paper>
  );
}

function Row({ name, said }: { name: string; said: string }) {
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>{said}</td>
    </tr>
  );
}

function Instruction({ entry }: { entry: Entry }) {
  return (
    <>
      <p className="words">{entry.texts.text?.text ?? "（内容已删除）"}</p>
      <p className="right">
        {entry.texts.leader?.text}　{dayOf(entry.at)}
      </p>
    </>
  );
}
