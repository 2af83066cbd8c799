import { LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { type EChartsCoreOption, init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { useEffect, useRef } from "react";

use([LineChart, GridComponent, TooltipComponent, LegendComponent, AriaComponent, SVGRenderer]);

/** A chart; `pick` is told what was clicked: the name on the axis, the series, the value. */
export default function Chart(props: {
  option: EChartsCoreOption;
  height: number;
  label: string;
  pick?: (picked: { name: string; series: string; value: unknown }) => void;
}) {
  const place = useRef<HTMLDivElement>(null);
  const pick = useRef(props.pick);
  pick.current = props.pick;
  useEffect(() => {
    const chart = init(place.current, null, { renderer: "svg" });
    chart.setOption({
      aria: { enabled: true },
      // What is on its way when a page is printed or looked at is half drawn.
      animation: false,
      textStyle: { fontFamily: '"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif' },
      ...props.option,
    });
    chart.on("click", (event) =>
      pick.current?.({ name: event.name, series: event.seriesName ?? "", value: event.value }),
    );
    const observer = new ResizeObserver(() => chart.resize());
    observer.observe(place.current!);
    return () => {
      observer.disconnect();
      chart.dispose();
    };
  }, [props.option]);
  return <div ref={place} role="img" aria-label={props.label} style={{ height: props.height }} />;
}
