import dayjs from "dayjs";

/** A moment as offices write it: 2026年5月6日 10:10. */
export function moment(at: string | null | undefined): string {
  return at ? dayjs(at).format("YYYY年M月D日 HH:mm") : "";
}

/** A moment in a list: today's by the clock alone, this year's without the year. */
export function brief(at: string | null | undefined): string {
  if (!at) return "";
  const day = dayjs(at);
  if (day.isSame(dayjs(), "day")) return `今天 ${day.format("HH:mm")}`;
  return day.format(day.year() === dayjs().year() ? "M月D日 HH:mm" : "YYYY年M月D日 HH:mm");
}

/** The day of a moment: 2026年5月6日. */
export function dayOf(at: string | null | undefined): string {
  return at ? dayjs(at).format("YYYY年M月D日") : "";
}

const WEEK = "日一二三四五六";

/** A moment with its day of the week, for deadlines. */
export function deadline(at: string | null | undefined): string {
  if (!at) return "";
  const day = dayjs(at);
  return day.format(`${day.year() === dayjs().year() ? "" : "YYYY年"}M月D日（周${WEEK[day.day()]}）HH:mm`);
}
