"""The one way to a Temporal client: encrypted payloads and failures, a deadline on every call, metrics."""

from dataclasses import replace
from datetime import timedelta
from functools import lru_cache
from typing import Any, TypeVar

from opentelemetry.trace import TracerProvider
from temporalio.client import (
    CancelWorkflowInput,
    Client,
    DescribeWorkflowInput,
    Interceptor,
    OutboundInterceptor,
    QueryWorkflowInput,
    SignalWorkflowInput,
    StartWorkflowInput,
    StartWorkflowUpdateInput,
    TerminateWorkflowInput,
    WorkflowExecutionDescription,
    WorkflowHandle,
    WorkflowUpdateHandle,
)
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import DataConverter, DefaultFailureConverterWithEncodedAttributes
from temporalio.runtime import PrometheusConfig, Runtime, TelemetryConfig
from temporalio.service import GrpcCompression

from ops.codec import EncryptingCodec
from ops.errors import OperationFailed
from ops.keyring import Algorithm, KeyRing, KeyRingError, ring_from_file
from ops.settings import Settings

RPC_TIMEOUT = timedelta(seconds=10)
"""How long one call may take before it counts as unanswered; a caller may set another."""

CONNECT_TIMEOUT = timedelta(seconds=5)

_Input = TypeVar(
    "_Input",
    StartWorkflowInput,
    SignalWorkflowInput,
    QueryWorkflowInput,
    StartWorkflowUpdateInput,
    DescribeWorkflowInput,
    CancelWorkflowInput,
    TerminateWorkflowInput,
)


def key_ring(settings: Settings) -> KeyRing:
    """The ring of this installation, made on first use. Raises OperationFailed when it cannot be read."""
    try:
        return ring_from_file(settings.key_file, Algorithm(settings.payload_cipher))
    except (KeyRingError, OSError) as error:
        raise OperationFailed(str(error)) from error


def data_converter(ring: KeyRing) -> DataConverter:
    """Pydantic models as JSON, compressed and encrypted; error messages and stack traces too."""
    return replace(
        pydantic_data_converter,
        payload_codec=EncryptingCodec(ring),
        failure_converter_class=DefaultFailureConverterWithEncodedAttributes,
    )


async def connect(
    settings: Settings,
    *,
    ring: KeyRing | None = None,
    lazy: bool = False,
    metrics: bool = False,
    traces: TracerProvider | None = None,
) -> Client:
    """A client for the configured server and namespace.

    `lazy` connects at the first call, for a process that must start while Temporal is away; otherwise a
    server that does not answer raises RuntimeError within CONNECT_TIMEOUT. Raises OperationFailed for an
    unreadable key ring. `metrics` serves Prometheus metrics at the configured address: for the worker, as an
    address can be taken only once. `traces` follows calls into workflows and activities.
    """
    return await Client.connect(
        settings.temporal_target,
        namespace=settings.temporal_namespace,
        tls=settings.temporal_tls,
        data_converter=data_converter(ring or key_ring(settings)),
        interceptors=[Deadlines(), *_tracing(traces)],
        connect_timeout=CONNECT_TIMEOUT,
        # What is encrypted does not compress.
        grpc_compression=GrpcCompression.NONE,
        runtime=_runtime(settings.metrics_address if metrics else None),
        lazy=lazy,
    )


def _tracing(traces: TracerProvider | None) -> list[Interceptor]:
    if traces is None:
        return []
    from temporalio.contrib.opentelemetry import TracingInterceptor

    return [TracingInterceptor(traces.get_tracer("jiesu"))]


@lru_cache(maxsize=1)
def _runtime(metrics_address: str | None) -> Runtime:
    """The runtime of this process: it owns threads and a port, so there is one."""
    if metrics_address is None:
        return Runtime.default()
    metrics = PrometheusConfig(
        bind_address=metrics_address, counters_total_suffix=True, durations_as_seconds=True
    )
    return Runtime(telemetry=TelemetryConfig(metrics=metrics))


class Deadlines(Interceptor):
    """Gives every call about a workflow a deadline, so that nobody waits for a server that never answers."""

    def intercept_client(self, next: OutboundInterceptor) -> OutboundInterceptor:
        return _WithDeadline(next)


class _WithDeadline(OutboundInterceptor):
    async def start_workflow(self, input: StartWorkflowInput) -> WorkflowHandle[Any, Any]:
        return await super().start_workflow(_limited(input))

    async def signal_workflow(self, input: SignalWorkflowInput) -> None:
        await super().signal_workflow(_limited(input))

    async def query_workflow(self, input: QueryWorkflowInput) -> Any:
        return await super().query_workflow(_limited(input))

    async def start_workflow_update(self, input: StartWorkflowUpdateInput) -> WorkflowUpdateHandle[Any]:
        return await super().start_workflow_update(_limited(input))

    async def describe_workflow(self, input: DescribeWorkflowInput) -> WorkflowExecutionDescription:
        return await super().describe_workflow(_limited(input))

    async def cancel_workflow(self, input: CancelWorkflowInput) -> None:
        await super().cancel_workflow(_limited(input))

    async def terminate_workflow(self, input: TerminateWorkflowInput) -> None:
        await super().terminate_workflow(_limited(input))


def _limited(input: _Input) -> _Input:
    if input.rpc_timeout is None:
        input.rpc_timeout = RPC_TIMEOUT
    return input
