"""The database schema: brought up to date, and asked what it is."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory


def alembic_config(database_url: str) -> Config:
    """Alembic's configuration without a file: the scripts of `migrations`, run on `database_url`."""
    config = Config()
    config.set_main_option("script_location", str(_scripts()))
    config.set_main_option("sqlalchemy.url", database_url.replace("%", "%%"))
    return config


def upgrade(database_url: str) -> None:
    """Brings the schema to the newest revision. Runs a loop of its own: not to be called inside one."""
    command.upgrade(alembic_config(database_url), "head")


def newest_revision() -> str | None:
    """The revision that this version of the program wants."""
    return ScriptDirectory(str(_scripts())).get_current_head()


def _scripts() -> Path:
    spec = find_spec("migrations")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("the package migrations is not installed")
    return Path(spec.submodule_search_locations[0])
