/** Somebody who names a part in casework without proving who they are: where an installation is developed. */
export interface Assumed {
  role: string;
  unit?: string;
  actor: string;
}

const KEPT = "jiesu.assumed";

/** Who this page names itself as, if it does. */
export function assumedNow(): Assumed | undefined {
  const written = sessionStorage.getItem(KEPT);
  return written ? (JSON.parse(written) as Assumed) : undefined;
}

/** Takes on a part without proof; only an installation that is developed believes it. */
export function assume(who: Assumed) {
  sessionStorage.setItem(KEPT, JSON.stringify(who));
}
