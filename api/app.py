"""The application: routers, errors, limits, and the connections they work with."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from opentelemetry.sdk.trace import TracerProvider
from starlette.middleware.gzip import GZipMiddleware

from api import cookies, problems, welcome
from api.asking import PREFIX
from api.citizen import pages as citizen
from api.codec_access import for_operators
from api.limits import BodyLimits
from api.permissions import guard, leave_open
from api.problems import ProblemDetails
from api.routers import (
    accounts,
    attachments,
    calendar_notices,
    commands,
    directory,
    duty,
    events,
    exports,
    foresight,
    health,
    knowledge,
    law,
    people,
    privacy,
    seat,
    session,
    statistics,
    supervisions,
    taking_calls,
    tickets,
)
from api.security_headers import SecurityHeaders
from api.services.parts import Parts, assemble
from api.webhooks import messages
from ops import tracing
from ops.codec import EncryptingCodec
from ops.codec_server import codec_server
from ops.database import create_engine
from ops.garbage import spare_what_stays
from ops.settings import Settings, load_settings
from ops.temporal_client import connect, key_ring

VERSION = "1.0"
TAGS = (
    *("工单", "操作", "督办", "单位", "受理", "通知", "坐席"),
    *("值班", "统计", "办法", "知识库", "附件", "导出", "隐私", "登录", "账号", "运行"),
)
CONSOLE = Path(__file__).with_name("console")
"""Where the build of the console is; a checkout that was never installed has none."""

_ABOUT = """
12345 政务服务便民热线工单接口。

- **身份**：人员登录（`POST /api/v1/session`），由 Cookie 表明身份，非 GET 请求须在 `X-Jiesu-CSRF` 中
  带上登录时得到的值；外部系统在 `Authorization: Bearer` 中带访问令牌。
  担任多个角色的，用 `X-Jiesu-Role` 选择。
- **操作**：`POST /api/v1/tickets/{no}/{操作}`，带 `Idempotency-Key`。重试时用同一编号，操作只办理一次。
- **时间**：ISO 8601，带时区。操作按系统收到的时间计算，不由调用方填写。
- **错误**：`application/problem+json`（RFC 9457），`code` 不变，`detail` 一句话说明，`basis` 为所依据的条文。
"""


def create_app(settings: Settings | None = None, connected: Callable[[], Parts] | None = None) -> FastAPI:
    """The application for these settings, by default the process's own.

    `connected` gives connections that are there already, whenever it is started; without it makes its own.
    Raises OperationFailed for settings or keys that cannot be read. Engines that are away are no error here.
    """
    settings = settings or load_settings()
    ring = connected().ring if connected else key_ring(settings)
    problems.keep_words_out_of_logs()
    traces = tracing.start(settings, "api")
    app = FastAPI(
        title="接诉 Jiesu",
        version=VERSION,
        description=_ABOUT,
        lifespan=_lifespan(settings, connected, traces),
        telemetry=tracing.of_requests(traces),
        openapi_tags=[{"name": name} for name in TAGS],
    )
    problems.install(app)
    app.add_middleware(BodyLimits, prefix=PREFIX)
    app.add_middleware(SecurityHeaders, tls=cookies.has_tls(settings))
    app.add_middleware(GZipMiddleware, minimum_size=2048, compresslevel=5)
    work = (tickets, foresight, commands, supervisions, taking_calls, directory, people, seat, duty)
    beside = (statistics, law, events, session, accounts, privacy, attachments, exports)
    for guarded in (*work, *beside, knowledge, calendar_notices):
        guard(app, guarded.router)
    for open_to_all in (health.router, session.open_router):
        leave_open(app, open_to_all)
    # These know by secrets of their own who asks.
    for other in (messages.router, welcome.router, citizen.router):
        app.include_router(other)
    origins = [f"http://{host}:{settings.temporal_ui_port}" for host in ("127.0.0.1", "localhost")]
    if CONSOLE.is_dir():
        app.frontend("/console", directory=CONSOLE)
    app.mount(
        "/codec", codec_server(EncryptingCodec(ring), origins=origins, authorize=for_operators(app, settings))
    )
    _describe_problems(app)
    return app


def _lifespan(
    settings: Settings, connected: Callable[[], Parts] | None, traces: TracerProvider | None
) -> Any:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        if connected is not None:
            app.state.parts = parts = connected()
            async with parts.delivery.hearing.listening():
                yield
            return
        ring = key_ring(settings)
        engine = create_engine(settings.database_target(), pool_size=settings.database_pool_size)
        client = await connect(settings, ring=ring, lazy=True, traces=traces)
        app.state.parts = own = assemble(settings, engine, client, ring)
        async with own.delivery.hearing.listening():
            spare_what_stays()
            yield
        await engine.dispose()
        if traces is not None:
            traces.shutdown()

    return lifespan


def _describe_problems(app: FastAPI) -> None:
    """Put the model of errors into the description, and ours in the place of FastAPI's own."""
    made = app.openapi

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = _with_our_problems(made())
            schemas = document["components"]["schemas"]
            own = ProblemDetails.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas.update(own.pop("$defs", {}))
            schemas["ProblemDetails"] = own
            for unused in ("HTTPValidationError", "ValidationError"):
                schemas.pop(unused, None)
            app.openapi_schema = document
        return app.openapi_schema or {}

    app.openapi = described  # type: ignore[method-assign]


def _with_our_problems(document: dict[str, Any]) -> dict[str, Any]:
    """Where an operation names no answer of its own for a malformed request, ours stands for FastAPI's."""
    written = json.dumps(document, ensure_ascii=False)
    ours: dict[str, Any] = json.loads(
        written.replace("schemas/HTTPValidationError", "schemas/ProblemDetails")
    )
    return ours
