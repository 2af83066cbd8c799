import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Card, Checkbox, Drawer, Empty, Flex, Form, Radio, Tag } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import { Problem, problemOf } from "../api";
import { recordCall, takeCall } from "../client";
import type { CallAnswer, CallTaken } from "../client";
import { listCallsOptions } from "../client/@tanstack/react-query.gen";
import { Fault } from "../parts/Fault";
import { Rows } from "../parts/Rows";
import { dial, useTelephone } from "../telephony";
import { brief } from "../time";
import { CALL_OUTCOME, CALL_REASON, word } from "../words";

/** Whom a call is to: somebody of a unit, a caller, or somebody of the office by their code. */
function called(call: CallAnswer): string {
  if (call.recipient.startsWith("caller:")) return "诉求人";
  return call.unit ?? `工号${call.recipient}`;
}

/** Calls that the seat makes because a message did not arrive or must be told by phone. */
export default function Calls() {
  const calls = useQuery({ ...listCallsOptions(), refetchInterval: 30_000 });
  const queries = useQueryClient();
  const { message } = App.useApp();
  const [taken, setTaken] = useState<CallTaken>();
  async function take(call: CallAnswer) {
    const { data, error } = await takeCall({ path: { id: call.id } });
    if (error !== undefined) void message.error(problemOf(error).message);
    else setTaken(data);
    void queries.invalidateQueries();
  }
  return (
    <section>
      <Flex wrap gap={10} align="center" className="bar">
        <h1>待拨打电话</h1>
        <Button type="primary" disabled={!calls.data?.length} onClick={() => calls.data?.[0] && void take(calls.data[0])}>
          拨打下一个
        </Button>
      </Flex>
      {calls.error && <Fault error={calls.error} retry={() => void calls.refetch()} />}
      <Rows<CallAnswer>
        rowKey="id"
        size="small"
        loading={calls.isLoading}
        dataSource={calls.data ?? []}
        pagination={false}
        scroll={{ x: 1000 }}
        locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description="没有要拨打的电话" /> }}
        columns={[
          { title: "告知内容", render: (_, call) => <span className="clip">{call.words}</span> },
          { title: "对象", width: 150, render: (_, call) => called(call) },
          { title: "原因", width: 130, render: (_, call) => word(CALL_REASON, call.reason) },
          { title: "工单", width: 150, render: (_, call) => <Link to={`/tickets/${call.ticket_no}`}>{call.ticket_no}</Link> },
          { title: "产生", width: 130, render: (_, call) => brief(call.opened_at) },
          { title: "领取", width: 110, render: (_, call) => (call.taken_by ? <Tag>{call.taken_by}</Tag> : <span className="quiet">未领取</span>) },
          { title: "操作", width: 90, render: (_, call) => <Button onClick={() => void take(call)}>领取</Button> },
        ]}
      />
      <Drawer open={taken !== undefined} onClose={() => setTaken(undefined)} title="拨打电话" size={480} destroyOnHidden>
        {taken && <Making call={taken} done={() => setTaken(undefined)} />}
      </Drawer>
    </section>
  );
}

function Making({ call, done }: { call: CallTaken; done: () => void }) {
  const queries = useQueryClient();
  const { message } = App.useApp();
  const [problem, setProblem] = useState<Problem>();
  const [recording, setRecording] = useState<string>();
  const [key] = useState(() => crypto.randomUUID());
  useTelephone((ring) => setRecording(ring.recording));
  async function record(said: { outcome: "reached"; acknowledged?: boolean }) {
    const { data, error } = await recordCall({
      path: { id: call.id },
      body: { ...said, evidence: recording },
      headers: { "Idempotency-Key": key } as never,
    });
    if (error !== undefined) return setProblem(problemOf(error));
    void message.success(data.state === "open" ? "已登记，稍后再拨" : "已登记");
    void queries.invalidateQueries();
    done();
  }
  return (
    <>
      <Card className="gap">
        <p className="big-number">{call.number ?? "没有登记号码"}</p>
        {call.number && <Button onClick={() => dial(call.number ?? "")}>拨打</Button>}
      </Card>
      <h2 className="tight">请告知</h2>
      <p className="read-out">{call.words}</p>
      {recording && <p className="quiet">录音 {recording}</p>}
      <Form layout="vertical" onFinish={(said: { outcome: "reached" }) => void record(said)}>
        <Form.Item name="outcome" label="结果" rules={[{ required: true, message: "请选择结果" }]}>
          <Radio.Group className="stack" options={Object.entries(CALL_OUTCOME).map(([value, label]) => ({ value, label }))} />
        </Form.Item>
        <Form.Item name="acknowledged" valuePropName="checked">
          <Checkbox>对方确认收到（紧急工单）</Checkbox>
        </Form.Item>
        {problem && <Fault error={problem} />}
        <Button type="primary" htmlType="submit">
          登记结果
        </Button>
      </Form>
    </>
  );
}
