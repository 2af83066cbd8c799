"""Reading policy files. An error names the file, the line and the field."""

from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from domain.calendar_data import CalendarData, OfficeHours
from domain.law import Law
from domain.policy import Policy
from policies import yaml_lines
from policies.calendars import shipped_calendar
from policies.rules import rule_ids


class PolicyError(Exception):
    """A policy file that says something the schema does not allow, or that is not there."""


def shipped_policies() -> list[str]:
    """The ids of the policies that come with Jiesu."""
    folder = resources.files("policies")
    return sorted(f.name.removesuffix(".yaml") for f in folder.iterdir() if f.name.endswith(".yaml"))


@cache
def shipped_policy(policy_id: str) -> Policy:
    """A policy that comes with Jiesu. PolicyError for an unknown id."""
    if policy_id not in shipped_policies():
        raise PolicyError(f"没有名为 {policy_id} 的办法；可用的有：{'、'.join(shipped_policies())}")
    source = resources.files("policies") / f"{policy_id}.yaml"
    return parse_policy(source.read_text("utf-8"), f"policies/{policy_id}.yaml")


def load_policy(name: str) -> Policy:
    """A policy by shipped id, or by the path of a YAML file. PolicyError says what is wrong and where."""
    if not name.endswith((".yaml", ".yml")):
        return shipped_policy(name)
    path = Path(name)
    try:
        return parse_policy(path.read_text("utf-8"), str(path))
    except OSError as error:
        raise PolicyError(f"{path}：读不到文件（{error.strerror}）") from error
    except UnicodeDecodeError as error:
        raise PolicyError(f"{path}：读不到文件（不是 UTF-8 编码的文字）") from error


def parse_policy(text: str, where: str) -> Policy:
    """A policy from YAML text; `where` names the text in errors."""
    try:
        node = yaml_lines.compose(text)
        data = yaml_lines.load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f"第{mark.line + 1}行" if mark else ""
        raise PolicyError(f"{where} {line}：不是合格的 YAML（{getattr(error, 'problem', error)}）") from error
    if not isinstance(data, dict):
        raise PolicyError(f"{where}：办法文件应是一组字段")
    try:
        known = {"rule_ids": rule_ids() | _own_articles(data), "choices": _keys(data.get("choices"))}
        return Policy.model_validate(data, context=known)
    except ValidationError as error:
        raise PolicyError(yaml_lines.told(error, where, node)) from error


def _own_articles(data: dict[str, Any]) -> frozenset[str]:
    """The articles that a policy brings along itself, under two letters that the rule table does not use."""
    taken = {rule[:2] for rule in rule_ids()}
    return frozenset(article for article in _keys(data.get("articles")) if article[:2] not in taken)


def _keys(mapping: Any) -> frozenset[str]:
    return frozenset(str(key) for key in mapping) if isinstance(mapping, dict) else frozenset()


def law_of(policy: Policy, office_hours: OfficeHours | None = None) -> Law:
    """The law of a policy with the shipped calendar; `office_hours` replaces the policy's own."""
    return Law.of(policy, calendar_of(policy, office_hours))


def calendar_of(policy: Policy, office_hours: OfficeHours | None = None) -> CalendarData:
    """The calendar a policy counts in: the country's arrangement with the place's office hours."""
    terms = policy.office_hours
    if office_hours is not None:
        return shipped_calendar(policy.calendar, office_hours)
    return shipped_calendar(policy.calendar, terms.weekly, terms.seasons)


def lapsed(policy: Policy, today: date) -> str | None:
    """Why a policy is not law on a day, None when it is."""
    if policy.standing != "in_force":
        return {
            "draft": "征求意见稿，尚未施行",
            "expired": "已过有效期",
            "plan": "工作方案，不是管理办法",
            "news": "新闻报道，不是文件原文",
        }[policy.standing]
    if policy.valid_until is not None and today > policy.valid_until:
        return f"有效期至{policy.valid_until:%Y年%m月%d日}，已过期"
    if policy.effective_from is not None and today < policy.effective_from:
        return f"自{policy.effective_from:%Y年%m月%d日}起施行，尚未生效"
    return None
