"""The Temporal client as the whole program uses it, on a real server."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from temporalio import workflow
from temporalio.api.operatorservice.v1 import RemoveSearchAttributesRequest
from temporalio.client import Client, WorkflowFailureError
from temporalio.common import SearchAttributePair, TypedSearchAttributes
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from models import search_attributes
from ops.embedded_temporal import EmbeddedTemporal
from ops.errors import OperationFailed
from ops.ports import free_port
from ops.settings import Settings
from ops.temporal_client import connect

MARKER = "PLANTED-13800138000"


@workflow.defn
class Fails:
    """Fails with what must not be readable at the server."""

    @workflow.run
    async def run(self, text: str) -> None:
        raise ApplicationError(f"refused: {text}", {"text": text})


@workflow.defn
class Waits:
    """Waits for ever."""

    @workflow.run
    async def run(self) -> None:
        await workflow.wait_condition(lambda: False)


@pytest.fixture
def settings(tmp_path: Path, temporal_server: EmbeddedTemporal) -> Settings:
    return Settings(
        data_dir=tmp_path,
        temporal_address=temporal_server.address,
        temporal_namespace=temporal_server.namespace,
    )


@pytest.fixture
async def client(settings: Settings) -> AsyncIterator[Client]:
    client = await connect(settings)
    async with Worker(
        client, task_queue="client", workflows=[Fails, Waits], workflow_runner=UnsandboxedWorkflowRunner()
    ):
        yield client


async def test_neither_inputs_nor_failures_are_readable_at_the_server(client: Client) -> None:
    handle = await client.start_workflow(
        Fails.run,
        MARKER,
        id=f"fails-{uuid4()}",
        task_queue="client",
        static_summary=f"summary {MARKER}",
        static_details=f"details {MARKER}",
    )
    with pytest.raises(WorkflowFailureError) as failed:
        await handle.result()
    assert MARKER in str(failed.value.cause)
    history = await handle.fetch_history()
    events = b"".join(event.SerializeToString() for event in history.events)
    assert MARKER.encode() not in events
    assert "refused" not in repr(history.events)
    described = await handle.describe()
    assert await described.static_summary() == f"summary {MARKER}"


async def test_registered_attributes_find_a_workflow(client: Client) -> None:
    await search_attributes.register(client)
    assert await search_attributes.faults(client) == []
    attributes = TypedSearchAttributes(
        [
            SearchAttributePair(search_attributes.JURISDICTION, "county"),
            SearchAttributePair(search_attributes.UNITS, ["水务局", "城关镇"]),
            SearchAttributePair(search_attributes.STATUS, "handling"),
            SearchAttributePair(search_attributes.LAMP, "red"),
            SearchAttributePair(search_attributes.DUE, datetime(2026, 5, 11, 10, tzinfo=UTC)),
        ]
    )
    handle = await client.start_workflow(
        Waits.run, id=f"waits-{uuid4()}", task_queue="client", search_attributes=attributes
    )
    described = await handle.describe()
    assert described.typed_search_attributes[search_attributes.UNITS] == ["水务局", "城关镇"]
    assert described.typed_search_attributes[search_attributes.DUE] == datetime(2026, 5, 11, 10, tzinfo=UTC)
    await handle.terminate()


async def test_a_missing_attribute_is_named_and_put_back(client: Client) -> None:
    await search_attributes.register(client)
    await client.operator_service.remove_search_attributes(
        RemoveSearchAttributesRequest(namespace=client.namespace, search_attributes=["Lamp"])
    )
    assert await search_attributes.faults(client) == ["search attribute Lamp is missing"]
    await search_attributes.register(client)
    assert await search_attributes.faults(client) == []


async def test_a_call_without_answer_ends(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ops.temporal_client.RPC_TIMEOUT", timedelta(milliseconds=300))
    handle = await client.start_workflow(Waits.run, id=f"waits-{uuid4()}", task_queue="nobody-works-here")
    with pytest.raises(RPCError, match=r"(?i)timeout|timed out"):
        await handle.query("anything")
    await handle.terminate()


async def test_a_server_that_is_away_is_an_error_at_once_or_at_the_first_call(tmp_path: Path) -> None:
    away = Settings(data_dir=tmp_path, temporal_address=f"127.0.0.1:{free_port()}")
    with pytest.raises(RuntimeError):
        await connect(away)
    assert (await connect(away, lazy=True)).namespace == "jiesu"


async def test_an_unreadable_key_file_is_one_sentence(settings: Settings) -> None:
    settings.key_file.write_text("{}")
    settings.key_file.chmod(0o644)
    with pytest.raises(OperationFailed, match="open to others"):
        await connect(settings)
