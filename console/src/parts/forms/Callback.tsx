import { App, Button, Flex, Form, Radio, Table, Tag } from "antd";
import { useRef, useState } from "react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { command, Problem, problemOf, unanswered } from "../../api";
import type { CallerAnswer, TicketDetail } from "../../client";
import { getTimelineOptions } from "../../client/@tanstack/react-query.gen";
import { brief } from "../../time";
import { RATING, word } from "../../words";
import { Dial } from "../Dial";
import { Fault } from "../Fault";
import { ANSWERS } from "../ticket/Demand";
import { useTerms } from "../terms";
import type { FormProps } from "./form";

interface Answer {
  reached?: boolean;
  handling?: string;
  intake?: string;
  solved?: boolean;
  reasonable?: boolean;
}

const RATINGS = Object.entries(RATING).map(([value, label]) => ({ value, label }));
const YES_NO = [{ value: true, label: "是" }, { value: false, label: "否" }];

/** Records callbacks: of one caller, or of all callers of a ticket in one go. */
export function Callback({ ticket, title, done }: FormProps) {
  const terms = useTerms(ticket.no);
  const queries = useQueryClient();
  const { message } = App.useApp();
  const open = ticket.callers.filter((one) => !one.withdrawn_at && !one.called_back_at);
  const callers = open.length ? open : ticket.callers.filter((one) => !one.withdrawn_at);
  const [chosen, setChosen] = useState(callers.map((one) => one.id));
  const [answer, setAnswer] = useState<Answer>({});
  const [own, setOwn] = useState<Record<string, Answer>>({});
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const keys = useRef<Record<string, string>>({});
  const several = callers.length > 1;
  const ratesIntake = terms?.rates.includes("intake");

  async function send() {
    setBusy(true);
    setProblem(undefined);
    let made = 0;
    try {
      for (const id of chosen) {
        const said = Object.fromEntries(
          Object.entries({ ...answer, ...own[id] }).filter(([name, value]) => value !== undefined && (name === "reached" || (answer.reached ?? own[id]?.reached))),
        );
        const body = several ? { ...said, caller: id } : said;
        // Sent again after a lost connection it is the same call, not one more attempt.
        const about = `${id}${JSON.stringify(body)}`;
        await command(ticket.no, "callback", body, (keys.current[about] ??= crypto.randomUUID()));
        delete keys.current[about];
        made += 1;
        setChosen((now) => now.filter((one) => one !== id));
      }
      void message.success(several ? `已登记${made}位诉求人的回访` : "已登记回访");
      done();
    } catch (error) {
      const refused = problemOf(error);
      // What was answered is over: the same words are meant anew.
      if (!unanswered(refused)) keys.current = {};
      setProblem(refused);
    } finally {
      setBusy(false);
      void queries.invalidateQueries();
    }
  }
  return (
    <Form layout="vertical" onFinish={() => void send()}>
      <Told ticket={ticket} />
      <Form.Item label="是否联系上" required>
        <Radio.Group
          optionType="button"
          buttonStyle="solid"
          value={answer.reached}
          onChange={(event) => setAnswer({ ...answer, reached: event.target.value as boolean })}
          options={[{ value: true, label: "已联系上" }, { value: false, label: "未联系上" }]}
        />
      </Form.Item>
      {answer.reached && (
        <>
          <Rating label="对办理的评价" value={answer.handling} choose={(handling) => setAnswer({ ...answer, handling })} />
          {ratesIntake && (
            <Rating label="对受理的评价" value={answer.intake} choose={(intake) => setAnswer({ ...answer, intake })} />
          )}
          <Form.Item label="问题是否解决">
            <Radio.Group
              value={answer.solved}
              onChange={(event) => setAnswer({ ...answer, solved: event.target.value as boolean })}
              options={YES_NO}
            />
          </Form.Item>
          {answer.handling?.includes("dissatisfied") && (
            <Form.Item label="要求是否合理">
              <Radio.Group
                value={answer.reasonable}
                onChange={(event) => setAnswer({ ...answer, reasonable: event.target.value as boolean })}
                options={YES_NO}
              />
            </Form.Item>
          )}
        </>
      )}
      {several && (
        <Table<CallerAnswer>
          rowKey="id"
          size="small"
          className="gap"
          pagination={false}
          dataSource={callers}
          rowSelection={{
            selectedRowKeys: chosen,
            onChange: (keys) => setChosen(keys as string[]),
            getTitleCheckboxProps: () => ({ "aria-label": "选择全部诉求人" }),
            getCheckboxProps: (one) => ({ "aria-label": `选择诉求人${one.name ?? ""}` }),
          }}
          columns={[
            { title: "诉求人", render: (_, one) => `${one.name ?? "未留姓名"} ${one.phone ?? ""}` },
            {
              title: "各人不同的评价",
              render: (_, one) => (
                <select
                  aria-label={`${one.name ?? "诉求人"}的评价`}
                  value={own[one.id]?.handling ?? ""}
                  onChange={(event) =>
                    setOwn({ ...own, [one.id]: event.target.value ? { handling: event.target.value } : {} })
                  }
                >
                  <option value="">同上</option>
                  {RATINGS.map((rating) => (
                    <option key={rating.value} value={rating.value}>
                      {rating.label}
                    </option>
                  ))}
                </select>
              ),
            },
          ]}
        />
      )}
      {problem && <Fault error={problem} />}
      <Flex gap={8} className="submit">
        <Button type="primary" htmlType="submit" loading={busy} disabled={answer.reached === undefined || !chosen.length}>
          {several ? `登记${chosen.length}位诉求人的回访` : title}
        </Button>
      </Flex>
    </Form>
  );
}

function Rating({ label, value, choose }: { label: string; value?: string; choose: (value: string) => void }) {
  return (
    <Form.Item label={label}>
      <Radio.Group value={value} onChange={(event) => choose(event.target.value as string)} options={RATINGS} />
    </Form.Item>
  );
}

/** What whoever calls has to know: what was asked and answered, whom to call, and how often that was tried. */
function Told({ ticket }: { ticket: TicketDetail }) {
  const timeline = useQuery(getTimelineOptions({ path: { no: ticket.no } })).data ?? [];
  const reply = timeline.filter((one) => one.do !== null && ANSWERS.has(one.do)).at(-1);
  const failed = timeline.filter((one) => one.do === "callback" && one.details.reached === false && one.seq > (reply?.seq ?? 0));
  return (
    <section className="asked">
      <p className="words tight">
        <span className="quiet">诉求：</span>
        {ticket.text ?? "不在你的查看范围内，或已依规定删除。"}
      </p>
      {reply && (
        <p className="words tight">
          <span className="quiet">{reply.unit ?? "热线办"}答复：</span>
          {reply.texts.text?.text ?? "不在你的查看范围内，或已依规定删除。"}
        </p>
      )}
      {ticket.callers.map((one) => {
        const tried = failed.filter((call) => call.details.caller === one.id);
        return (
          <p key={one.id} className="tight">
            <strong>{one.name ?? "未留姓名"}</strong> {one.phone ?? "未留电话"}{" "}
            {one.phone && <Dial no={ticket.no} caller={one.id} name={one.name} />}
            {tried.length > 0 && (
              <span className="quiet after">
                {tried.length}次未联系上，最近{brief(tried.at(-1)?.at)}
              </span>
            )}
            {typeof one.ratings.handling === "string" && <Tag className="after">{word(RATING, one.ratings.handling)}</Tag>}
          </p>
        );
      })}
    </section>
  );
}
