import dayjs from "dayjs";

/** A moment as offices write it: 2026年5月6日 10:10. */
export function moment(at: string | null | undefined): string {
  return at ? dayjs(at).format("YYYY年M月D日 HH:mm") : "";
}

/** A moment in a list, without the year of today. */
export function brief(at: string | null | undefined): string {
  if (!at) return "";
  const day = dayjs(at);
  return day.format(day.year() === dayjs().year() ? "M月D日 HH:mm" : "YYYY年M月D日 HH:mm");
}

/** How long until a moment, or since it. */
export function remaining(at: string, now: number): { late: boolean; words: string } {
  const seconds = Math.round((dayjs(at).valueOf() - now) / 1000);
  const left = Math.abs(seconds);
  const days = Math.floor(left / 86400);
  const hours = Math.floor((left % 86400) / 3600);
  const minutes = Math.floor((left % 3600) / 60);
  const words = days ? `${days}天${hours}小时` : hours ? `${hours}小时${minutes}分` : `${minutes}分`;
  return { late: seconds < 0, words };
}
