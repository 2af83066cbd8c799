"""Every rule that a policy rests on is quoted, so that an explanation can show the article's own words."""

from collections.abc import Iterator
from typing import Any

import pytest

from policies.loading import shipped_policies, shipped_policy
from policies.rules import rule_ids


def cited(data: Any) -> Iterator[str]:
    """The rules that something in casework rests on; what only informs is told in the file's own words."""
    if isinstance(data, dict):
        for key, value in data.items():
            if key not in ("articles", "documents"):
                yield from cited(value)
    elif isinstance(data, list):
        for item in data:
            yield from cited(item)
    elif isinstance(data, str) and data in rule_ids():
        yield data


@pytest.mark.parametrize("policy_id", shipped_policies())
def test_every_rule_that_a_policy_rests_on_is_quoted(policy_id: str) -> None:
    policy = shipped_policy(policy_id)
    assert not set(cited(policy.model_dump(mode="json"))) - policy.articles.keys()


@pytest.mark.parametrize("policy_id", shipped_policies())
def test_no_quotation_is_empty_or_left_over(policy_id: str) -> None:
    policy = shipped_policy(policy_id)
    told = {rule for document in policy.documents for rule in document.basis}
    assert not policy.articles.keys() - set(cited(policy.model_dump(mode="json"))) - told
    assert all(len(words) >= 4 for words in policy.articles.values())
