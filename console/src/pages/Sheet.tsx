import { useQuery } from "@tanstack/react-query";
import { App, Button, Flex, Skeleton } from "antd";
import { Link, useParams } from "react-router";
import { getTicketOptions, getTimelineOptions } from "../client/@tanstack/react-query.gen";
import { Fault } from "../parts/Fault";
import { moment } from "../time";
import { LEVEL, OUTCOME, SOURCE, STATUS, TYPE, URGENCY, word } from "../words";

/** A ticket as it is copied to a platform that cannot be reached by machine: each field with its own button. */
export default function Sheet() {
  const { no = "" } = useParams();
  const ticket = useQuery(getTicketOptions({ path: { no } }));
  const timeline = useQuery(getTimelineOptions({ path: { no } }));
  const { message } = App.useApp();
  if (ticket.error) return <Fault error={ticket.error} retry={() => void ticket.refetch()} />;
  if (!ticket.data || !timeline.data) return <Skeleton active />;
  const found = ticket.data;
  const reply = timeline.data.filter((entry) => entry.do === "reply" || entry.do === "answer").at(-1);
  const rows: [string, string][] = [
    ["上级编号", found.upstream_no ?? "无"],
    ["本级编号", found.no],
    ["状态", word(STATUS, found.status)],
    ["标题", found.title ?? ""],
    ["诉求内容", found.text ?? ""],
    ["类型", word(TYPE, found.type)],
    ["类别", found.category?.replaceAll("/", "—") ?? ""],
    ["紧急程度", word(URGENCY, found.urgency)],
    ["来源", `${word(SOURCE, found.source)}（${word(LEVEL, found.level)}）`],
    ["属地", found.area ?? ""],
    ["受理时间", moment(found.received_at)],
    ["派单时间", moment(found.dispatched_at)],
    ["承办单位", found.assignments.map((one) => one.unit).join("、")],
    ["签收时间", moment(found.assignments[0]?.signed_at)],
    ["办理结果", typeof reply?.details.outcome === "string" ? word(OUTCOME, reply.details.outcome) : ""],
    ["答复内容", reply?.texts.text?.text ?? ""],
    ["答复诉求人时间", typeof reply?.details.contacted_at === "string" ? moment(reply.details.contacted_at) : ""],
    ["报送时间", moment(reply?.at)],
    ["办结时间", moment(found.closed_at)],
  ];
  async function copy(words: string) {
    await navigator.clipboard.writeText(words);
    void message.success("已复制");
  }
  const all = rows.map(([name, value]) => `${name}：${value}`).join("\n");
  return (
    <article className="paper">
      <Flex gap={12} align="center" className="bar no-print">
        <Link to={`/tickets/${no}`}>返回工单</Link>
        <Button type="primary" onClick={() => void copy(all)}>
          全部复制
        </Button>
        <Button onClick={() => window.print()}>打印</Button>
      </Flex>
      <h1>报送页</h1>
      <p className="quiet no-print">没有接口的平台，逐项复制填报。</p>
      <table className="sheet">
        <tbody>
          {rows.map(([name, value]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td className="words">{value}</td>
              <td className="no-print">
                {value && (
                  <Button size="small" aria-label={`复制${name}`} onClick={() => void copy(value)}>
                    复制
                  </Button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </article>
  );
}
