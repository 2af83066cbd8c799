import type { ReactNode } from "react";
import { Queue } from "./pages/Queue";

/** A place in the menu, for the roles that work there. */
export interface Desk {
  path: string;
  title: string;
  roles: string[];
  page: ReactNode;
}

const UNIT = ["unit", "unit_leader", "unit_principal"];

export const DESKS: Desk[] = [
  {
    path: "/queue",
    title: "待办",
    roles: ["office"],
    page: <Queue title="待办" statuses={["registered", "dispatched", "handling", "reviewing", "callback"]} />,
  },
  { path: "/mine", title: "本单位工单", roles: UNIT, page: <Queue title="本单位工单" statuses={["dispatched", "handling", "planned"]} /> },
  { path: "/registered", title: "新登记", roles: ["agent"], page: <Queue title="新登记" statuses={["registered"]} /> },
  { path: "/callbacks", title: "回访", roles: ["agent"], page: <Queue title="回访" statuses={["callback", "closed"]} /> },
  { path: "/words", title: "待批示", roles: ["leader"], page: <Queue title="待批示" statuses={["awaiting_instruction"]} /> },
  { path: "/final", title: "待终审", roles: ["upper_level"], page: <Queue title="待终审" statuses={["reviewing"]} /> },
  {
    path: "/all",
    title: "全部工单",
    roles: ["office", "agent", "leader", "upper_level", ...UNIT],
    page: <Queue title="全部工单" statuses={[]} />,
  },
];

/** The desks of a role, its main one first. */
export function desksOf(role: string): Desk[] {
  return DESKS.filter((desk) => desk.roles.includes(role));
}
