import { useSyncExternalStore } from "react";

/** Whether the last request reached the system. */
let connected = true;
const followers = new Set<() => void>();

/** Told by whoever asks the system something: whether an answer came, be it a refusal. */
export function connection(answered: boolean) {
  if (answered === connected) return;
  connected = answered;
  for (const follower of followers) follower();
}

export function useConnected(): boolean {
  return useSyncExternalStore(
    (follower) => {
      followers.add(follower);
      return () => followers.delete(follower);
    },
    () => connected,
  );
}
