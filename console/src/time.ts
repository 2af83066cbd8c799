import dayjs, { type Dayjs } from "dayjs";
import customParseFormat from "dayjs/plugin/customParseFormat";
import utc from "dayjs/plugin/utc";

dayjs.extend(utc);
dayjs.extend(customParseFormat);

/**
 * The clock of the offices, wherever the browser stands. Its hands are those of a `Dayjs` in UTC mode: no zone of
 * the browser moves them, and no summer time makes a gap in their day. What is sent goes through `sent`.
 */
export type Wall = Dayjs;

/** All of China keeps one time the year round, eight hours ahead. */
const AHEAD = 8 * 3_600_000;
const OFFSET = "+08:00";

/** What the offices' clock showed, or shows, at a moment. */
export function wall(at: string | number): Wall {
  return dayjs.utc((typeof at === "number" ? at : Date.parse(at)) + AHEAD);
}

/** What the offices' clock shows now. */
export function now(): Wall {
  return wall(Date.now());
}

/** What the clock showed, as it was written down; a day alone, 2026-05-06, means its midnight. */
export function reading(written: string): Wall {
  return dayjs.utc(written);
}

/** Time that somebody typed, in one of some forms; nothing where it is in none of them. */
export function typed(text: string, forms: string[]): Wall | null {
  return forms.map((form) => dayjs.utc(text, form, true)).find((one) => one.isValid()) ?? null;
}

/** The moment when the offices' clock shows this, as the API takes it: 2026-05-06T10:10:00+08:00. */
export function sent(at: Wall): string {
  return at.format("YYYY-MM-DDTHH:mm:ss") + OFFSET;
}

/** A moment as offices write it: 2026年5月6日 10:10. */
export function moment(at: string | null | undefined): string {
  return at ? wall(at).format("YYYY年M月D日 HH:mm") : "";
}

/** A moment in a list: today's by the clock alone, this year's without the year. */
export function brief(at: string | number | null | undefined): string {
  if (!at) return "";
  const day = wall(at);
  if (day.isSame(now(), "day")) return `今天 ${day.format("HH:mm")}`;
  return day.format(day.year() === now().year() ? "M月D日 HH:mm" : "YYYY年M月D日 HH:mm");
}

/** The day of a moment: 2026年5月6日. */
export function dayOf(at: string | null | undefined): string {
  return at ? wall(at).format("YYYY年M月D日") : "";
}

const WEEK = "日一二三四五六";

/** A moment with its day of the week, for deadlines. */
export function deadline(at: string | null | undefined): string {
  if (!at) return "";
  const day = wall(at);
  return day.format(`${day.year() === now().year() ? "" : "YYYY年"}M月D日（周${WEEK[day.day()]}）HH:mm`);
}
