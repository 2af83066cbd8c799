import { App, Button, Card, Checkbox, Form, Input, Modal, Select, Tag } from "antd";
import { useState } from "react";
import { Problem, problemOf } from "../../api";
import { revealCaller } from "../../client";
import type { CallerAnswer, RevealBody, Revealed, TicketDetail } from "../../client";
import { useSession } from "../../session";
import { dial } from "../../telephony";
import { brief } from "../../time";
import { ADDRESS_FOR, CALLER_FIELD, PURPOSE, PURPOSES, RATING, word } from "../../words";
import { Fault } from "../Fault";
import { Accesses } from "./Accesses";

const SEES_ACCESSES = new Set(["office", "auditor"]);

/** Who calls, masked; shown for a purpose and with a reason, each time on record. */
export function Callers({ ticket }: { ticket: TicketDetail }) {
  const { session } = useSession();
  const [asking, setAsking] = useState<CallerAnswer>();
  const [looking, setLooking] = useState<CallerAnswer>();
  const [shown, setShown] = useState<Record<string, Revealed>>({});
  return (
    <Card title={<h2>诉求人{ticket.callers.length > 1 && `（${ticket.callers.length}位）`}</h2>}>
      <ul className="units">
        {ticket.callers.map((one) => (
          <li key={one.id}>
            <span>
              <strong>{shown[one.id]?.name ?? one.name ?? "未留姓名"}</strong> <span className="number">{shown[one.id]?.phone ?? one.phone ?? "未留电话"}</span>
            </span>
            <span>
              {typeof one.ratings.handling === "string" && <Tag>{word(RATING, one.ratings.handling)}</Tag>}
              {one.withdrawn_at && <Tag>已撤回诉求</Tag>}
            </span>
            {shown[one.id]?.address && <span className="quiet">{shown[one.id]?.address}</span>}
            {one.called_back_at && <span className="quiet">{brief(one.called_back_at)}回访</span>}
            <span className="no-print">
              {shown[one.id]?.phone && (
                <Button size="small" onClick={() => dial(shown[one.id]?.phone ?? "")}>
                  拨打
                </Button>
              )}{" "}
              {session.role in PURPOSES && (
                <Button type="link" size="small" className="flush" onClick={() => setAsking(one)}>
                  查看联系方式
                </Button>
              )}{" "}
              {SEES_ACCESSES.has(session.role) && (
                <Button type="link" size="small" className="flush" onClick={() => setLooking(one)}>
                  查阅记录
                </Button>
              )}
            </span>
          </li>
        ))}
      </ul>
      {looking && <Accesses no={ticket.no} caller={looking} close={() => setLooking(undefined)} />}
      {asking && (
        <Reveal
          no={ticket.no}
          caller={asking}
          close={() => setAsking(undefined)}
          done={(told) => {
            setShown({ ...shown, [asking.id]: { ...shown[asking.id], ...told } });
            setAsking(undefined);
          }}
        />
      )}
    </Card>
  );
}

function Reveal(props: { no: string; caller: CallerAnswer; close: () => void; done: (told: Revealed) => void }) {
  const [problem, setProblem] = useState<Problem>();
  const { message } = App.useApp();
  const { session } = useSession();
  const [form] = Form.useForm<RevealBody>();
  const purpose = Form.useWatch("purpose", form) as RevealBody["purpose"] | undefined;
  const offered = ["name", "phone", ...(props.caller.has_address && ADDRESS_FOR.has(purpose ?? "") ? ["address"] : [])];
  async function ask(said: RevealBody) {
    const fields = said.fields.filter((one) => offered.includes(one));
    const { data, error } = await revealCaller({
      path: { no: props.no, caller: props.caller.id },
      body: { ...said, fields },
    });
    if (error !== undefined) return setProblem(problemOf(error));
    void message.info("本次查看已记入查阅记录");
    props.done(data);
  }
  return (
    <Modal open onCancel={props.close} title="查看诉求人联系方式" footer={null}>
      <p className="quiet">每次查看都记入查阅记录，诉求人可以要求查阅。</p>
      <Form form={form} layout="vertical" initialValues={{ fields: ["phone"] }} onFinish={(said) => void ask(said)}>
        <Form.Item name="purpose" label="目的" htmlFor="purpose" rules={[{ required: true, message: "请选择目的" }]}>
          <Select id="purpose" options={(PURPOSES[session.role] ?? []).map((value) => ({ value, label: word(PURPOSE, value) }))} />
        </Form.Item>
        <Form.Item
          name="fields"
          label="查看的内容"
          // Not said to be required: a group of boxes must not say so of itself.
          rules={[{ validator: (_, value: string[]) => (value.length ? Promise.resolve() : Promise.reject(new Error("请选择查看的内容"))) }]}
        >
          <Checkbox.Group options={offered.map((value) => ({ value, label: word(CALLER_FIELD, value) }))} />
        </Form.Item>
        <Form.Item
          name="reason"
          label="理由"
          htmlFor="reveal-reason"
          rules={[{ required: true, min: 4, message: "请写明理由，至少4个字" }]}
        >
          <Input id="reveal-reason" maxLength={500} />
        </Form.Item>
        {problem && <Fault error={problem} />}
        <Button type="primary" htmlType="submit">
          查看
        </Button>
      </Form>
    </Modal>
  );
}
