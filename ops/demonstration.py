"""The demonstration county: units, people and tickets to try Jiesu with."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import text

from ops.database import create_engine
from ops.errors import OperationFailed
from ops.settings import Settings

DEMONSTRATION = Path(__file__).with_name("demo") / "county.yaml"


def is_wanted(settings: Settings) -> bool:
    """Whether this installation shows the demonstration county: by default on the embedded database only."""
    return settings.database_url is None if settings.demonstration is None else settings.demonstration


def takes_lapsed_policies(settings: Settings) -> bool:
    """Whether tickets are opened under a policy that is no law: by the settings, or in a demonstration."""
    said = "allow_lapsed_policy" in settings.model_fields_set
    return settings.allow_lapsed_policy if said else is_wanted(settings)


def api_environment(settings: Settings) -> dict[str, str]:
    """The API's environment: a demonstration takes in tickets under a policy that is no longer law.

    What the settings say of lapsed policies themselves stays as they say it.
    """
    if takes_lapsed_policies(settings):
        return {**os.environ, "JIESU_ALLOW_LAPSED_POLICY": "true"}
    return dict(os.environ)


def load_if_empty(settings: Settings, say: Callable[[str], None]) -> bool:
    """Loads the demonstration county into a directory without units, unless settings say not to.

    Whether it did. Raises OperationFailed if it cannot be loaded.
    """
    if not is_wanted(settings) or not asyncio.run(_directory_is_empty(settings)):
        return False
    say("Loading the demonstration county …")
    _run("load", str(DEMONSTRATION))
    _run("demonstrate")
    say("Loaded the demonstration county.")
    return True


def _run(*command: str) -> None:
    """Runs a `jiesu` command in a process of its own, whose progress shows on this terminal."""
    doing = [sys.executable, "-m", "ops.cli", *command]
    if subprocess.run(doing, stdout=subprocess.DEVNULL, check=False).returncode != 0:
        raise OperationFailed("the demonstration county cannot be loaded")


async def _directory_is_empty(settings: Settings) -> bool:
    engine = create_engine(settings.database_target())
    try:
        async with engine.connect() as connection:
            return not await connection.scalar(text("SELECT EXISTS (SELECT FROM unit)"))
    finally:
        await engine.dispose()
