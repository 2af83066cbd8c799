import { Card } from "antd";
import type { Entry, TicketDetail } from "../../client";
import { moment } from "../../time";
import { OUTCOME, word } from "../../words";
import { ReplyFacts } from "./ReplyFacts";

/** What the caller said, with what was added to it later. */
export function Demand({ ticket, entries }: { ticket: TicketDetail; entries: Entry[] }) {
  const added = entries.filter((entry) => entry.do === "supplement");
  return (
    <Card title={<h2>诉求</h2>}>
      <p className="words said">{ticket.text ?? "诉求内容不在你的查看范围内，或已依规定删除。"}</p>
      {added.map((entry) => (
        <section key={entry.seq} className="added">
          <p className="quiet tight">{moment(entry.at)}补充</p>
          <p className="words tight">{entry.texts.text?.text ?? "补充内容不在你的查看范围内。"}</p>
        </section>
      ))}
    </Card>
  );
}

/** Commands that answer a demand. */
export const ANSWERS = new Set(["reply", "answer", "complete_plan", "answer_citizen"]);

/** The latest answer, with the number of those before it. */
export function LastReply({ no, entries }: { no: string; entries: Entry[] }) {
  const replies = entries.filter((entry) => entry.do !== null && ANSWERS.has(entry.do));
  const last = replies.at(-1);
  if (!last) return null;
  const { details, texts } = last;
  return (
    <Card
      title={<h2>{replies.length > 1 ? `答复（第${replies.length}次）` : "答复"}</h2>}
      extra={typeof details.outcome === "string" && word(OUTCOME, details.outcome)}
    >
      <p className="quiet tight">
        {last.unit ?? "热线办"}，{moment(last.at)}
        {typeof details.contacted_at === "string" && `；${moment(details.contacted_at)}答复诉求人`}
      </p>
      <p className="words said">{texts.text?.text ?? "答复内容不在你的查看范围内。"}</p>
      <ReplyFacts no={no} entry={last} />
    </Card>
  );
}
