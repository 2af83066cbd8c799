"""Traces tell how long what took, from the request into the workflow; never what was asked or said."""

import json

import httpx2
import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode
from sqlalchemy.ext.asyncio import AsyncEngine

from api.app import create_app
from ops import tracing
from ops.settings import Settings
from ops.temporal_client import connect, key_ring
from ops.tracing import KEPT, Discreet
from tests.hotline import Hotline, found_units, number_apart, working

WATER = "水务局"
SAID = "自来水浑浊"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The installation's settings, with traces."""
    return settings.model_copy(update={"traces": "file"})


async def test_a_command_is_followed_from_the_client_into_workflow_and_activity(
    settings: Settings, engine: AsyncEngine
) -> None:
    ring = key_ring(settings)
    await number_apart(engine)
    await found_units(engine, ring, WATER)
    traces = tracing.start(settings, "worker")
    assert traces is not None
    client = await connect(settings, ring=ring, traces=traces)
    hotline: Hotline
    async with working(settings, engine, client, ring) as hotline:
        no = await hotline.ticket()
        await hotline.done(no, "dispatch", lead=WATER)
    traces.shutdown()
    written = (settings.logs_dir / "traces-worker.jsonl").read_text(encoding="utf-8")
    spans = [json.loads(line) for line in written.splitlines()]
    asked = next(one for one in spans if one["name"] == "StartWorkflowUpdate:dispatch")
    handled = next(one for one in spans if one["name"] == "HandleUpdate:dispatch")
    recorded = next(one for one in spans if one["name"] == "RunActivity:record")
    assert asked["context"]["span_id"] in {one["context"]["span_id"] for one in handled["links"]}
    assert recorded["attributes"]["temporalWorkflowID"] == f"ticket-{no}"
    assert SAID not in written
    assert WATER not in written
    assert {name for one in spans for name in one["attributes"]} <= KEPT


async def test_a_request_is_told_by_its_route_alone(settings: Settings) -> None:
    app = create_app(settings)
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as http:
        baggage = {"baggage": f"who={SAID.encode().hex()}"}
        answer = await http.get("/api/v1/tickets/T13800138000?q=王芳", headers=baggage)
        assert answer.status_code >= 400
        await http.get("/citizen/t/AbCdEfGhIjKl")
    async with app.router.lifespan_context(app):
        pass
    written = (settings.logs_dir / "traces-api.jsonl").read_text(encoding="utf-8")
    spans = [json.loads(line) for line in written.splitlines()]
    assert {one["name"] for one in spans} >= {"GET /api/v1/tickets/{no}", "GET /citizen/t/{token}"}
    for word in ("13800138000", "王芳", "%E7%8E%8B", "AbCdEfGhIjKl", SAID.encode().hex()):
        assert word not in written


def test_what_libraries_add_to_a_span_stays_behind() -> None:
    kept = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(Discreet(kept)))
    tracer = provider.get_tracer("test")
    said = {"url.query": SAID, "http.route": "/tickets"}
    with pytest.raises(ValueError, match=SAID), tracer.start_as_current_span("work", attributes=said):
        raise ValueError(SAID)
    (told,) = kept.get_finished_spans()
    assert SAID not in told.to_json()
    assert dict(told.attributes or {}) == {"http.route": "/tickets"}
    assert told.status.status_code is StatusCode.ERROR


def test_without_the_setting_nothing_is_traced_whatever_the_environment_says(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FASTAPI_OTEL_AUTO_CONFIGURE", "true")
    quiet = settings.model_copy(update={"traces": None})
    assert tracing.start(quiet, "api") is None
    told = tracing.of_requests(None)
    assert not any((told["tracing"], told["metrics"], told["logs"], told["auto_configure"]))
