"""Temporal's side of a schema: the namespace, how long it keeps histories, the search attributes."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from time import monotonic

from google.protobuf.duration_pb2 import Duration
from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.namespace.v1 import NamespaceConfig
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import (
    DescribeNamespaceRequest,
    DescribeTaskQueueRequest,
    RegisterNamespaceRequest,
    UpdateNamespaceRequest,
)
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from models import search_attributes
from ops.errors import OperationFailed
from ops.settings import Settings

_NAMESPACE_SECONDS = 30.0


async def connect_plainly(settings: Settings) -> Client:
    """A client without codec or metrics, for what concerns the server and not the workflows.

    Raises OperationFailed if the server cannot be reached.
    """
    try:
        return await Client.connect(
            settings.temporal_target,
            namespace=settings.temporal_namespace,
            tls=settings.temporal_tls,
            connect_timeout=timedelta(seconds=5),
        )
    except RuntimeError as error:
        raise OperationFailed(f"Temporal at {settings.temporal_target} does not answer") from error


async def prepare_namespace(settings: Settings) -> None:
    """Makes the namespace and its search attributes if they are missing, and sets its retention.

    Doing it again changes nothing. Raises OperationFailed if the server cannot be reached, RPCError if it
    refuses.
    """
    client = await connect_plainly(settings)
    retention = Duration(seconds=settings.temporal_retention_days * 86400)
    try:
        found = await client.workflow_service.describe_namespace(
            DescribeNamespaceRequest(namespace=client.namespace)
        )
    except RPCError as error:
        if error.status != RPCStatusCode.NOT_FOUND:
            raise
        await client.workflow_service.register_namespace(
            RegisterNamespaceRequest(
                namespace=client.namespace,
                description="Jiesu: casework of a government service hotline",
                workflow_execution_retention_period=retention,
            )
        )
    else:
        if found.config.workflow_execution_retention_ttl != retention:
            await client.workflow_service.update_namespace(
                UpdateNamespaceRequest(
                    namespace=client.namespace,
                    config=NamespaceConfig(workflow_execution_retention_ttl=retention),
                )
            )
    await _register_search_attributes(client)


async def _register_search_attributes(client: Client) -> None:
    """A cluster learns of a new namespace some seconds after it was made, and denies it until then."""
    deadline = monotonic() + _NAMESPACE_SECONDS
    while True:
        try:
            return await search_attributes.register(client)
        except RPCError as error:
            if error.status != RPCStatusCode.NOT_FOUND or monotonic() > deadline:
                raise
        await asyncio.sleep(0.5)


async def poller_identities(settings: Settings) -> set[str]:
    """Identities (`pid@host` by default) of the workers that asked the task queue for work lately."""
    client = await connect_plainly(settings)
    described = await client.workflow_service.describe_task_queue(
        DescribeTaskQueueRequest(
            namespace=client.namespace,
            task_queue=TaskQueue(name=settings.task_queue),
            task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
        )
    )
    return {poller.identity for poller in described.pollers}
