import { focusManager, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useSession } from "./session";

const IDLE = 15 * 60_000;
const STIRS = ["pointerdown", "keydown", "wheel", "touchstart"];

/**
 * Reads anew what is shown when something happened: told by the system where it can tell, asked every half
 * minute anyhow. A screen nobody works at asks nothing, so that its login ends when it should.
 */
export function useLive(): { idle: boolean; told: boolean } {
  const { session } = useSession();
  const queries = useQueryClient();
  const [idle, setIdle] = useState(false);
  const [told, setTold] = useState(false);
  const canTell = session.via === "session";

  useEffect(() => {
    let sleeps: ReturnType<typeof setTimeout>;
    const stir = () => {
      clearTimeout(sleeps);
      setIdle(false);
      focusManager.setFocused(undefined);
      sleeps = setTimeout(() => {
        setIdle(true);
        focusManager.setFocused(false);
      }, IDLE);
    };
    stir();
    for (const one of STIRS) window.addEventListener(one, stir, { passive: true });
    return () => {
      clearTimeout(sleeps);
      for (const one of STIRS) window.removeEventListener(one, stir);
    };
  }, []);

  useEffect(() => {
    if (!canTell || idle) return;
    const source = new EventSource("/api/v1/events");
    source.addEventListener("ready", () => setTold(true));
    source.addEventListener("changed", () => void queries.invalidateQueries({ refetchType: "active" }));
    source.addEventListener("error", () => setTold(false));
    return () => {
      source.close();
      setTold(false);
    };
  }, [canTell, idle, queries]);

  return { idle, told };
}
