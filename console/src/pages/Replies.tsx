import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Card, Empty, Flex, Form, Input } from "antd";
import { problemOf } from "../api";
import { handleReply } from "../client";
import type { ReplyAnswer } from "../client";
import { listRepliesOptions } from "../client/@tanstack/react-query.gen";
import { Fault } from "../parts/Fault";
import { moment } from "../time";
import { REPLY_WHY, word } from "../words";

/** Messages from callers that mean nothing certain to a machine. */
export default function Replies() {
  const replies = useQuery({ ...listRepliesOptions(), refetchInterval: 30_000 });
  return (
    <section>
      <Flex wrap gap={10} align="center" className="bar">
        <h1>群众来信</h1>
        <span className="quiet">短信回复中不能自动办理的</span>
      </Flex>
      {replies.error && <Fault error={replies.error} retry={() => void replies.refetch()} />}
      {replies.data?.length === 0 && <Empty description="没有待处理的来信" />}
      {replies.data?.map((one) => (
        <Letter key={one.id} letter={one} />
      ))}
    </section>
  );
}

const UNKEPT = "（有国家秘密的标志，内容没有保存。请与来信人联系，告知不要以短信传递。）";

function Letter({ letter }: { letter: ReplyAnswer }) {
  const queries = useQueryClient();
  const { message } = App.useApp();
  async function handle({ ticket_no }: { ticket_no?: string }) {
    const { error } = await handleReply({ path: { id: letter.id }, body: { ticket_no: ticket_no || undefined } });
    if (error !== undefined) void message.error(problemOf(error).message);
    else void message.success("已处理");
    void queries.invalidateQueries();
  }
  return (
    <Card className="matter">
      <p className="quiet tight">
        {letter.number} {moment(letter.received_at)} {word(REPLY_WHY, letter.why)}
      </p>
      <p className="words said">{letter.words ?? (letter.why === "state_secret" ? UNKEPT : "（内容已删除）")}</p>
      <Form layout="inline" onFinish={(said: { ticket_no?: string }) => void handle(said)}>
        <Form.Item name="ticket_no" label="归入工单" htmlFor={`into-${letter.id}`}>
          <Input id={`into-${letter.id}`} placeholder="工单编号，可不填" />
        </Form.Item>
        <Button htmlType="submit">已处理</Button>
      </Form>
    </Card>
  );
}
