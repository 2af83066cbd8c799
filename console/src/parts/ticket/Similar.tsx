import { useQuery } from "@tanstack/react-query";
import { Button, Card, Modal, Tag } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import type { LookAlike, TicketDetail } from "../../client";
import { listSimilarTicketsOptions } from "../../client/@tanstack/react-query.gen";
import { brief } from "../../time";
import { LIKENESS, STATUS, word } from "../../words";

/** Tickets that may be about the same matter, each beside this one in full. */
export function Similar({ ticket, merge }: { ticket: TicketDetail; merge: (into: string) => void }) {
  const found = useQuery(listSimilarTicketsOptions({ path: { no: ticket.no } })).data ?? [];
  const [shown, setShown] = useState<LookAlike>();
  if (!found.length) return null;
  return (
    <Card title={<h2>可能重复（{found.length}）</h2>}>
      <ul className="units">
        {found.map((one) => (
          <li key={one.ticket.no}>
            <Button type="link" className="flush clip" onClick={() => setShown(one)}>
              {one.ticket.title ?? one.ticket.no}
            </Button>
            <Alike one={one} />
          </li>
        ))}
      </ul>
      <Modal
        open={shown !== undefined}
        onCancel={() => setShown(undefined)}
        width={900}
        title="对照"
        footer={
          ticket.allowed.includes("merge") && [
            <Button
              key="merge"
              onClick={() => {
                setShown(undefined);
                merge(shown?.ticket.no ?? "");
              }}
            >
              并入这一件
            </Button>,
          ]
        }
      >
        {shown && <Beside left={{ no: ticket.no, title: ticket.title, text: ticket.text }} right={shown} />}
      </Modal>
    </Card>
  );
}

/** Why two are listed together. */
export function Alike({ one }: { one: LookAlike }) {
  return (
    <span>
      {one.reasons.map((reason) => (
        <Tag key={reason}>{word(LIKENESS, reason)}</Tag>
      ))}
      <span className="quiet">
        {[word(STATUS, one.ticket.status), one.ticket.lead_unit, brief(one.ticket.received_at)].filter(Boolean).join(" · ")}
      </span>
    </span>
  );
}

/** Two demands side by side; `apart`: the other ticket opens in a window of its own, as a call goes on here. */
export function Beside(props: { left: { no?: string; title?: string | null; text?: string | null }; right: LookAlike; apart?: boolean }) {
  const { left, right, apart } = props;
  return (
    <div className="beside">
      <section>
        <h3>{left.no ? `本工单 ${left.no}` : "本次来电"}</h3>
        <strong>{left.title}</strong>
        <p className="words">{left.text}</p>
      </section>
      <section>
        <h3>
          <Link to={`/tickets/${right.ticket.no}`} {...(apart && { target: "_blank", rel: "noreferrer" })}>{right.ticket.no}</Link> {word(STATUS, right.ticket.status)}
        </h3>
        <strong>{right.ticket.title}</strong>
        <p className="words">{right.text ?? "（内容已删除）"}</p>
      </section>
    </div>
  );
}
