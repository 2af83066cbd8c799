import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { getOfficeHoursOptions } from "./client/@tanstack/react-query.gen";

/** Seconds of office hours between two moments; negative when the second is the earlier. */
export type WorkTime = (from: number, to: number) => number;

/** Counts office hours as the offices' calendar has them; undefined until it is read. */
export function useWorkTime(): WorkTime | undefined {
  const hours = useQuery({ ...getOfficeHoursOptions(), staleTime: 3_600_000 });
  return useMemo(() => {
    const intervals = hours.data?.intervals;
    return intervals && counter(intervals.map(([opens, closes]) => [Date.parse(opens), Date.parse(closes)]));
  }, [hours.data]);
}

function counter(intervals: [number, number][]): WorkTime {
  // Office time from the first interval on: what lies between two moments is a difference.
  const sums: number[] = [];
  let sum = 0;
  for (const [opens, closes] of intervals) {
    sums.push(sum);
    sum += closes - opens;
  }
  const until = (at: number): number => {
    let low = 0;
    let high = intervals.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (intervals[middle]![0] <= at) low = middle + 1;
      else high = middle;
    }
    if (low === 0) return 0;
    const [opens, closes] = intervals[low - 1]!;
    return sums[low - 1]! + Math.min(at, closes) - opens;
  };
  return (from, to) => (until(to) - until(from)) / 1000;
}

/** The present, renewed as often as what is shown changes: every second in the last hour, else every half minute. */
export function useNow(due?: string | null): number {
  const [now, setNow] = useState(Date.now);
  const soon = due != null && Math.abs(Date.parse(due) - now) < 3_600_000;
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), soon ? 1_000 : 30_000);
    return () => clearInterval(timer);
  }, [soon]);
  return now;
}

/** A span in hours, minutes, and in the last hour seconds. */
export function span(seconds: number): string {
  const whole = Math.floor(Math.abs(seconds));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  if (hours) return `${hours}小时${minutes ? `${minutes}分` : ""}`;
  return minutes ? `${minutes}分${whole % 60 ? `${whole % 60}秒` : ""}` : `${whole}秒`;
}
