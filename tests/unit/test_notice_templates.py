"""The words of notices: short, without room for personal data."""

import pytest

from models import citizen_links
from models.notice_templates import MAX_CHARACTERS, TEMPLATES, BadNotice, Template, template
from models.sms_length import parts

LONGEST = {
    "ticket": "20260430-000123",
    "supervision": "DB2026-0001",
    "unit": "城关镇人民政府社会事务办公室",
    "due": "2026-12-31T18:00:00+08:00",
    "clock": "contact",
    "verdict": "不同意",
    "token": "x" * citizen_links.SHORT,
    "count": "128",
}


@pytest.mark.parametrize("one", TEMPLATES.values(), ids=lambda one: one.id)
def test_every_message_fits_one_sms(one: Template) -> None:
    body = one.body({name: LONGEST[name] for name in one.variables})
    assert len(body) <= MAX_CHARACTERS
    assert "{" not in body


@pytest.mark.parametrize("one", TEMPLATES.values(), ids=lambda one: one.id)
def test_a_message_with_a_link_takes_two_sms_at_most(one: Template) -> None:
    linked = one.at("https://12345.somecounty.gov.cn")
    assert (one.invitation is not None) == one.id.startswith("citizen_")
    assert ("token" in linked.variables) == one.id.startswith("citizen_")
    values = {name: LONGEST[name] for name in linked.variables}
    assert parts(linked.body(values)) == (2 if "token" in values else 1)
    assert len(values.get("token", "")) <= 12, "providers take no longer variable"


def test_an_instant_is_told_by_the_clock_it_was_given_in() -> None:
    assert template("redo").body({"ticket": "1", "unit": "水务局", "due": "2026-05-06T09:05:00+08:00"}) == (
        "【12345热线】工单1重办，请水务局于5月6日09:05前办结。"
    )


def test_a_long_unit_name_is_cut() -> None:
    assert template("recalled").fill({"ticket": "1", "unit": "局" * 40})["unit"] == "局" * 11 + "…"


@pytest.mark.parametrize(
    ("name", "value"),
    [("ticket", "王先生"), ("due", "tomorrow"), ("clock", "lunch"), ("unit", "甲\n乙"), ("verdict", "maybe")],
)
def test_a_value_of_another_kind_is_refused(name: str, value: str) -> None:
    one = Template("t", "{" + name + "}")
    with pytest.raises(BadNotice, match=f"another kind of value for {name}"):
        one.fill({name: value})


def test_missing_and_surplus_values_are_named() -> None:
    with pytest.raises(BadNotice, match="disagree on text, unit"):
        template("recalled").fill({"ticket": "1", "text": "x"})


def test_an_unknown_template_is_named() -> None:
    with pytest.raises(BadNotice, match="no template poem"):
        template("poem")
