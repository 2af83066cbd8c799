import { useQuery } from "@tanstack/react-query";
import type { TermsAnswer } from "../client";
import { getTicketTermsOptions } from "../client/@tanstack/react-query.gen";

/** What the policy of a ticket asks for. */
export function useTerms(no: string): TermsAnswer | undefined {
  return useQuery({ ...getTicketTermsOptions({ path: { no } }), staleTime: 300_000 }).data;
}

/** The fields that the policy requires of a command, beside those the contract does. */
export function required(terms: TermsAnswer | undefined, command: string): Set<string> {
  const named = (terms?.requirements ?? []).filter((one) => one.command === command);
  return new Set(named.flatMap((one) => one.fields));
}

/** The rules behind what is required of a command. */
export function requiredBy(terms: TermsAnswer | undefined, command: string): string[] {
  return (terms?.requirements ?? []).filter((one) => one.command === command).flatMap((one) => one.basis);
}

/** The codes that the policy provides for, by the field that offers them. */
export function offered(terms: TermsAnswer | undefined, command: string): Record<string, string[]> {
  if (!terms) return {};
  if (command === "request_extension") return terms.extension_reasons.length ? { reason_code: terms.extension_reasons } : {};
  if (command === "supervise") return { form: terms.supervision_forms, level: terms.supervision_levels };
  if (command === "exclude_from_score") return { reason_code: terms.exclusions };
  if (command === "refuse") return { reason_code: terms.refusals.map((one) => one.reason) };
  if (command === "amend") return { type: terms.types, source: terms.sources };
  return {};
}
