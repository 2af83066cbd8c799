"""When a message may go, and how many SMS it is counted as."""

from datetime import datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.notice_templates import TEMPLATES
from models.sending_rules import ALONE, REMINDERS, ZONE, Held, HeldFor, SendingRules
from models.sms_length import parts

NIGHT = SendingRules(daily_cap=3, quiet_from=time(21, 30), quiet_until=time(7, 30))


def at(hour: int, minute: int = 0, day: int = 11) -> datetime:
    return datetime(2026, 5, day, hour, minute, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        (at(21, 29), None),
        (at(21, 30), at(7, 30, 12)),
        (at(23, 59), at(7, 30, 12)),
        (at(0, 0), at(7, 30)),
        (at(7, 29), at(7, 30)),
        (at(7, 30), None),
    ],
)
def test_a_reminder_waits_for_the_end_of_the_quiet_hours(now: datetime, until: datetime | None) -> None:
    held = NIGHT.hold("warning", now, 0)
    assert held == (None if until is None else Held(HeldFor.QUIET_HOURS, until))


def test_quiet_hours_that_do_not_pass_midnight() -> None:
    noon = SendingRules(quiet_from=time(12), quiet_until=time(14, 30))
    assert noon.quiet_end(at(13)) == at(14, 30)
    assert noon.quiet_end(at(11, 59)) is noon.quiet_end(at(14, 30)) is None


def test_what_is_no_reminder_goes_at_night_too() -> None:
    assert NIGHT.hold("dispatched", at(23), 0) is None


@pytest.mark.parametrize("template", sorted(ALONE))
def test_red_and_emergency_always_go_alone_and_at_once(template: str) -> None:
    assert NIGHT.hold(template, at(3), 1_000) is None


def test_what_is_above_the_daily_cap_waits_for_the_next_digest() -> None:
    assert NIGHT.hold("dispatched", at(9), 2) is None
    assert NIGHT.hold("dispatched", at(9), 3) == Held(HeldFor.DIGEST, at(11, 30))
    assert NIGHT.hold("dispatched", at(17, 0), 3) == Held(HeldFor.DIGEST, at(8, 30, 12))


def test_a_digest_is_not_held_for_a_digest() -> None:
    assert NIGHT.hold("digest", at(9), 100) is None


def test_every_template_that_rules_name_exists() -> None:
    assert TEMPLATES.keys() >= ALONE | REMINDERS
    assert not ALONE & REMINDERS


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)), st.sampled_from(sorted(TEMPLATES)))
def test_nothing_is_held_for_longer_than_a_day_nor_into_the_past(now: datetime, template: str) -> None:
    local = now.replace(tzinfo=ZONE)
    held = NIGHT.hold(template, local, 3)
    assert held is None or local < held.until <= local + timedelta(days=1)


@pytest.mark.parametrize(
    ("body", "counted"),
    [
        ("", 1),
        ("字" * 70, 1),
        ("字" * 71, 2),
        ("字" * 134, 2),
        ("字" * 135, 3),
        ("𠮷" * 35, 1),
        ("𠮷" * 36, 2),
    ],
)
def test_parts_are_counted_as_on_the_air(body: str, counted: int) -> None:
    assert parts(body) == counted
