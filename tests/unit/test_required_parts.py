"""Parts that a policy requires of a command: which fields, for which tickets, how many items of a list."""

import pytest

from domain.casework.parts import demand, require
from domain.commands import ExplainOverdue, Instruct, Order, Progress, RequestReturn
from domain.policy import RequiredPart
from domain.rejected import Rejected

TWO_MATERIALS = RequiredPart(
    fields=("reason", "materials"), code="return_parts_required", at_least=2, basis=("QS-6",)
)


@pytest.mark.parametrize("materials", [[], ["三定方案"]])
def test_fewer_items_than_the_policy_asks_for_are_refused(materials: list[str]) -> None:
    with pytest.raises(Rejected) as refused:
        require(
            RequestReturn(unit="水务局", reason="非本单位职责", materials=materials), [TWO_MATERIALS], None
        )
    assert (refused.value.code, refused.value.basis) == ("return_parts_required", ("QS-6",))
    assert "相关材料" in refused.value.message_zh


def test_as_many_items_as_the_policy_asks_for_are_enough() -> None:
    require(
        RequestReturn(unit="水务局", reason="非本单位职责", materials=["三定方案", "权责清单"]),
        [TWO_MATERIALS],
        None,
    )


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (Instruct(), "批示内容"),
        (Progress(unit="水务局"), "进展情况"),
        (ExplainOverdue(unit="水务局"), "逾期原因"),
    ],
)
def test_a_text_that_lacks_is_called_what_its_form_calls_it(command: Order, words: str) -> None:
    with pytest.raises(Rejected) as refused:
        demand(command, ("text",), "text_required", ("QS-6",))
    assert refused.value.message_zh == f"缺少：{words}。请补充后重新提交。"
