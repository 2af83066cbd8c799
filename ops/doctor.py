"""`jiesu doctor`: looks at each part from outside and says whether it is fine, or what to do."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import httpx2
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, GetSystemInfoRequest
from temporalio.client import Client
from temporalio.service import RPCError

from models import search_attributes
from ops import migrate
from ops.database import create_engine
from ops.demonstration import takes_lapsed_policies
from ops.errors import OperationFailed
from ops.keyring import KeyFile, KeyRingError
from ops.settings import Settings
from ops.temporal_namespace import connect_plainly, poller_identities
from policies.loading import PolicyError, lapsed, load_policy

_OLDEST_POSTGRES = 150000
CHINA: Final = ZoneInfo("Asia/Shanghai")
_START = "start it with `jiesu up`"


@dataclass(frozen=True)
class Finding:
    """One thing looked at. `text` says what was found, and if that is not fine, what to do."""

    part: str
    fine: bool
    text: str


async def examine(settings: Settings) -> AsyncIterator[Finding]:
    """Every finding, part after part. Raises nothing that a broken part could cause."""
    yield _data_folder(settings)
    yield _keys(settings.key_file)
    for findings in (_database(settings), _temporal(settings)):
        async for finding in findings:
            yield finding
    yield await _api(settings)
    yield _policy(settings)


def _data_folder(settings: Settings) -> Finding:
    folder = settings.data_dir
    if settings.database_url is not None and settings.temporal_address is not None and not folder.exists():
        return Finding("data folder", True, "not needed: both engines are named in the settings")
    if not os.access(folder, os.W_OK | os.X_OK):
        return Finding(
            "data folder", False, f"{folder} cannot be written; make it writable or set JIESU_DATA_DIR"
        )
    return Finding("data folder", True, str(folder))


def _keys(file: Path) -> Finding:
    try:
        ring = KeyFile(file)()
    except (KeyRingError, OSError) as error:
        return Finding("keys", False, f"{error}; `jiesu up` makes a first key ring")
    return Finding("keys", True, f"{file}, active {ring.active} of {len(ring.keys)}")


async def _database(settings: Settings) -> AsyncIterator[Finding]:
    try:
        url = settings.database_target()
    except OperationFailed as error:
        yield Finding("Postgres", False, str(error))
        return
    place = make_url(url)
    where = f"{place.host}:{place.port or 5432}/{place.database}"
    engine = create_engine(url)
    try:
        async with engine.connect() as connection:
            yield await _server(connection, where)
            yield await _schema(connection)
            yield await _directory(connection)
    except (OSError, DBAPIError) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        yield Finding("Postgres", False, f"{where}: {cause}; {_START}, or set JIESU_DATABASE_URL")
    finally:
        await engine.dispose()


async def _server(connection: AsyncConnection, where: str) -> Finding:
    row = (
        await connection.execute(text("SELECT current_setting('server_version_num')::int, version()"))
    ).one()
    version = str(row[1]).split(" on ")[0]
    if row[0] < _OLDEST_POSTGRES:
        return Finding(
            "Postgres", False, f"{where}: {version} is too old; Jiesu needs PostgreSQL 15 or newer"
        )
    return Finding("Postgres", True, f"{where}, {version}")


async def _schema(connection: AsyncConnection) -> Finding:
    newest = migrate.newest_revision()
    there = await connection.scalar(text("SELECT to_regclass('alembic_version')"))
    revision = await connection.scalar(text("SELECT version_num FROM alembic_version")) if there else None
    if revision != newest:
        return Finding(
            "schema", False, f"revision {revision or 'none'}, wanted {newest}: run `jiesu migrate`"
        )
    return Finding("schema", True, f"revision {revision}")


async def _directory(connection: AsyncConnection) -> Finding:
    if not await connection.scalar(text("SELECT to_regclass('unit')")):
        return Finding("directory", False, "there are no tables yet: run `jiesu migrate`")
    units = await connection.scalar(text("SELECT count(*) FROM unit WHERE active"))
    if not units:
        return Finding("directory", False, "no unit that a ticket could go to: run `jiesu load FILE.yaml`")
    people = await connection.scalar(text("SELECT count(*) FROM person WHERE active"))
    return Finding("directory", True, f"{units} units, {people} people")


async def _temporal(settings: Settings) -> AsyncIterator[Finding]:
    try:
        client = await connect_plainly(settings)
        information = await client.workflow_service.get_system_info(GetSystemInfoRequest())
    except (OperationFailed, RPCError) as error:
        yield Finding("Temporal", False, f"{error}; {_START}, or set JIESU_TEMPORAL_ADDRESS")
        return
    yield Finding("Temporal", True, f"{settings.temporal_target}, server {information.server_version}")
    try:
        yield await _namespace(client, settings)
        yield await _search_attributes(client)
        yield await _workers(settings)
    except RPCError as error:
        yield Finding("namespace", False, f"{client.namespace}: {error.message}; run `jiesu migrate`")


async def _namespace(client: Client, settings: Settings) -> Finding:
    described = await client.workflow_service.describe_namespace(
        DescribeNamespaceRequest(namespace=client.namespace)
    )
    days = described.config.workflow_execution_retention_ttl.seconds // 86400
    if days != settings.temporal_retention_days:
        return Finding(
            "namespace",
            False,
            f"{client.namespace} keeps histories {days} days, the setting says "
            f"{settings.temporal_retention_days}: run `jiesu migrate`",
        )
    return Finding("namespace", True, f"{client.namespace}, histories kept {days} days")


async def _search_attributes(client: Client) -> Finding:
    faults = await search_attributes.faults(client)
    if faults:
        return Finding("search attributes", False, "; ".join(faults) + ": run `jiesu migrate`")
    return Finding("search attributes", True, ", ".join(key.name for key in search_attributes.ALL))


async def _workers(settings: Settings) -> Finding:
    workers = await poller_identities(settings)
    if not workers:
        return Finding("worker", False, f"nobody works on task queue {settings.task_queue}; {_START}")
    return Finding("worker", True, f"{len(workers)} on task queue {settings.task_queue} lately")


async def _api(settings: Settings) -> Finding:
    address = f"{settings.api_url}/openapi.json"
    try:
        async with httpx2.AsyncClient(timeout=5) as client:
            response = await client.get(address)
            response.raise_for_status()
    except httpx2.HTTPError as error:
        return Finding("API", False, f"{address}: {error}; {_START}, or set JIESU_PORT or JIESU_PUBLIC_URL")
    return Finding("API", True, f"{settings.api_url}, version {response.json()['info']['version']}")


def _policy(settings: Settings) -> Finding:
    """The policy tickets are opened under, and why it is not law today where it is not."""
    folder = settings.policy_dir
    try:
        policy = load_policy(settings.policy if folder is None else str(folder / f"{settings.policy}.yaml"))
    except PolicyError as error:
        return Finding("policy", False, f"{error}; mend the file or set JIESU_POLICY")
    why = lapsed(policy, datetime.now(CHINA).date())
    if why is None:
        return Finding("policy", True, f"{policy.id}, in force")
    if takes_lapsed_policies(settings):
        return Finding(
            "policy", True, f"{policy.id}, NOT IN FORCE ({why}): JIESU_ALLOW_LAPSED_POLICY takes it"
        )
    return Finding(
        "policy",
        False,
        f"{policy.id} is not in force ({why}): no ticket can be opened; set JIESU_POLICY to one that is, "
        "or JIESU_ALLOW_LAPSED_POLICY for a demonstration",
    )


def examine_all(settings: Settings) -> list[Finding]:
    """The findings as a list, for a caller without a loop."""

    async def collect() -> list[Finding]:
        return [finding async for finding in examine(settings)]

    return asyncio.run(collect())
