"""A county nobody had in mind: its YAML was written from docs/writing-a-policy.md alone, and it runs."""

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from domain import vocabulary
from domain.policy import Policy, Standing
from ops.policy_pages.page import policy_page
from ops.scenarios import core_engine
from ops.scenarios.lines import Line, matches
from ops.scenarios.scenario import ScenarioError, parse
from policies.loading import PolicyError, load_policy, parse_policy

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "writing-a-policy.md").read_text("utf-8")
REPLY = "do: reply, unit: 水务局, outcome: resolved, text: 已修, contacted_at: 2026-07-07T09:00"
QINGSHI = ROOT / "tests" / "data" / "qingshi.yaml"


def lines(ticket: str, *steps: str, until: str) -> list[Line]:
    """What happens to a ticket of the sixth county."""
    written = "\n".join(f"  - {{{step}}}" for step in steps)
    text = f"policy: {QINGSHI}\nticket: {{{ticket}}}\nuntil: {until}\n" + (
        f"steps:\n{written}\n" if steps else ""
    )
    return core_engine.run(parse(text, "qingshi"))


def happened(printed: list[Line], **expected: Any) -> bool:
    """Whether a line has these fields."""
    return any(matches(expected, line) for line in printed)


def test_it_counts_in_its_own_summer_hours() -> None:
    printed = lines(
        "type: help, source: phone, received_at: 2026-07-06T09:00",
        "at: 2026-07-06T11:30, do: dispatch, lead: 水务局",
        until="2026-07-06T12:00",
    )
    assert happened(
        printed, fact="clock_started", clock="sign", due="2026-07-06T16:30:00+08:00", basis=["QS-7"]
    )
    assert happened(
        printed, fact="clock_started", clock="handle", due="2026-07-10T18:00:00+08:00", unspecified=True
    )
    assert happened(printed, fact="clock_started", clock="return_window", due="2026-07-06T23:30:00+08:00")


def test_its_red_lamp_opens_supervision() -> None:
    printed = lines(
        "type: complaint, source: phone, received_at: 2026-07-06T09:00",
        "at: 2026-07-06T09:30, do: dispatch, lead: 水务局",
        "at: 2026-07-06T10:00, do: sign, unit: 水务局",
        until="2026-07-15T00:00",
    )
    assert happened(
        printed, fact="lamp", clock="handle", lamp="red", at="2026-07-14T18:00:00+08:00", via=["sms", "phone"]
    )
    assert happened(printed, fact="supervision_opened", cause="red_lamp", unit="水务局", level="internal")


def test_a_consultation_is_due_the_same_day_and_a_reported_case_from_above_in_ten_days() -> None:
    consulted = lines(
        "type: consultation, source: wechat, received_at: 2026-07-06T09:00",
        "at: 2026-07-06T10:00, do: dispatch, lead: 水务局",
        until="2026-07-06T11:00",
    )
    assert happened(consulted, fact="clock_started", clock="handle", due="2026-07-07T00:00:00+08:00")
    reported = lines(
        "type: report, source: city_platform, received_at: 2026-07-06T09:00, upstream_no: S-9",
        "at: 2026-07-08T10:00, do: dispatch, lead: 水务局",
        until="2026-07-08T11:00",
    )
    assert happened(
        reported, fact="clock_started", clock="handle", due="2026-07-16T18:00:00+08:00", basis=["QS-12.2"]
    )


def test_a_whole_life_ends_after_its_callback() -> None:
    printed = lines(
        "type: help, source: phone, received_at: 2026-07-06T09:00",
        "at: 2026-07-06T10:00, do: dispatch, lead: 水务局",
        "at: 2026-07-06T10:30, do: sign, unit: 水务局",
        f"at: 2026-07-07T10:00, {REPLY}",
        f"at: 2026-07-07T10:10, {REPLY}, number_used: 0571-1",
        "at: 2026-07-07T15:30, do: first_review, approve: true",
        "at: 2026-07-08T09:00, do: callback, reached: false",
        "at: 2026-07-08T16:00, do: callback, reached: false",
        until="2026-07-20T00:00",
    )
    assert happened(printed, fact="refused", do="reply", code="reply_incomplete", basis=["QS-13"])
    assert [line["stage"] for line in printed if line["fact"] in ("status", "stage")] == [
        "接收",
        "受理",
        "分派",
        "承办",
        "核查",
        "问效",
        "办结",
        "存档",
    ]


def test_what_it_does_not_provide_for_is_refused() -> None:
    printed = lines(
        "type: help, source: phone, received_at: 2026-07-06T09:00",
        "at: 2026-07-06T10:00, do: submit_to_leader, summary: 请示",
        until="2026-07-06T11:00",
    )
    assert happened(printed, fact="refused", do="submit_to_leader", code="not_in_policy", basis=["QS-2"])


def test_its_page_cites_its_own_articles() -> None:
    page = policy_page(load_policy(str(QINGSHI)))
    assert "| 签收 | 承办单位 | 全部 | 2个工作小时 | 派单 | 第7条〔QS-7〕 |" in page


def test_an_article_that_it_does_not_bring_along_is_no_basis() -> None:
    written = QINGSHI.read_text("utf-8").replace("override: {basis: [QS-12]}", "override: {basis: [QS-99]}")
    with pytest.raises(PolicyError, match=r"第\d+行 override\.basis\.0：规则表中没有QS-99这一条"):
        parse_policy(written, "qingshi.yaml")


def test_articles_cannot_add_rows_to_a_regulation_of_the_table() -> None:
    written = QINGSHI.read_text("utf-8").replace("QS-", "JC-")
    with pytest.raises(PolicyError, match="规则表中没有JC-30这一条"):
        parse_policy(written, "qingshi.yaml")


def test_the_example_of_the_guide_is_a_whole_policy() -> None:
    example = GUIDE.rsplit("```yaml\n", 1)[1].split("```")[0]
    assert parse_policy(example, "docs/writing-a-policy.md").id == "example"


def _fields(model: type[BaseModel], seen: set[type[BaseModel]]) -> Iterator[str]:
    if model in seen:
        return
    seen.add(model)
    for name, field in model.model_fields.items():
        yield name
        for part in _models_in(field.annotation):
            yield from _fields(part, seen)


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)


def test_the_guide_tells_every_element_of_the_schema() -> None:
    in_one_pair = {"unit", "amount"}
    told = set(_fields(Policy, set())) - in_one_pair
    assert not {name for name in told if f"`{name}`" not in GUIDE and f"{name}:" not in GUIDE}


@pytest.mark.parametrize(
    "words",
    [
        vocabulary.TicketType,
        vocabulary.Urgency,
        vocabulary.Level,
        vocabulary.Special,
        vocabulary.Complainant,
        vocabulary.Source,
        vocabulary.Recipient,
        vocabulary.Channel,
        vocabulary.Lamp,
        vocabulary.Status,
        vocabulary.Passing,
        vocabulary.RefusalReason,
        vocabulary.ExtensionReason,
        vocabulary.Outcome,
        vocabulary.Rating,
        vocabulary.SupervisionForm,
        vocabulary.SupervisionLevel,
        vocabulary.SupervisionCause,
        vocabulary.Trouble,
        vocabulary.ExclusionReason,
        vocabulary.ClockName,
        Standing,
    ],
)
def test_the_guide_tells_every_word(words: type[StrEnum]) -> None:
    assert not {word.value for word in words if word.value not in GUIDE}


def test_its_scenarios_name_its_own_rules() -> None:
    text = (
        f"policy: {QINGSHI}\nrules: [QS-7]\n"
        "ticket: {type: help, source: phone, received_at: 2026-07-06T09:00}\n"
        "expect:\n  - {fact: clock_started, basis: [QS-7]}\n"
    )
    assert parse(text, "qingshi").rules == ("QS-7",)
    with pytest.raises(ScenarioError, match=r"第2行 rules\.0：规则表中没有QS-99这一条"):
        parse(text.replace("rules: [QS-7]", "rules: [QS-99]"), "qingshi")
