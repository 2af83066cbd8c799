"""Traces: which operation took how long in API, Temporal and activities; never what was asked or said.

What leaves a process is named here. Everything else that libraries put on a span stays behind: addresses with
their queries, headers, messages of exceptions.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from fastapi.telemetry import TelemetryConfig
from opentelemetry import propagate
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import (
    BatchSpanProcessor,
    ConsoleSpanExporter,
    SpanExporter,
    SpanExportResult,
)
from opentelemetry.trace import Link, Status
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from ops.errors import OperationFailed

if TYPE_CHECKING:
    from ops.settings import Settings

KEPT: Final = frozenset(
    {
        "http.request.method",
        "http.route",
        "http.response.status_code",
        "error.type",
        "temporalWorkflowID",
        "temporalRunID",
        "temporalUpdateID",
        "temporalActivityID",
    }
)
"""What a span may say of what it stands for: routes without values, statuses, ids."""

TO_FILE: Final = "file"
"""Value of JIESU_TRACES that writes a line of JSON a span beside the logs."""


class Discreet(SpanExporter):
    """Hands spans on with nothing but what may be known of them."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        return self._exporter.export([_without_words(span) for span in spans])

    def shutdown(self) -> None:
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self._exporter.force_flush(timeout_millis)


def start(settings: Settings, part: str) -> TracerProvider | None:
    """The traces of this part (api, worker) of the installation; None where none are wanted.

    Whoever starts them shuts them down. Raises OperationFailed if the file cannot be written.
    """
    if settings.traces is None:
        return None
    # No baggage: what callers put there would travel through Temporal.
    propagate.set_global_textmap(TraceContextTextMapPropagator())
    provider = TracerProvider(resource=Resource.create({"service.name": f"jiesu-{part}"}))
    provider.add_span_processor(BatchSpanProcessor(Discreet(_exporter(settings, settings.traces, part))))
    return provider


def of_requests(provider: TracerProvider | None) -> TelemetryConfig:
    """What FastAPI is told: to trace with ours, or not at all, whatever the environment is set up for."""
    return {
        "tracing": provider is not None,
        "tracer_provider": provider,
        "metrics": False,
        "logs": False,
        "operation_spans": False,
        "auto_configure": False,
    }


def _exporter(settings: Settings, traces: str, part: str) -> SpanExporter:
    if traces != TO_FILE:
        # Imported where it is wanted: it takes a while.
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        return OTLPSpanExporter(endpoint=traces)
    path = settings.logs_dir / f"traces-{part}.jsonl"
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        return ConsoleSpanExporter(out=path.open("a", encoding="utf-8"), formatter=_line)
    except OSError as error:
        raise OperationFailed(f"cannot write {path}: {error.strerror}") from error


def _line(span: ReadableSpan) -> str:
    return str(span.to_json(indent=None)) + "\n"


def _without_words(span: ReadableSpan) -> ReadableSpan:
    attributes: dict[str, Any] = {
        name: value for name, value in (span.attributes or {}).items() if name in KEPT
    }
    return ReadableSpan(
        name=span.name,
        context=span.get_span_context(),
        parent=span.parent,
        resource=span.resource,
        attributes=attributes,
        links=[Link(one.context) for one in span.links],
        kind=span.kind,
        instrumentation_scope=span.instrumentation_scope,
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
    )
