import { useQuery } from "@tanstack/react-query";
import { listUnitsOptions } from "../client/@tanstack/react-query.gen";

/** Every unit in use, read once. */
export function useUnits() {
  return useQuery({ ...listUnitsOptions(), staleTime: 300_000 }).data ?? [];
}
