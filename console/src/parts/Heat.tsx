import { Button } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import type { HeatCell } from "../client";

const AT_FIRST = 12;
const LEVELS = 5;

const named = (name: string) => name || "未填";

/** Where demands come from and what they are about: a table in which each number leads to its tickets. */
export function Heat({ cells, since, until }: { cells: HeatCell[]; since: string; until: string }) {
  const [all, setAll] = useState(false);
  if (!cells.length) return <p className="quiet">这一期间没有受理诉求</p>;
  const areas = sums(cells, "area");
  const kinds = sums(cells, "category");
  const numbers = new Map(cells.map((cell) => [JSON.stringify([cell.area, cell.category]), cell.number]));
  const most = Math.max(...cells.map((cell) => cell.number));
  const shown = all ? areas : areas.slice(0, AT_FIRST);
  function to(narrowed: Record<string, string>) {
    return `/all?${new URLSearchParams({ received_from: since, received_to: until, ...narrowed }).toString()}`;
  }
  return (
    <>
      <div className="heat">
        <table aria-label="各属地、各类别受理的件数">
          <thead>
            <tr>
              <th scope="col">属地</th>
              {kinds.map(([kind]) => (
                <th key={kind} scope="col" className="upright">
                  {named(kind)}
                </th>
              ))}
              <th scope="col" className="upright">
                合计
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map(([area, total]) => (
              <tr key={area}>
                <th scope="row">{named(area)}</th>
                {kinds.map(([category]) => {
                  const number = numbers.get(JSON.stringify([area, category]));
                  return (
                    <td key={category}>
                      {number && (
                        <Link
                          to={to({ area, category })}
                          className={`level-${Math.ceil((number / most) * LEVELS)}`}
                          aria-label={`${named(area)} ${named(category)}：${number}件`}
                        >
                          {number}
                        </Link>
                      )}
                    </td>
                  );
                })}
                <td>
                  <Link to={to({ area })} aria-label={`${named(area)}合计：${total}件`}>
                    {total}
                  </Link>
                </td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">合计</th>
              {kinds.map(([category, total]) => (
                <td key={category}>
                  <Link to={to({ category })} aria-label={`${named(category)}合计：${total}件`}>
                    {total}
                  </Link>
                </td>
              ))}
              <td>
                <Link to={to({})} aria-label={`合计：${cells.reduce((sum, cell) => sum + cell.number, 0)}件`}>
                  {cells.reduce((sum, cell) => sum + cell.number, 0)}
                </Link>
              </td>
            </tr>
          </tfoot>
        </table>
      </div>
      {areas.length > AT_FIRST && (
        <Button type="link" size="small" className="flush no-print" onClick={() => setAll(!all)}>
          {all ? `只看前${AT_FIRST}个属地` : `显示全部${areas.length}个属地`}
        </Button>
      )}
    </>
  );
}

/** What is received of each, the most first. */
function sums(cells: HeatCell[], by: "area" | "category"): [string, number][] {
  const sum = new Map<string, number>();
  for (const cell of cells) sum.set(cell[by], (sum.get(cell[by]) ?? 0) + cell.number);
  return [...sum].sort(([, one], [, other]) => other - one);
}
