"""A comparison as a person reads it."""

from collections.abc import Iterator

from rich.table import Table

from api.wording import CLOCKS
from domain.vocabulary import ClockName
from ops.simulation.comparing import Comparison
from ops.simulation.tally import COUNTED, Tally


def table(comparison: Comparison) -> Table:
    """Each clock's verdicts and lamps, one row a policy."""
    shown = Table(title=f"往期工单{comparison.tickets}件，推演至{comparison.until:%Y-%m-%d %H:%M}")
    for column in ("时限", "办法"):
        shown.add_column(column)
    for column in ("按时", "逾期", "未到期", "预警", "黄牌", "红牌"):
        shown.add_column(column, justify="right")
    for clock in COUNTED:
        for name, tally in zip(comparison.policies, comparison.tallies, strict=True):
            if tally.verdicts[clock]:
                shown.add_row(CLOCKS[clock.value], name, *_counts(tally, clock))
    return shown


def _counts(tally: Tally, clock: ClockName) -> list[str]:
    verdicts = [tally.verdicts[clock][verdict] for verdict in ("on_time", "breached", "running")]
    lamps = [tally.lamps[clock][lamp] for lamp in ("warning", "yellow", "red")]
    return [str(count) for count in (*verdicts, *lamps)]


def sentences(comparison: Comparison) -> Iterator[str]:
    """What the table does not say."""
    first, second = comparison.policies
    handling = comparison.handling
    yield (
        f"办理时限：两者都按时{handling['neither']}件，都逾期{handling['both']}件，"
        f"只在{first}下逾期{handling['first']}件，只在{second}下逾期{handling['second']}件。"
    )
    for name, tally in zip(comparison.policies, comparison.tallies, strict=True):
        yield f"{name}：自动启动督办{tally.supervisions}件。"
        if tally.not_taken:
            why = "、".join(f"{code} {count}件" for code, count in sorted(tally.not_taken.items()))
            yield f"{name}：不受理或不能这样办理{tally.not_taken.total()}件（{why}）。"
