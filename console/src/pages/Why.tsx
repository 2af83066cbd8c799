import { useQuery } from "@tanstack/react-query";
import { Button, Flex, Skeleton } from "antd";
import { Link, useParams } from "react-router";
import type { ClockName } from "../client";
import { explainClockOptions } from "../client/@tanstack/react-query.gen";
import { Basis, useCited } from "../parts/Basis";
import { Fault } from "../parts/Fault";
import { deadline } from "../time";
import { CLOCK, word } from "../words";

/** Why a deadline falls where it does: a page that prints. */
export default function Why() {
  const { no = "", clock = "", unit = "" } = useParams();
  const cited = useCited();
  const found = useQuery(explainClockOptions({ path: { no, clock: clock as ClockName }, query: { unit } }));
  if (found.error) return <Fault error={found.error} retry={() => void found.refetch()} />;
  if (!found.data) return <Skeleton active />;
  const why = found.data;
  return (
    <article className="paper">
      <Flex gap={12} align="center" className="bar no-print">
        <Link to={`/tickets/${no}`}>返回工单</Link>
        <Button onClick={() => window.print()}>打印</Button>
      </Flex>
      <h1>时限说明</h1>
      <p className="lead">
        工单{no}，{unit === "office" ? "热线办" : why.unit}的{word(CLOCK, why.clock)}时限为
        <strong>{deadline(why.due)}</strong>
        {why.provisional && "（暂定：当年的节假日安排尚未公布）"}。
      </p>
      <h2>依据</h2>
      <Basis rules={why.basis.map((article) => article.rule)} />
      {why.choice && (
        <section className="choice">
          <p className="tight">{why.choice.question}。</p>
          <p className="tight">
            采用：{why.choice.answer}。理由：{why.choice.why}。
          </p>
        </section>
      )}
      <h2>逐步计算</h2>
      <ol className="steps">
        {why.lines
          .filter((line) => !/^依据/.test(line))
          .map((line) => (
            <li key={line}>{cited(line)}</li>
          ))}
      </ol>
      {!why.lines.some((line) => line.includes(why.calendar_version)) && <p className="quiet">所用工作日历：{why.calendar_version}</p>}
    </article>
  );
}
