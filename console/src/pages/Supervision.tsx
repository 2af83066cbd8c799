import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Card, Descriptions, Flex, Form, Input, Skeleton, Tag } from "antd";
import { useRef, useState } from "react";
import { Link, useParams } from "react-router";
import { Problem, problemOf, superviseCommand, unanswered } from "../api";
import type { SupervisionDetail } from "../client";
import { getSupervisionOptions } from "../client/@tanstack/react-query.gen";
import { Fault } from "../parts/Fault";
import { Submit } from "../parts/forms/form";
import { Lamp } from "../parts/Lamp";
import { History } from "../parts/ticket/History";
import { useSession } from "../session";
import { moment } from "../time";
import { CAUSE, FORM, SUPERVISION_LEVEL, SUPERVISION_STATUS, word } from "../words";

/** One supervision: what it is about, what happened, and what may be said to it. */
export default function Supervision() {
  const { no = "" } = useParams();
  const { session } = useSession();
  const found = useQuery(getSupervisionOptions({ path: { no } }));
  // A form that is open stays open while the connection or the login is away.
  if (found.error && !(found.data && unanswered(found.error))) return <Fault error={found.error} retry={() => void found.refetch()} />;
  if (!found.data) return <Skeleton active />;
  const one = found.data;
  const answers = one.status !== "closed" && session.unit === one.unit;
  const closes = one.status !== "closed" && ["office", "supervisor"].includes(session.role);
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
          {answers && <Say supervision={one} name="answer_supervision" title="答复督办" />}
          {closes && <Say supervision={one} name="close_supervision" title="销号" />}
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

function Say({ supervision, name, title }: { supervision: SupervisionDetail; name: string; title: string }) {
  const answer = name === "answer_supervision";
  const [form] = Form.useForm();
  const queries = useQueryClient();
  const { message } = App.useApp();
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const last = useRef({ said: "", key: "" });
  async function send(values: Record<string, string>) {
    const body = Object.fromEntries(Object.entries(values).filter(([, value]) => value));
    const full = answer ? { unit: supervision.unit, ...body } : body;
    const said = JSON.stringify(full);
    if (last.current.said !== said) last.current = { said, key: crypto.randomUUID() };
    setBusy(true);
    setProblem(undefined);
    try {
      await superviseCommand(supervision.no, name, full, last.current.key);
      form.resetFields();
      void message.success("已办理");
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setBusy(false);
      void queries.invalidateQueries();
    }
  }
  return (
    <Card title={<h2>{title}</h2>}>
      <Form form={form} layout="vertical" onFinish={(values: Record<string, string>) => void send(values)}>
        {answer ? (
          <>
            <Form.Item name="text" label="答复内容" htmlFor="answer-text" rules={[{ required: true, message: "请填写答复内容" }]}>
              <Input.TextArea id="answer-text" autoSize={{ minRows: 4, maxRows: 12 }} />
            </Form.Item>
            <Form.Item name="written_explanation" label="书面说明" htmlFor="written" extra="办法要求书面说明的填写">
              <Input.TextArea id="written" autoSize={{ minRows: 2, maxRows: 8 }} />
            </Form.Item>
          </>
        ) : (
          <Form.Item name="reason" label="销号理由" htmlFor="close-reason">
            <Input.TextArea id="close-reason" autoSize={{ minRows: 2, maxRows: 8 }} />
          </Form.Item>
        )}
        <Submit issuing={{ send: async () => true, busy, problem }} title={title} />
      </Form>
    </Card>
  );
}
