"""The Temporal namespace is made, kept as the settings say, and looked at."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest

from models import search_attributes
from ops.embedded_temporal import EmbeddedTemporal
from ops.errors import OperationFailed
from ops.ports import free_port
from ops.settings import Settings
from ops.temporal_namespace import connect_plainly, poller_identities, prepare_namespace


def _settings(temporal_server: EmbeddedTemporal, tmp_path: Path, **changes: object) -> Settings:
    named = {"temporal_address": temporal_server.address, "temporal_namespace": f"office-{uuid4()}"}
    return Settings.model_validate({"data_dir": tmp_path, **named, **changes})


async def test_a_missing_namespace_is_made_with_retention_and_search_attributes(
    temporal_server: EmbeddedTemporal, tmp_path: Path
) -> None:
    settings = _settings(temporal_server, tmp_path, temporal_retention_days=40)
    await prepare_namespace(settings)

    client = await connect_plainly(settings)
    found = await client.workflow_service.describe_namespace(
        DescribeNamespaceRequest(namespace=client.namespace)
    )
    assert found.config.workflow_execution_retention_ttl.seconds == 40 * 86400
    assert await search_attributes.faults(client) == []


async def test_a_changed_retention_reaches_a_namespace_that_is_there(
    temporal_server: EmbeddedTemporal, tmp_path: Path
) -> None:
    settings = _settings(temporal_server, tmp_path)
    await prepare_namespace(settings)
    changed = settings.model_copy(update={"temporal_retention_days": 365})
    await prepare_namespace(changed)

    client = await connect_plainly(changed)
    found = await client.workflow_service.describe_namespace(
        DescribeNamespaceRequest(namespace=client.namespace)
    )
    assert found.config.workflow_execution_retention_ttl.seconds == 365 * 86400


async def test_a_queue_that_nobody_works_on_has_no_pollers(
    temporal_server: EmbeddedTemporal, tmp_path: Path
) -> None:
    settings = _settings(temporal_server, tmp_path, task_queue=str(uuid4()))
    await prepare_namespace(settings)
    assert await poller_identities(settings) == set()


async def test_a_server_that_is_away_is_named(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, temporal_address=f"127.0.0.1:{free_port()}")
    with pytest.raises(OperationFailed, match=r"Temporal at 127\.0\.0\.1:\d+ does not answer"):
        await prepare_namespace(settings)
