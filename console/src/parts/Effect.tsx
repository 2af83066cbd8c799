import { Alert, Tag } from "antd";
import type { Problem } from "../api";
import type { ClockChange, PreviewAnswer } from "../client";
import { deadline } from "../time";
import { CLOCK, LAMP, STATUS, word } from "../words";
import { Basis } from "./Basis";

const OVER: Record<string, string> = {
  returned: "因退单终止",
  withdrawn: "因撤单终止",
  recalled: "因撤回派单终止",
  lapsed: "期限已过",
  merged: "因并单终止",
  transferred: "因转交终止",
  late: "逾期完成",
  closed: "因办结终止",
  superseded: "重新起算",
};

/** What a command would do to the ticket and to each limit, shown before it is given. */
export function Effect({ told, title = "办理后" }: { told: { answer?: PreviewAnswer; problem?: Problem }; title?: string }) {
  if (told.problem) {
    if (told.problem.status === 422 || told.problem.code.startsWith("nothing_to_")) return null;
    // What is not filled in yet is no warning while somebody fills it in.
    const lacking = /^缺少：(.+?)。/.exec(told.problem.message)?.[1];
    if (lacking) return <p className="quiet">还需填写：{lacking}</p>;
    return (
      <Alert
        type="warning"
        className="gap"
        title={`现在不能办理：${told.problem.message}`}
        description={told.problem.basis.length ? <Basis rules={told.problem.basis} /> : undefined}
      />
    );
  }
  if (!told.answer) return null;
  const { answer } = told;
  const informed = answer.said.filter((one) => /^(已告知|启动督办|等待|定于)/.test(one.sentence));
  return (
    <section className="effect" aria-label={title}>
      <h3>{title}</h3>
      <ul>
        {answer.becomes !== answer.status && (
          <li>
            工单由“{word(STATUS, answer.status)}”转为“{word(STATUS, answer.becomes)}”
          </li>
        )}
        {answer.clocks.map((one) => (
          <Change key={`${one.clock}-${one.unit}`} change={one} />
        ))}
        {informed.map((one) => (
          <li key={one.sentence}>{one.sentence}</li>
        ))}
        {answer.becomes === answer.status && !answer.clocks.length && <li>各项时限不变</li>}
      </ul>
    </section>
  );
}

function Change({ change }: { change: ClockChange }) {
  const name = `${change.unit === "office" ? "热线办" : change.unit}${word(CLOCK, change.clock)}时限`;
  const provisional = change.provisional ? "（暂定）" : "";
  if (!change.due) {
    return (
      <li>
        {name}
        {change.outcome === "met" ? <Tag color="green">按时完成</Tag> : `${OVER[change.reason ?? ""] ?? "终止"}`}
      </li>
    );
  }
  const next = change.alarms[0];
  return (
    <li>
      {name}
      {!change.was && `起算，${deadline(change.due)}到期${provisional}`}
      {change.was && change.was !== change.due && (
        <>
          由 <s>{deadline(change.was)}</s> 改为 <strong>{deadline(change.due)}</strong>
          {provisional}
        </>
      )}
      {change.was === change.due && (change.silent ? "暂停提醒，等待审核" : `不变，${deadline(change.due)}到期`)}
      {change.outcome === "breached" && <Tag color="red">已逾期</Tag>}
      {next && change.outcome !== "breached" && change.was !== change.due && (
        <span className="quiet">
          ，{deadline(next.at)}亮{word(LAMP, next.lamp)}
        </span>
      )}
    </li>
  );
}
