import { createContext, type ReactNode, useContext, useState } from "react";
import { client } from "./client/client.gen";

/** Who works at this screen: role, unit where the role has one, and a code for the person. */
export interface Session {
  role: string;
  unit?: string;
  actor: string;
}

const KEPT = "jiesu.session";
const Current = createContext<{ session: Session; leave: () => void } | undefined>(undefined);

function kept(): Session | undefined {
  const written = sessionStorage.getItem(KEPT);
  return written ? (JSON.parse(written) as Session) : undefined;
}

function use(session: Session | undefined) {
  client.setConfig({
    baseUrl: window.location.origin,
    headers: session
      ? {
          "X-Jiesu-Role": session.role,
          "X-Jiesu-Unit": session.unit ? encodeURIComponent(session.unit) : null,
          "X-Jiesu-Actor": encodeURIComponent(session.actor),
        }
      : {},
  });
}

use(kept());

/** Shows `children` to somebody who has said who they are, `enter` to everybody else. */
export function SessionGate(props: { enter: (done: (session: Session) => void) => ReactNode; children: ReactNode }) {
  const [session, setSession] = useState(kept);
  if (!session) {
    return props.enter((made) => {
      sessionStorage.setItem(KEPT, JSON.stringify(made));
      use(made);
      setSession(made);
    });
  }
  const leave = () => {
    sessionStorage.removeItem(KEPT);
    use(undefined);
    setSession(undefined);
  };
  return <Current value={{ session, leave }}>{props.children}</Current>;
}

/** Who works here, and how to leave. */
export function useSession() {
  const found = useContext(Current);
  if (!found) throw new Error("useSession outside of SessionGate");
  return found;
}
