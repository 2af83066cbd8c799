import { useSyncExternalStore } from "react";

const asksForLess = matchMedia("(prefers-reduced-motion: reduce)");

function follow(follower: () => void) {
  asksForLess.addEventListener("change", follower);
  return () => asksForLess.removeEventListener("change", follower);
}

/** Whether things may slide and fade on this device: not where its settings ask for less motion. */
export function useMotion(): boolean {
  return !useSyncExternalStore(follow, () => asksForLess.matches);
}
