import { useQuery } from "@tanstack/react-query";
import { Card, Descriptions, Flex, Skeleton, Tag } from "antd";
import { Link, useParams } from "react-router";
import { unanswered } from "../api";
import { getSupervisionOptions } from "../client/@tanstack/react-query.gen";
import { Fault } from "../parts/Fault";
import { ToSupervision } from "../parts/forms/ToSupervision";
import { Lamp } from "../parts/Lamp";
import { History } from "../parts/ticket/History";
import { moment } from "../time";
import { CAUSE, FORM, SUPERVISION_LEVEL, SUPERVISION_STATUS, word } from "../words";

/** One supervision: what it is about, what happened, and what may be said to it. */
export default function Supervision() {
  const { no = "" } = useParams();
  const found = useQuery({ ...getSupervisionOptions({ path: { no } }), refetchInterval: 30_000 });
  // A form that is open stays open while the connection or the login is away.
  if (found.error && !(found.data && unanswered(found.error))) return <Fault error={found.error} retry={() => void found.refetch()} />;
  if (!found.data) return <Skeleton active />;
  const one = found.data;
  return (
    <article>
      <header className="head">
        <h1>{one.title ?? `督办 ${one.no}`}</h1>
        <Flex wrap gap={8} align="center" className="facts-line">
          <Tag color="blue">{word(SUPERVISION_STATUS, one.status)}</Tag>
          <span className="number">{one.no}</span>
          <strong>{one.unit}</strong>
          <span className="quiet">{word(CAUSE, one.cause)}</span>
          <span className="push" />
          {one.status === "open" && <Lamp lamp={one.lamp} due={one.due_at} clock="supervision" provisional={one.provisional} />}
        </Flex>
      </header>
      <div className="columns">
        <div>
          {one.allowed.length > 0 && <ToSupervision supervision={one} />}
          <History entries={one.timeline} />
        </div>
        <div>
          <Card title={<h2>督办信息</h2>}>
            <Descriptions
              column={1}
              size="small"
              items={[
                { key: "level", label: "层级", children: word(SUPERVISION_LEVEL, one.level) },
                { key: "form", label: "方式", children: one.form ? word(FORM, one.form) : "未定" },
                { key: "opened", label: "启动", children: moment(one.opened_at) },
                { key: "due", label: "期限", children: one.due_at ? moment(one.due_at) : "办法没有规定" },
                { key: "answered", label: "答复", children: moment(one.answered_at) || "尚未答复" },
                {
                  key: "ticket",
                  label: "工单",
                  children: one.ticket_no ? <Link to={`/tickets/${one.ticket_no}`}>{one.ticket_no}</Link> : "专项督办",
                },
              ]}
            />
          </Card>
        </div>
      </div>
    </article>
  );
}
