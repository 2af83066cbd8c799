"""Tasks beside each other that fail are told to the operator as one failure."""

import asyncio

import pytest

from ops.errors import OperationFailed, failing_as_one


async def fail(error: Exception) -> None:
    raise error


async def beside_each_other(*errors: Exception) -> None:
    with failing_as_one("Run it again."):
        async with asyncio.TaskGroup() as tasks:
            for error in errors:
                tasks.create_task(fail(error))


async def test_the_first_failure_is_told_by_itself() -> None:
    with pytest.raises(OperationFailed, match=r"^the API is away Run it again\.$"):
        await beside_each_other(OperationFailed("the API is away"), OperationFailed("the API is still away"))


async def test_a_fault_among_failures_is_not_hidden() -> None:
    with pytest.raises(ExceptionGroup) as told:
        await beside_each_other(OperationFailed("the API is away"), ZeroDivisionError())
    assert told.value.subgroup(ZeroDivisionError) is not None
