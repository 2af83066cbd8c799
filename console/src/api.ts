import type { CommandAnswer, Foretold, PreviewAnswer, ProblemDetails } from "./client";
import { client } from "./client/client.gen";
import { connection } from "./connection";

export type { Foretold, PreviewAnswer };

/** A refusal or fault as the API tells it: a stable code, a sentence, the rules behind it. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly basis: string[] = [],
    readonly fields: { field: string; message: string }[] = [],
  ) {
    super(message);
  }

  /** Whether somebody acted first, so that what is on the screen is old. */
  get stale(): boolean {
    return this.status === 409 || this.status === 404;
  }
}

/** Whether a question went unanswered, so that what is on the screen is still the latest that is known. */
export function unanswered(error: unknown): boolean {
  const { status } = problemOf(error);
  return status === 0 || status === 401 || status >= 500;
}

/** What went wrong in a request, also where no answer came. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error && typeof error === "object" && "code" in error && "status" in error) {
    const told = error as ProblemDetails;
    return new Problem(told.status, told.code, told.detail ?? told.title, told.basis ?? [], told.fields ?? []);
  }
  return new Problem(0, "no_connection", "网络连接中断，所填内容仍在，请稍后重试。");
}

client.interceptors.response.use((response) => {
  connection(true);
  return response;
});
client.interceptors.error.use((error, response) => {
  // A question that the page itself took back says nothing of the connection.
  if (!response && (error as Error | undefined)?.name !== "AbortError") connection(false);
  return error;
});

async function post<T>(url: string, body: unknown, key?: string): Promise<T> {
  const { data, error } = await client.post({
    url,
    body: body as never,
    headers: { "Content-Type": "application/json", ...(key ? { "Idempotency-Key": key } : {}) },
  });
  if (error !== undefined) throw problemOf(error);
  return data as T;
}

const path = (no: string) => `/api/v1/tickets/${encodeURIComponent(no)}`;

/** Issues a command. The key makes a retry of the same form one command. */
export function command(no: string, name: string, body: unknown, key: string): Promise<CommandAnswer> {
  return post(`${path(no)}/${name}`, body, key);
}

/** What a command would do. */
export function preview(no: string, name: string, body: unknown): Promise<PreviewAnswer> {
  return post(`${path(no)}/${name}/preview`, body);
}

/** Says something to a supervision. */
export function superviseCommand(no: string, name: string, body: unknown, key: string): Promise<CommandAnswer> {
  return post(`/api/v1/supervisions/${encodeURIComponent(no)}/${name}`, body, key);
}
