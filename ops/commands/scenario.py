"""`jiesu scenario run`: what would the system do?"""

import json
from pathlib import Path
from typing import Annotated

import typer

from ops.errors import OperationFailed
from ops.scenarios import core_engine
from ops.scenarios.lines import Line, matches
from ops.scenarios.readable import timeline
from ops.scenarios.scenario import Scenario, ScenarioError, read

app = typer.Typer(help="情景推演。示例：jiesu scenario run labour-day.yaml --json", no_args_is_help=True)


@app.callback()
def _scenario() -> None:
    """情景推演：用一份 YAML 描述工单和每一步操作，看系统会怎么做。"""


@app.command()
def run(
    file: Annotated[Path, typer.Argument(help="情景文件（YAML）。", show_default=False)],
    engine: Annotated[str, typer.Option(help="core：只用规则内核；temporal：真实的工作流。")] = "core",
    as_json: Annotated[bool, typer.Option("--json", help="每行一个 JSON 对象。")] = False,
    check: Annotated[
        bool, typer.Option("--check", help="与文件里的 expect 比对，不符时退出码为 1。")
    ] = False,
) -> None:
    """运行一个情景，按时间先后逐行写出发生的事。

    示例：

    jiesu scenario run labour-day.yaml --engine temporal --json
    """
    try:
        scenario = read(file)
    except ScenarioError as error:
        raise OperationFailed(str(error)) from error
    lines = _lines(scenario, engine)
    if as_json:
        for line in lines:
            typer.echo(json.dumps(line, ensure_ascii=False))
    else:
        for told in timeline(scenario, lines):
            typer.echo(told)
    if check and (wrong := differences(scenario, lines)):
        for sentence in wrong:
            typer.echo(sentence, err=True)
        raise typer.Exit(1)


def _lines(scenario: Scenario, engine: str) -> list[Line]:
    if engine == "core":
        return core_engine.run(scenario)
    if engine == "temporal":
        from ops.scenarios import temporal_engine

        return temporal_engine.run(scenario)
    raise OperationFailed(f"没有名为 {engine} 的引擎，可用的是 core 和 temporal")


def differences(scenario: Scenario, lines: list[Line]) -> list[str]:
    """What a scenario expected and did not find, or found against expectation."""
    wrong = [
        f"没有出现：{json.dumps(expected, ensure_ascii=False)}"
        for expected in scenario.expect
        if not any(matches(expected, line) for line in lines)
    ]
    wrong += [
        f"不应出现：{json.dumps(line, ensure_ascii=False)}"
        for unwanted in scenario.expect_not
        for line in lines
        if matches(unwanted, line)
    ]
    return wrong


def register(root: typer.Typer) -> None:
    """Add `jiesu scenario`."""
    root.add_typer(app, name="scenario")
