import dayjsConfig from "@rc-component/picker/generate/dayjs";
import { DatePicker as Antd } from "antd";
import { now, typed, type Wall } from "../time";

/** Days and times are picked by the offices' clock: its today, its now, its hours. */
export const DatePicker = Antd.generatePicker<Wall>({
  ...dayjsConfig,
  getNow: now,
  getFixedDate: (day) => typed(day, ["YYYY-M-DD", "YYYY-MM-DD"]) ?? now(),
  locale: { ...dayjsConfig.locale, parse: (_, text, forms) => typed(text, forms) },
});
