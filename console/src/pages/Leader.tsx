import { useQuery } from "@tanstack/react-query";
import { Button, Card, Empty, Flex, Form, Input, Skeleton } from "antd";
import { Link } from "react-router";
import type { TicketLine } from "../client";
import { getTicketOptions, getTimelineOptions } from "../client/@tanstack/react-query.gen";
import { draft, keepDraft, said, useIssue, usePreview } from "../parts/command";
import { Effect } from "../parts/Effect";
import { Fault } from "../parts/Fault";
import { Submit } from "../parts/forms/form";
import { kindOf, useTickets } from "../parts/TicketList";
import { useSession } from "../session";
import { brief } from "../time";
import { TYPE, word } from "../words";

/** What waits for a leader's word: each matter on one page with the place to write it. */
export default function Leader() {
  const tickets = useTickets({ status: ["awaiting_instruction"] });
  if (tickets.error) return <Fault error={tickets.error} retry={() => void tickets.refetch()} />;
  return (
    <section>
      <Flex wrap gap={10} align="center" className="bar">
        <h1>待我批示</h1>
        <span className="quiet">{tickets.rows.length ? `${tickets.rows.length}件` : ""}</span>
      </Flex>
      {tickets.isLoading && <Skeleton active />}
      {!tickets.isLoading && tickets.rows.length === 0 && (
        <Empty description="没有等待批示的事项">
          <Link to="/dashboard">
            <Button>看数据看板</Button>
          </Link>
        </Empty>
      )}
      {tickets.rows.map((row) => (
        <Matter key={row.no} row={row} />
      ))}
    </section>
  );
}

function Matter({ row }: { row: TicketLine }) {
  const { session } = useSession();
  const [form] = Form.useForm();
  const ticket = useQuery(getTicketOptions({ path: { no: row.no } })).data;
  const timeline = useQuery(getTimelineOptions({ path: { no: row.no } })).data ?? [];
  const submitted = timeline.filter((entry) => entry.do === "submit_to_leader").at(-1);
  const issuing = useIssue(row.no, "instruct", () => form.resetFields());
  const started = draft(row.no, "instruct");
  const text = (Form.useWatch("text", form) as string | undefined) ?? (started.text as string | undefined);
  const leader = session.name ?? session.id;
  // Whatever the words are, what follows from an instruction is the same.
  const told = usePreview(row.no, "instruct", text?.trim() ? { leader, text: "批示" } : undefined);
  return (
    <Card
      className="matter"
      title={<h2>{row.title}</h2>}
      extra={
        <>
          <Link to={`/tickets/${row.no}/bulletin`}>热线快报</Link> <Link to={`/tickets/${row.no}`}>工单全文</Link>
        </>
      }
    >
      <p className="quiet tight">
        <span className="number">{row.no}</span> {word(TYPE, row.type)}
        {row.area && ` · ${row.area}`}
        {row.category && ` · ${kindOf(row.category)}`} · {brief(row.received_at)}受理
      </p>
      {submitted?.texts.summary?.text && (
        <section className="asked">
          <p className="tight quiet">《热线快报》{brief(submitted.at)}呈报</p>
          <p className="words tight">{submitted.texts.summary.text}</p>
        </section>
      )}
      <p className="words said">{ticket?.text}</p>
      <Form
        form={form}
        layout="vertical"
        initialValues={started}
        onValuesChange={() => keepDraft(row.no, "instruct", form)}
        onFinish={(values: Record<string, unknown>) =>
          void issuing.send(said({ ...values, leader }))
        }
      >
        <Form.Item name="text" label="批示" htmlFor={`instruct-${row.no}`} rules={[{ required: true, message: "请写批示" }]}>
          <Input.TextArea id={`instruct-${row.no}`} autoSize={{ minRows: 2, maxRows: 8 }} />
        </Form.Item>
        <Effect told={told} title="批示后" />
        <Submit issuing={issuing} title="批示" />
      </Form>
    </Card>
  );
}
