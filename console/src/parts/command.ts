import { useQueryClient } from "@tanstack/react-query";
import { App, type FormInstance } from "antd";
import dayjs from "dayjs";
import { useEffect, useRef, useState } from "react";
import { command, type PreviewAnswer, preview, Problem, problemOf, unanswered } from "../api";
import { useConnected } from "../connection";
import { reading, sent } from "../time";

/** Issuing one command from one form. */
export interface Issuing {
  send: (body: Record<string, unknown>) => Promise<boolean>;
  busy: boolean;
  problem?: Problem;
}

/**
 * The key of what is sent. The same content keeps its key while nobody knows what became of it, so that it counts
 * once; what was answered is over, and whoever sends the same words later means them anew.
 */
export function useKey() {
  const last = useRef({ said: "", key: "" });
  return {
    of(body: unknown): string {
      const said = JSON.stringify(body);
      if (last.current.said !== said) last.current = { said, key: crypto.randomUUID() };
      return last.current.key;
    },
    answered() {
      last.current = { said: "", key: "" };
    },
  };
}

/**
 * Issues a command to a ticket.
 * What was refused because somebody acted first is read anew, while the form stays as it is.
 */
export function useIssue(no: string, name: string, done: () => void, told = "已办理"): Issuing {
  const queries = useQueryClient();
  const { message } = App.useApp();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const key = useKey();

  async function send(body: Record<string, unknown>): Promise<boolean> {
    setBusy(true);
    setProblem(undefined);
    try {
      const { state } = await command(no, name, body, key.of(body));
      if (state === "stored") {
        void message.warning("已保存，系统恢复后按收到的时间办理");
      } else {
        key.answered();
        void message.success(told);
      }
      forgetDraft(no, name);
      done();
      void queries.invalidateQueries();
      return true;
    } catch (error) {
      const refused = problemOf(error);
      if (!unanswered(refused)) key.answered();
      setProblem(refused);
      // What may be a secret is not kept in this browser either.
      if (refused.code === "state_secret") forgetDraft(no, name);
      if (refused.stale) void queries.invalidateQueries();
      return false;
    } finally {
      setBusy(false);
    }
  }
  return { send, busy, problem };
}

/** What a command would do as it is filled in now; asked for a moment after the last change. */
export function usePreview(no: string, name: string, body: Record<string, unknown> | undefined) {
  const [told, setTold] = useState<{ answer?: PreviewAnswer; problem?: Problem }>({});
  const said = body && JSON.stringify(body);
  // What could not be asked while the connection was away is asked when it is back.
  const connected = useConnected();
  useEffect(() => {
    if (said === undefined) return setTold({});
    let dropped = false;
    const timer = setTimeout(() => {
      preview(no, name, JSON.parse(said)).then(
        (answer) => dropped || setTold({ answer }),
        (error: unknown) => dropped || setTold({ problem: problemOf(error) }),
      );
    }, 350);
    return () => {
      dropped = true;
      clearTimeout(timer);
    };
  }, [no, name, said, connected]);
  return told;
}

const draftOf = (no: string, name: string) => `jiesu.draft.${no}.${name}`;

/** What was typed into a form before and not sent; moments are moments again. */
export function draft(no: string, name: string): Record<string, unknown> {
  const written = sessionStorage.getItem(draftOf(no, name));
  if (!written) return {};
  return JSON.parse(written, (_, value: unknown) =>
    typeof value === "string" && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) ? reading(value) : value,
  ) as Record<string, unknown>;
}

/** Keeps what is typed until it is sent or this window is closed. */
export function keepDraft(no: string, name: string, form: FormInstance) {
  sessionStorage.setItem(draftOf(no, name), JSON.stringify(form.getFieldsValue(true)));
}

/** Fills in beforehand what is known when a form is opened from somewhere; what was typed besides stays. */
export function startDraft(no: string, name: string, values: Record<string, unknown>) {
  sessionStorage.setItem(draftOf(no, name), JSON.stringify({ ...draft(no, name), ...values }));
}

export function forgetDraft(no: string, name: string) {
  sessionStorage.removeItem(draftOf(no, name));
}

/** Fields as the API takes them: what is empty left out, moments written out. */
export function said(values: Record<string, unknown>, days: string[] = []): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => value !== undefined && value !== null && value !== "" && !(Array.isArray(value) && !value.length))
      .map(([name, value]) => {
        if (!dayjs.isDayjs(value)) return [name, value];
        return [name, days.includes(name) ? value.format("YYYY-MM-DD") : sent(value)];
      }),
  );
}
