import { useQueryClient } from "@tanstack/react-query";
import { App } from "antd";
import { useState } from "react";
import { useLocation, useNavigate } from "react-router";
import { problemOf } from "../api";
import { listCallbacksOptions, listTicketsOptions } from "../client/@tanstack/react-query.gen";
import type { TicketQuery } from "./TicketList";

/** The list that tickets are taken from one after the other. */
export interface Queue {
  /** What the list is called and where it stands. */
  title: string;
  path: string;
  /** The question it answers; without one it is the list of callbacks. */
  query?: TicketQuery;
}

/** A list with the tickets that were taken from it: one that is left as it is does not come again at once. */
interface Taken extends Queue {
  taken: string[];
}

/** Where a ticket of a list is opened: its page knows the list it came from, also after it is loaded anew. */
export function placeOf(queue: Queue, no: string, before: string[] = []): { to: string; state: { taken: Taken } } {
  return { to: `/tickets/${no}${queue.query ? "" : "?do=callback"}`, state: { taken: { ...queue, taken: [...before, no] } } };
}

/** The list that the ticket on this page was taken from, and the way to its next one; nothing where it was come to otherwise. */
export function useTaken(): { queue: Queue; next: () => void; busy: boolean } | undefined {
  const state = useLocation().state as { taken?: Taken } | null;
  const navigate = useNavigate();
  const queries = useQueryClient();
  const { message } = App.useApp();
  const [busy, setBusy] = useState(false);
  const queue = state?.taken;
  if (!queue) return undefined;
  const { query, taken } = queue;

  async function waiting(): Promise<string[]> {
    if (!query) {
      const page = await queries.fetchQuery({ ...listCallbacksOptions({ query: { limit: 50 } }), staleTime: 0 });
      return page.waiting.map((one) => one.ticket.no);
    }
    const page = await queries.fetchQuery({ ...listTicketsOptions({ query: { limit: 50, ...query } }), staleTime: 0 });
    return page.tickets.map((one) => one.no);
  }
  async function go(from: Queue) {
    setBusy(true);
    try {
      const no = (await waiting()).find((one) => !taken.includes(one));
      if (no === undefined) {
        void message.info("这一批已看完，回到列表");
        void navigate(from.path);
      } else {
        const place = placeOf(from, no, taken);
        void navigate(place.to, { state: place.state });
      }
    } catch (error) {
      void message.error(problemOf(error).message);
    } finally {
      setBusy(false);
    }
  }
  return { queue, next: () => void go(queue), busy };
}
