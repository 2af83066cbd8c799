import { client } from "./client/client.gen";
import type { CommandAnswer, ProblemDetails } from "./client";

/** A refusal or fault as the API tells it: a stable code, a sentence, the rules behind it. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly basis: string[],
  ) {
    super(message);
  }

  /** Whether somebody acted first, so that what is on the screen is old. */
  get stale(): boolean {
    return this.status === 409 || this.status === 404;
  }
}

/** What went wrong in a request, also where no answer came. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error && typeof error === "object" && "code" in error) {
    const told = error as ProblemDetails;
    return new Problem(told.status, told.code, told.detail ?? told.title, told.basis ?? []);
  }
  return new Problem(0, "no_connection", "网络连接中断，所填内容仍在，请稍后重试。", []);
}

/** Issues a command. The key makes a retry of the same form one command. */
export async function command(no: string, name: string, body: unknown, key: string): Promise<CommandAnswer> {
  const { data, error } = await client.post({
    url: `/api/v1/tickets/${encodeURIComponent(no)}/${name}`,
    body: body as never,
    headers: { "Content-Type": "application/json", "Idempotency-Key": key },
  });
  if (error !== undefined) throw problemOf(error);
  return data as CommandAnswer;
}
