import type { ReactNode } from "react";
import { lazy } from "react";
import type { DeskCounts } from "./client";

const Queue = lazy(() => import("./pages/Queue"));
const Office = lazy(() => import("./pages/Office"));
const Unit = lazy(() => import("./pages/Unit"));
const Intake = lazy(() => import("./pages/Intake"));
const Callbacks = lazy(() => import("./pages/Callbacks"));
const Calls = lazy(() => import("./pages/Calls"));
const Replies = lazy(() => import("./pages/Replies"));
const Leader = lazy(() => import("./pages/Leader"));
const Supervisions = lazy(() => import("./pages/Supervisions"));
const Dashboard = lazy(() => import("./pages/Dashboard"));
const Duty = lazy(() => import("./pages/Duty"));
const Knowledge = lazy(() => import("./pages/Knowledge"));
const Templates = lazy(() => import("./pages/Templates"));
const Exports = lazy(() => import("./pages/Exports"));
const Units = lazy(() => import("./pages/Units"));
const Accounts = lazy(() => import("./pages/Accounts"));
const Tokens = lazy(() => import("./pages/Tokens"));
const Policies = lazy(() => import("./pages/Policies"));
const Calendar = lazy(() => import("./pages/Calendar"));
const Categories = lazy(() => import("./pages/Categories"));
const Messages = lazy(() => import("./pages/Messages"));
const Audit = lazy(() => import("./pages/Audit"));

/** A place in the menu, for the roles that work there; `waiting` is how much waits there. */
export interface Desk {
  path: string;
  title: string;
  group: "办理" | "监督" | "查询" | "管理";
  roles: string[];
  page: ReactNode;
  waiting?: (counts: DeskCounts) => number;
}

const UNIT = ["handler", "unit_leader", "unit_principal"];
const AGENTS = ["agent", "contractor_agent"];
const OFFICE = ["office", "reviewer", "supervisor"];
const OVERSEERS = [...OFFICE, "leader", "upper_level_reviewer", "auditor"];
const EVERYBODY = [...OVERSEERS, ...UNIT, ...AGENTS, "administrator", "knowledge_editor"];

const sum = (counts: Record<string, number>, ...names: string[]) =>
  names.reduce((total, name) => total + (counts[name] ?? 0), 0);

export const DESKS: Desk[] = [
  { path: "/intake", title: "来电受理", group: "办理", roles: AGENTS, page: <Intake /> },
  {
    path: "/office",
    title: "待办工单",
    group: "办理",
    roles: ["office", "reviewer"],
    page: <Office />,
    waiting: (counts) => sum(counts.status, "registered") + sum(counts.asked, "return", "extension", "first_review"),
  },
  {
    path: "/unit",
    title: "本单位工单",
    group: "办理",
    roles: UNIT,
    page: <Unit />,
    waiting: (counts) => sum(counts.stage, "waiting", "signed", "approving"),
  },
  {
    path: "/leader",
    title: "待我批示",
    group: "办理",
    roles: ["leader"],
    page: <Leader />,
    waiting: (counts) => sum(counts.status, "awaiting_instruction"),
  },
  {
    path: "/final",
    title: "待终审",
    group: "办理",
    roles: ["upper_level_reviewer"],
    page: <Queue key="final" title="待终审" fixed={{ asked: "final_review", open: true }} />,
    waiting: (counts) => sum(counts.asked, "final_review"),
  },
  {
    path: "/callbacks",
    title: "回访",
    group: "办理",
    roles: [...AGENTS, "office"],
    page: <Callbacks />,
    waiting: (counts) => counts.callbacks,
  },
  { path: "/calls", title: "待拨打电话", group: "办理", roles: [...AGENTS, "office"], page: <Calls /> },
  { path: "/replies", title: "群众来信", group: "办理", roles: [...AGENTS, "office"], page: <Replies /> },
  {
    path: "/supervisions",
    title: "督办",
    group: "监督",
    roles: [...OVERSEERS, ...UNIT],
    page: <Supervisions />,
    waiting: (counts) => counts.supervisions,
  },
  { path: "/dashboard", title: "数据看板", group: "监督", roles: OVERSEERS, page: <Dashboard /> },
  {
    path: "/all",
    title: "全部工单",
    group: "查询",
    roles: [...OVERSEERS, ...UNIT, ...AGENTS],
    page: <Queue key="all" title="全部工单" />,
  },
  {
    path: "/exports",
    title: "导出清单",
    group: "查询",
    roles: [...OFFICE, "leader", "auditor", "unit_leader", "unit_principal"],
    page: <Exports />,
  },
  { path: "/messages", title: "通知记录", group: "查询", roles: [...OVERSEERS, "agent"], page: <Messages /> },
  { path: "/duty", title: "值班表", group: "查询", roles: [...OFFICE, ...UNIT, "agent"], page: <Duty /> },
  { path: "/knowledge", title: "知识库", group: "查询", roles: EVERYBODY, page: <Knowledge /> },
  { path: "/policies", title: "办法", group: "查询", roles: EVERYBODY, page: <Policies /> },
  { path: "/calendar", title: "工作日历", group: "查询", roles: EVERYBODY, page: <Calendar /> },
  { path: "/categories", title: "诉求类别", group: "查询", roles: EVERYBODY, page: <Categories /> },
  {
    path: "/units",
    title: "单位和人员",
    group: "管理",
    roles: [...OFFICE, ...UNIT, "administrator", "auditor"],
    page: <Units />,
  },
  {
    path: "/templates",
    title: "通知模板",
    group: "管理",
    roles: ["administrator", "auditor", "office"],
    page: <Templates />,
  },
  { path: "/accounts", title: "账号", group: "管理", roles: ["administrator", "auditor"], page: <Accounts /> },
  { path: "/tokens", title: "访问令牌", group: "管理", roles: ["administrator", "auditor"], page: <Tokens /> },
  { path: "/audit", title: "审计记录", group: "管理", roles: ["auditor"], page: <Audit /> },
];

/** The desks of a role, its main one first. */
export function desksOf(role: string): Desk[] {
  return DESKS.filter((desk) => desk.roles.includes(role));
}
