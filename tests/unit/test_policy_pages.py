"""Every policy has a page that a person can read, written from the YAML."""

from enum import StrEnum

import pytest

from domain import vocabulary
from ops.cli import run
from ops.policy_pages import words
from ops.policy_pages.citing import cite
from ops.policy_pages.page import FOLDER, policy_page
from policies.loading import shipped_policies, shipped_policy


@pytest.mark.parametrize("policy_id", shipped_policies())
def test_the_page_of_a_policy_is_up_to_date(policy_id: str) -> None:
    page = (FOLDER / f"{policy_id}.md").read_text("utf-8")
    assert page == policy_page(shipped_policy(policy_id)), "run `jiesu policy explain --write`"


@pytest.mark.parametrize("policy_id", shipped_policies())
def test_a_page_tells_every_choice_and_every_lamp(policy_id: str) -> None:
    policy, page = shipped_policy(policy_id), policy_page(shipped_policy(policy_id))
    assert all(choice.answer in page for choice in policy.choices.values())
    rungs = sum(len(rule.ladder) for rules in policy.clocks.values() for rule in rules)
    lamps = page.split("## 提醒和亮灯")[1].split("## ")[0]
    assert lamps.count("\n| ") == rungs + 1


def test_a_page_reads_as_a_person_would_say_it() -> None:
    page = policy_page(shipped_policy("jingchuan"))
    assert "| 签收 | 承办单位 | 其余 | 3个工作小时※ | 派单 | 第11条(1)〔JC-11.1a〕 |" in page
    assert "- 累计不超过原时限的1倍，确需超过的须有例外理由和批准人。第11条(1)4〔JC-11.1.4c〕" in page
    assert "已过有效期" in page


def test_a_page_tells_the_office_hours_of_every_season() -> None:
    policy = shipped_policy("jingchuan")
    terms = policy.office_hours.model_validate(
        {
            "weekly": {"mon": [["09:00", "12:00"]], "tue": [["09:00", "12:00"]], "sat": [["09:00", "11:00"]]},
            "seasons": [
                {
                    "name": "夏季",
                    "starts": "06-01",
                    "ends": "09-30",
                    "hours": [["08:00", "12:00"], ["15:30", "18:30"]],
                }
            ],
            "choice": policy.office_hours.choice,
        }
    )
    page = policy_page(policy.model_copy(update={"office_hours": terms}))
    assert "- 办公时间：周一至周二09:00—12:00；周六09:00—11:00※" in page
    assert "- 办公时间（夏季，06-01至09-30）：周一至周五08:00—12:00、15:30—18:30" in page


def test_an_article_is_cited_with_its_rule() -> None:
    assert cite(["JC-11.1a", "TA-6.2b"]) == "第11条(1)〔JC-11.1a〕、六(二)〔TA-6.2b〕"


@pytest.mark.parametrize(
    ("names", "vocabulary_of"),
    [
        (words.TYPES, vocabulary.TicketType),
        (words.URGENCIES, vocabulary.Urgency),
        (words.LEVELS, vocabulary.Level),
        (words.SPECIALS, vocabulary.Special),
        (words.COMPLAINANTS, vocabulary.Complainant),
        (words.SOURCES, vocabulary.Source),
        (words.RECIPIENTS, vocabulary.Recipient),
        (words.CHANNELS, vocabulary.Channel),
        (words.OUTCOMES, vocabulary.Outcome),
        (words.RATINGS, vocabulary.Rating),
        (words.REFUSALS, vocabulary.RefusalReason),
        (words.REASONS, vocabulary.ExtensionReason),
        (words.FORMS, vocabulary.SupervisionForm),
        (words.SUPERVISION_LEVELS, vocabulary.SupervisionLevel),
        (words.CAUSES, vocabulary.SupervisionCause),
        (words.TROUBLES, vocabulary.Trouble),
        (words.EXCLUSIONS, vocabulary.ExclusionReason),
    ],
)
def test_every_word_of_a_vocabulary_has_a_name(names: dict[str, str], vocabulary_of: type[StrEnum]) -> None:
    assert set(names) == set(vocabulary_of)


def test_explaining_an_unknown_policy_is_refused_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["policy", "explain", "atlantis"]) == 2
    assert run(["policy", "explain"]) == 2
    assert run(["policy", "explain", "henan"]) == 0
    assert "九个环节" in capsys.readouterr().out
