import { useQueryClient } from "@tanstack/react-query";
import { Modal } from "antd";
import { createContext, type ReactNode, useContext, useEffect, useState } from "react";
import { getMe, logout } from "./client";
import { client } from "./client/client.gen";
import type { Me } from "./client";
import { problemOf } from "./api";
import { assumedNow } from "./assumed";
import { Enter } from "./pages/Enter";

const ROLE = "jiesu.role";

export interface Session extends Me {
  /** The part in casework that the present role acts in. */
  part: string;
}

interface Held {
  session: Session;
  leave: () => void;
  /** Goes on in another of one's roles. */
  actAs: (role: string) => void;
  renew: () => Promise<void>;
}

const Current = createContext<Held | undefined>(undefined);

let csrf: string | null = null;
let lost: (() => void) | undefined;

client.setConfig({ baseUrl: window.location.origin, headers: {} });
client.interceptors.request.use((request) => {
  const assumed = assumedNow();
  if (assumed) {
    request.headers.set("X-Jiesu-Role", assumed.role);
    request.headers.set("X-Jiesu-Actor", encodeURIComponent(assumed.actor));
    if (assumed.unit) request.headers.set("X-Jiesu-Unit", encodeURIComponent(assumed.unit));
    return request;
  }
  const role = sessionStorage.getItem(ROLE);
  if (role) request.headers.set("X-Jiesu-Role", role);
  if (csrf) request.headers.set("X-Jiesu-CSRF", csrf);
  return request;
});
client.interceptors.response.use((response, request) => {
  if (response.status === 401 && !new URL(request.url).pathname.startsWith("/api/v1/session")) lost?.();
  return response;
});

async function whoAmI(): Promise<Session | undefined> {
  const asked = await getMe();
  if (asked.response?.status === 403 && sessionStorage.getItem(ROLE)) {
    // The role chosen before is held no longer.
    sessionStorage.removeItem(ROLE);
    return whoAmI();
  }
  if (!asked.data) {
    if (asked.response?.status === 401) return undefined;
    throw problemOf(asked.error);
  }
  csrf = asked.data.csrf;
  const held = asked.data.roles.find((one) => one.role === asked.data?.role);
  return { ...asked.data, part: held?.acts_as ?? asked.data.role };
}

/**
 * Shows `children` to somebody who has logged in, the login to everybody else. A login that ends while somebody
 * works is asked for again on top of the page, so that what was typed is still there.
 */
export function SessionGate({ children }: { children: ReactNode }) {
  const [session, setSession] = useState<Session | null>();
  const [expired, setExpired] = useState(false);
  const [fault, setFault] = useState<unknown>();
  const queries = useQueryClient();

  async function renew() {
    try {
      const me = await whoAmI();
      setFault(undefined);
      setExpired(false);
      setSession(me ?? null);
    } catch (error) {
      setFault(error);
    }
  }
  useEffect(() => void renew(), []);
  useEffect(() => {
    lost = session ? () => setExpired(true) : undefined;
  }, [session]);

  if (session === undefined && !fault) return null;
  if (!session) return <Enter fault={fault} done={renew} />;

  async function entered() {
    const before = session;
    const me = await whoAmI();
    if (!me) return;
    // Somebody else at the same screen starts afresh and sees nothing of what was typed.
    if (before && (me.id !== before.id || me.role !== before.role)) return window.location.reload();
    setExpired(false);
    setSession(me);
    await queries.invalidateQueries();
  }
  async function leave() {
    lost = undefined;
    await logout();
    sessionStorage.clear();
    queries.clear();
    setSession(null);
    window.history.replaceState(null, "", "/console/");
  }
  function actAs(role: string) {
    sessionStorage.setItem(ROLE, role);
    queries.clear();
    window.location.assign("/console/");
  }
  return (
    <Current value={{ session, leave: () => void leave(), actAs, renew }}>
      {children}
      <Modal
        open={expired}
        title={<span className="sr">登录已失效</span>}
        closable={false}
        mask={{ closable: false }}
        keyboard={false}
        footer={null}
        width={440}
      >
        <Enter again done={entered} />
      </Modal>
    </Current>
  );
}

/** Who works here, and how to leave. */
export function useSession(): Held {
  const found = useContext(Current);
  if (!found) throw new Error("useSession outside of SessionGate");
  return found;
}
