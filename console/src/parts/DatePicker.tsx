import dayjsConfig from "@rc-component/picker/generate/dayjs";
import { DatePicker as Antd } from "antd";
import type { ComponentProps, KeyboardEvent, ReactNode } from "react";
import { now, typed, type Wall } from "../time";

const Picker = Antd.generatePicker<Wall>({
  ...dayjsConfig,
  getNow: now,
  getFixedDate: (day) => typed(day, ["YYYY-M-DD", "YYYY-MM-DD"]) ?? now(),
  locale: { ...dayjsConfig.locale, parse: (_, text, forms) => typed(text, forms) },
});

/** Days and times are picked by the offices' clock: its today, its now, its hours. */
export function DatePicker(props: ComponentProps<typeof Picker>) {
  return (
    <Taking>
      <Picker {...props} />
    </Taking>
  );
}

DatePicker.RangePicker = function RangePicker(props: ComponentProps<typeof Picker.RangePicker>) {
  return (
    <Taking>
      <Picker.RangePicker {...props} />
    </Taking>
  );
};

/** Enter takes what was typed into a picker. A browser would also send the form that the picker stands in. */
function Taking({ children }: { children: ReactNode }) {
  function stay(event: KeyboardEvent) {
    if (event.key === "Enter" && event.target instanceof HTMLInputElement) event.preventDefault();
  }
  return (
    <div style={{ display: "contents" }} onKeyDown={stay}>
      {children}
    </div>
  );
}
