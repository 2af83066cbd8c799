import { useQuery } from "@tanstack/react-query";
import { Button, Flex, Skeleton } from "antd";
import { Link, useParams } from "react-router";
import type { ClockName } from "../client";
import { explainClockOptions } from "../client/@tanstack/react-query.gen";
import { Fault } from "../parts/Fault";
import { moment } from "../time";
import { CLOCK, word } from "../words";

/** Why a deadline falls where it does: a page that prints. */
export function Why() {
  const { no = "", clock = "", unit = "" } = useParams();
  const found = useQuery(explainClockOptions({ path: { no, clock: clock as ClockName }, query: { unit } }));
  if (found.error) return <Fault error={found.error} retry={() => void found.refetch()} />;
  if (!found.data) return <Skeleton active />;
  const why = found.data;
  return (
    <article className="paper">
      <Flex gap={12} className="bar no-print">
        <Link to={`/tickets/${no}`}>返回工单 {no}</Link>
        <Button onClick={() => window.print()}>打印</Button>
      </Flex>
      <h1>时限说明</h1>
      <p>
        工单 {no}，{unit === "office" ? "热线办" : why.unit}，{word(CLOCK, why.clock)}时限：
        <strong>{moment(why.due)}</strong>
        {why.provisional && "（暂定）"}
      </p>
      <h2>依据</h2>
      {why.basis.map((article) => (
        <p key={article.rule}>
          {article.rule} {article.text}
        </p>
      ))}
      {why.choice && (
        <p className="quiet">
          {why.choice.question} {why.choice.answer} {why.choice.why}
        </p>
      )}
      <h2>计算</h2>
      <ol>
        {why.lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ol>
      <p className="quiet">工作日历：{why.calendar_version}</p>
    </article>
  );
}
