import { Drawer, Grid } from "antd";
import type { ComponentType } from "react";
import { ACTIONS } from "../actions";
import type { TicketDetail } from "../client";
import { Answer } from "./forms/Answer";
import { Callback } from "./forms/Callback";
import { Decide } from "./forms/Decide";
import { Dispatch } from "./forms/Dispatch";
import type { FormProps } from "./forms/form";
import { General } from "./forms/General";
import { Meeting } from "./forms/Meeting";
import { Refuse } from "./forms/Refuse";
import { Reply } from "./forms/Reply";
import { Review } from "./forms/Review";

const OWN: Record<string, ComponentType<FormProps>> = {
  answer: Answer,
  panel_decision: Meeting,
  joint_meeting: Meeting,
  dispatch: Dispatch,
  decide_return: Decide,
  decide_extension: Decide,
  first_review: Review,
  final_review: Review,
  approve_reply: Review,
  reply: Reply,
  callback: Callback,
  refuse: Refuse,
};
const WIDE = new Set(["first_review", "final_review", "approve_reply", "decide_return", "decide_extension"]);

/** What is decided by what was demanded: its words stay in sight where the form covers the ticket. */
const FROM_THE_DEMAND = new Set([
  ...["dispatch", "subdispatch", "decide_return", "decide_extension", "answer", "refuse", "submit_to_leader", "instruct"],
  ...["reply", "answer_citizen", "request_return", "panel_decision", "joint_meeting", "redo", "decline_redo"],
]);

/** Where a command is filled in, beside the ticket it is about. */
export function CommandDrawer({ ticket, name, close }: { ticket: TicketDetail; name?: string; close: () => void }) {
  const { md } = Grid.useBreakpoint();
  const Body = (name && OWN[name]) || General;
  const title = name ? (ACTIONS[name] ?? name) : "";
  return (
    <Drawer
      open={name !== undefined}
      onClose={close}
      title={title}
      size={md === false ? "100%" : WIDE.has(name ?? "") ? 860 : 560}
      destroyOnHidden
    >
      <p className="about clip">
        <span className="number">{ticket.no}</span> {ticket.title}
      </p>
      {name && FROM_THE_DEMAND.has(name) && ticket.text && (
        // Come to by key, as a long one is scrolled.
        <blockquote className="words demand" tabIndex={0}>
          {ticket.text}
        </blockquote>
      )}
      {name && <Body key={name} ticket={ticket} name={name} title={title} done={close} />}
    </Drawer>
  );
}
