import type { TicketDetail } from "./client";

/** What a button that issues a command is called; those that speak to supervision have a page of their own. */
export const ACTIONS: Record<string, string> = {
  sign: "签收",
  reply: "答复",
  approve_reply: "审阅答复",
  submit_to_lead: "报送协办结果",
  decide_return: "审核退单",
  decide_extension: "审核延期",
  first_review: "初审",
  final_review: "终审",
  instruct: "批示",
  dispatch: "派单",
  callback: "回访",
  answer: "即办答复",
  answer_citizen: "答复诉求人",
  contact: "联系诉求人",
  explain_overdue: "说明逾期",
  complete_plan: "办结计划事项",
  progress: "登记进展",
  request_extension: "申请延期",
  request_return: "申请退单",
  subdispatch: "转派下属",
  redo: "重办",
  decline_redo: "不予重办",
  submit_to_leader: "呈报批办",
  refuse: "不予受理",
  transfer_emergency: "转交紧急专线",
  urge: "催办",
  supervise: "督办",
  supplement: "补充诉求",
  amend: "更改登记",
  withdraw: "撤单",
  merge: "并单",
  recall: "撤回派单",
  panel_decision: "研判",
  joint_meeting: "联席会议",
  override_limit: "另定时限",
  return_upstream: "退回上级",
  request_upstream_extension: "向上级申请延期",
  upstream_answer: "上级答复延期",
  record_signature: "登记签字盖章",
  exclude_from_score: "不纳入减分",
  nominate_bonus: "提名加分",
  decide_bonus: "审批加分",
  rate: "评价",
  appeal: "申诉",
  refer: "移送",
  archive: "归档",
};

/** What may be said to a ticket at almost any time: nobody waits for it, and no button for it is the main one. */
export const ASIDE = new Set(["urge", "supervise", "supplement", "contact", "request_extension", "request_return", "withdraw"]);

const ORDER = Object.keys(ACTIONS);

/** What a role mostly does with a ticket; the rest stands behind "更多". */
const MAIN: Record<string, string[]> = {
  office: ["decide_return", "decide_extension", "first_review", "dispatch", "answer", "submit_to_leader", "callback", "redo", "urge", "supervise"],
  unit: ["sign", "reply", "submit_to_lead", "contact", "explain_overdue", "complete_plan", "answer_citizen", "request_extension", "request_return"],
  unit_leader: ["approve_reply", "sign", "reply", "request_extension", "request_return"],
  unit_principal: ["approve_reply", "sign", "reply", "request_extension", "request_return"],
  agent: ["callback", "answer", "refuse", "transfer_emergency", "supplement", "urge", "withdraw"],
  contractor: ["callback", "answer", "supplement", "urge"],
  leader: ["instruct", "supervise"],
  upper_level: ["final_review", "upstream_answer"],
};

/** The commands that make sense now among those allowed, the first the most likely. */
export function actionsFor(
  ticket: TicketDetail,
  part: string,
  unit: string | null,
  passed: string[],
  reviews: string[],
): { main: string[]; more: string[] } {
  const mine = ticket.assignments.find((one) => one.unit === unit);
  const next = reviews.find((level) => !passed.includes(level));
  const fits = (name: string): boolean => {
    if (!(name in ACTIONS)) return false;
    if (name === "decide_return") return ticket.assignments.some((one) => one.counters.return_asked === true);
    if (name === "decide_extension") return ticket.assignments.some((one) => one.counters.extension_asked != null);
    if (name === "first_review" || name === "final_review") return name === next;
    if (name === "request_return") return mine?.counters.return_asked !== true;
    if (name === "request_extension") return mine?.counters.extension_asked == null;
    if (name === "request_upstream_extension" || name === "upstream_answer" || name === "return_upstream") {
      return ticket.upstream_no !== null || ticket.upstream_due !== null;
    }
    if (name === "explain_overdue") return ticket.clocks.some((one) => one.state === "breached" && one.unit === unit);
    if (name === "redo" || name === "decline_redo") {
      return ticket.callers.some(({ ratings }) =>
        ratings.handling == null ? ratings.solved === false : String(ratings.handling).includes("dissatisfied"),
      );
    }
    if (name === "record_signature") return reviews.length > 0;
    return true;
  };
  const allowed = ticket.allowed.filter(fits);
  const wanted = MAIN[part] ?? [];
  const main = wanted.filter((name) => allowed.includes(name)).slice(0, 5);
  const more = ORDER.filter((name) => allowed.includes(name) && !main.includes(name));
  return main.length ? { main, more } : { main: more.slice(0, 3), more: more.slice(3) };
}
