import { useEffect } from "react";

/**
 * What stands between this page and the telephone at the seat. A softphone in the browser (or the bar of a call
 * centre) announces a call by dispatching `jiesu:ring` on `window` and its end by `jiesu:hangup`; it dials when
 * `jiesu:dial` is dispatched. Numbers and recordings come this way and are never typed.
 */
export interface Ring {
  /** The number that calls. */
  number: string;
  /** How the telephone system names the recording of this call. */
  recording?: string;
}

const RING = "jiesu:ring";
const HANGUP = "jiesu:hangup";
const DIAL = "jiesu:dial";

/** Asks the telephone to dial; without one nothing happens beyond the link that phones understand. */
export function dial(number: string) {
  const unheard = window.dispatchEvent(new CustomEvent(DIAL, { detail: { number }, cancelable: true }));
  // A softphone that dials says so by preventing what a browser would do by itself.
  if (unheard) window.location.assign(`tel:${number}`);
}

/** Calls back when the telephone rings and when the call is over. */
export function useTelephone(rings: (ring: Ring) => void, ends?: () => void) {
  useEffect(() => {
    const ring = (event: Event) => rings((event as CustomEvent<Ring>).detail);
    const end = () => ends?.();
    window.addEventListener(RING, ring);
    window.addEventListener(HANGUP, end);
    return () => {
      window.removeEventListener(RING, ring);
      window.removeEventListener(HANGUP, end);
    };
  });
}
