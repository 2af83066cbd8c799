"""Whether a text binds today: drafts and lapsed texts do not."""

from datetime import date

import pytest

from domain.policy import Policy
from policies.loading import lapsed, shipped_policy


def put_in_force(policy: Policy, on: date) -> Policy:
    return policy.model_copy(update={"standing": "in_force", "effective_from": on})


@pytest.mark.rule("HY-0")
def test_a_draft_for_comment_is_not_law_on_any_day() -> None:
    assert lapsed(shipped_policy("heyuan"), date(2026, 3, 2)) == "征求意见稿，尚未施行"


@pytest.mark.rule("HY-29")
@pytest.mark.parametrize(
    ("today", "why"),
    [
        (date(2026, 2, 28), "自2026年03月01日起施行，尚未生效"),
        (date(2026, 3, 1), None),
        (date(2031, 3, 1), None),
        (date(2031, 3, 2), "有效期至2031年03月01日，已过期"),
    ],
)
def test_once_issued_it_binds_for_five_years(today: date, why: str | None) -> None:
    issued = put_in_force(shipped_policy("heyuan"), date(2026, 3, 1))
    assert lapsed(issued, today) == why


def test_five_years_from_a_leap_day_end_in_february() -> None:
    issued = put_in_force(shipped_policy("heyuan"), date(2028, 2, 29))
    assert issued.valid_until == date(2033, 2, 28)


@pytest.mark.rule("JC-23")
def test_a_text_of_two_years_lapses_on_the_day_it_names() -> None:
    assert shipped_policy("jingchuan").valid_until == date(2024, 9, 19)
    assert lapsed(shipped_policy("jingchuan"), date(2026, 3, 2)) == "已过有效期"


def test_a_text_that_names_no_end_stays_in_force() -> None:
    laishan = shipped_policy("laishan")
    assert laishan.valid_until is None
    assert lapsed(laishan, date(2026, 3, 2)) is None
