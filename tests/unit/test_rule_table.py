"""The rule table is whole, and a policy may only rest on rows of it."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from policies.loading import PolicyError, parse_policy, shipped_policies, shipped_policy
from policies.rules import RuleTable, rule_ids, rule_table

TAIAN = (Path(__file__).parents[2] / "policies" / "taian.yaml").read_text("utf-8")


def test_every_rule_of_the_five_regulations_has_a_row() -> None:
    counted: dict[str, int] = {}
    for rule in rule_table().rules:
        counted[rule.policy] = counted.get(rule.policy, 0) + 1
    assert counted == {"jingchuan": 80, "laishan": 58, "taian": 48, "henan": 18, "heyuan": 104}
    assert set(counted) == set(shipped_policies())


def test_a_basis_that_is_no_row_is_refused_with_file_line_and_field() -> None:
    written = TAIAN.replace("basis: [TA-3.6.7], route", "basis: [TA-3.6.99], route")
    line = written[: written.index("TA-3.6.99")].count("\n") + 1
    with pytest.raises(PolicyError) as refusal:
        parse_policy(written, "taian.yaml")
    assert str(refusal.value) == (
        f"taian.yaml 第{line}行 refusals.reasons.emergency_line.basis.0：规则表中没有TA-3.6.99这一条"
    )


def test_a_word_that_is_no_rule_id_is_refused() -> None:
    with pytest.raises(PolicyError, match=r"process\.basis\.0：写法不合规定"):
        parse_policy(TAIAN.replace("basis: [TA-6.0]", "basis: [第六条]"), "taian.yaml")


def test_a_limit_without_basis_is_refused() -> None:
    written = TAIAN.replace(
        "      basis: [TA-6.2b]\n      choice: signing-limit\n", "      choice: signing-limit\n"
    )
    with pytest.raises(PolicyError, match=r"第\d+行 clocks\.sign\.0\.basis：缺少这个字段"):
        parse_policy(written, "taian.yaml")


@pytest.mark.rule("JC-22")
@pytest.mark.parametrize("policy_id", shipped_policies())
def test_the_choices_of_a_policy_answer_questions_of_its_own_rules(policy_id: str) -> None:
    policy = shipped_policy(policy_id)
    own = {rule.id for rule in rule_table().rules if rule.policy == policy_id}
    strangers = {rule for choice in policy.choices.values() for rule in choice.rules} - own
    assert not strangers
    assert all(choice.question and choice.answer and choice.why for choice in policy.choices.values())


def test_a_row_may_wait_only_for_a_named_capability() -> None:
    row = {"id": "XX-1", "policy": "x", "article": "1", "kind": ["enforce"], "rule": "r", "must": "m"}
    with pytest.raises(ValidationError, match="no capability"):
        RuleTable.model_validate({"capabilities": {}, "rules": [{**row, "waits_for": {"enforce": "luck"}}]})
    with pytest.raises(ValidationError, match="comes twice"):
        RuleTable.model_validate({"capabilities": {}, "rules": [row, row]})


def test_ids_are_what_a_basis_names() -> None:
    assert "JC-11.1a" in rule_ids()
    assert "JC-99" not in rule_ids()
