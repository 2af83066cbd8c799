"""Every setting of Jiesu, read from environment variables that begin with `JIESU_`, or from a `.env` file."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from ops.errors import OperationFailed

DATABASE_NAME = "jiesu"
DATABASE_ROLE = "jiesu"


def default_data_dir() -> Path:
    """Where the embedded engines keep their files unless JIESU_DATA_DIR says otherwise.

    Root gets /var/lib/jiesu, because Postgres then runs as another user, who cannot enter root's home.
    """
    if os.geteuid() == 0:
        return Path("/var/lib/jiesu")
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base) / "jiesu"


class Settings(BaseSettings):
    """Settings by name: the field `database_url` is the variable `JIESU_DATABASE_URL`."""

    model_config = SettingsConfigDict(
        env_prefix="JIESU_", env_file=".env", env_ignore_empty=True, extra="ignore"
    )

    data_dir: Path = Field(
        default_factory=default_data_dir, description="Folder of the embedded engines, the keys and the logs."
    )

    host: str = Field("127.0.0.1", description="Address the API listens on.")
    port: int = Field(8000, ge=1, le=65535, description="Port of the API.")
    public_url: str | None = Field(
        None,
        description="Address people reach the API under; default from host and port. Without it messages to "
        "citizens carry no link.",
    )

    database_url: str | None = Field(None, description="An existing Postgres; unset means the embedded one.")
    postgres_port: int = Field(5433, ge=1, le=65535, description="Port of the embedded Postgres.")
    postgres_user: str | None = Field(
        None,
        description="System user of the embedded Postgres when root starts it; default postgres or nobody.",
    )
    database_pool_size: int = Field(10, ge=1, description="Database connections a process keeps open.")

    temporal_address: str | None = Field(
        None, description="An existing Temporal; unset means the embedded one."
    )
    temporal_port: int = Field(7233, ge=1, le=65535, description="Port of the embedded Temporal.")
    temporal_ui_port: int = Field(
        8233, ge=1, le=65535, description="Port of the embedded Temporal's web page."
    )
    temporal_namespace: str = Field("jiesu", min_length=1, description="Temporal namespace.")
    temporal_tls: bool = Field(False, description="Speak TLS to Temporal.")
    temporal_retention_days: int = Field(
        90, ge=1, description="Days Temporal keeps the history of an ended workflow."
    )
    temporal_synchronous: Literal["normal", "full"] = Field(
        "normal",
        description="SQLite synchronous mode of the embedded Temporal; `full` also survives a power cut.",
    )
    task_queue: str = Field(
        "jiesu", min_length=1, description="Temporal task queue of workflows and activities."
    )

    max_cached_workflows: int = Field(1000, ge=0, description="Workflows a worker keeps in memory.")
    max_concurrent_workflow_tasks: int = Field(
        40, ge=1, description="Workflow tasks a worker works on at the same time."
    )
    max_concurrent_activities: int = Field(
        50, ge=1, description="Activities a worker works on at the same time."
    )
    graceful_shutdown_seconds: float = Field(
        10.0,
        ge=0,
        description="Seconds a stopping worker gives its activities, and a stopping API what it is asked.",
    )
    workflow_sandbox: bool = Field(
        False,
        description="Run workflows in Temporal's sandbox, which finds code that a replay would not repeat; "
        "a worker then needs about a third more processor time. Tests and replays always do.",
    )
    worker_build_id: str | None = Field(
        None,
        description="Name of this build where Temporal is to route work by worker version; open tickets move "
        "on to the current version at once. Unset: any worker of the task queue takes any ticket.",
    )
    metrics_address: str | None = Field(
        None, description="host:port of the worker's Prometheus metrics; unset: none."
    )

    traces: str | None = Field(
        None,
        pattern=r"^(file|https?://.+)$",
        description="Where traces of API and worker go: `file` (a line of JSON a span, beside the logs) "
        "or the address of an OTLP/HTTP collector (http://collector:4318/v1/traces); unset: none. They hold "
        "routes, statuses, durations and ids, nothing that was asked or said.",
    )

    payload_key_file: Path | None = Field(
        None,
        description="Keys of Temporal payloads and stored texts; default keys.json in the data folder.",
    )
    payload_cipher: Literal["aes-gcm", "sm4-gcm"] = Field("aes-gcm", description="Cipher of new payloads.")

    policy: str = Field(
        "jingchuan", min_length=1, description="Policy new tickets run under: a file name in policies/."
    )
    policy_dir: Path | None = Field(None, description="Folder of policy files; default those shipped.")
    allow_lapsed_policy: bool = Field(
        False,
        description="Accept tickets under a policy that has lapsed or is a draft (demonstrations, tests).",
    )

    development_identities: bool = Field(
        False,
        description="Believe the headers X-Jiesu-Role, -Unit and -Actor of anybody. For development alone.",
    )
    session_idle_minutes: int = Field(
        30, ge=1, description="Minutes without a request after which a login ends."
    )
    session_hours: int = Field(12, ge=1, description="Hours after which a login ends in any case.")
    require_second_factor: bool = Field(
        True, description="Administrators must show a code of their authenticator."
    )
    attachment_store: str | None = Field(
        None,
        description="URL of the store of attachments (s3://bucket/folder, file:///folder); default a folder "
        "of the data folder. What lies there is encrypted.",
    )
    retention_days: int = Field(
        1095,
        ge=30,
        description="Days after a ticket's end for which it keeps who called and what was written; then "
        "`jiesu retention --apply` erases them.",
    )
    units_see_callers: Literal["never", "after_signing"] = Field(
        "after_signing",
        description="Whether handling units may be shown a caller's details, for a purpose and on record: "
        "once they have signed, or never (the office calls for them).",
    )
    oidc_issuer: str | None = Field(
        None, description="Address of an OpenID provider people may log in with; unset: passwords only."
    )
    oidc_client_id: str | None = Field(None, description="Client id at the OpenID provider.")
    oidc_client_secret_file: Path | None = Field(
        None, description="File with the client secret at the OpenID provider."
    )
    oidc_login_claim: str = Field(
        "preferred_username",
        min_length=1,
        description="Claim of the OpenID provider that holds the login name of an account here.",
    )

    demonstration: bool | None = Field(
        None,
        description="Whether `jiesu up` fills an empty directory with the demonstration county; "
        "default: in the embedded database only.",
    )

    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Least level that is logged."
    )

    @field_validator("data_dir", "payload_key_file", "policy_dir", "oidc_client_secret_file", mode="after")
    @classmethod
    def _absolute(cls, path: Path | None) -> Path | None:
        return None if path is None else path.expanduser().absolute()

    @field_validator("database_url", mode="after")
    @classmethod
    def _asyncpg_url(cls, url: str | None) -> str | None:
        if url is None or url.startswith("postgresql+asyncpg://"):
            return url
        for scheme in ("postgresql://", "postgres://"):
            if url.startswith(scheme):
                return "postgresql+asyncpg://" + url.removeprefix(scheme)
        raise ValueError("must begin with postgresql://")

    @property
    def password_file(self) -> Path:
        """File (mode 0600) with the password of the embedded Postgres."""
        return self.data_dir / "postgres.password"

    @property
    def demonstration_password_file(self) -> Path:
        """File (mode 0600) with the password of the demonstration's people."""
        return self.data_dir / "demonstration.password"

    @property
    def key_file(self) -> Path:
        """File (mode 0600) with the payload and text keys."""
        return self.payload_key_file or self.data_dir / "keys.json"

    @property
    def logs_dir(self) -> Path:
        """Folder with a log file for each process that `jiesu up` runs."""
        return self.data_dir / "logs"

    @property
    def temporal_target(self) -> str:
        """host:port of the Temporal frontend to talk to."""
        return self.temporal_address or f"127.0.0.1:{self.temporal_port}"

    @property
    def api_url(self) -> str:
        """Address of the API, without a slash at the end."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def site(self) -> str | None:
        """Address that citizens reach the installation under, if it has one; no slash at the end."""
        return None if self.public_url is None else self.public_url.rstrip("/")

    def welcome_url(self, link: str) -> str:
        """Address at which the holder of a one-time link sets a password."""
        return f"{self.api_url}/welcome/{link}"

    def database_target(self) -> str:
        """SQLAlchemy URL (asyncpg) of the database: JIESU_DATABASE_URL, or the embedded server.

        Raises OperationFailed if neither is there.
        """
        if self.database_url is not None:
            return self.database_url
        try:
            password = self.password_file.read_text().strip()
        except FileNotFoundError:
            raise OperationFailed(
                f"no database: {self.data_dir} holds none; run `jiesu up` first, or set JIESU_DATABASE_URL"
            ) from None
        except OSError as error:
            raise OperationFailed(f"cannot read {self.password_file}: {error.strerror}") from error
        return embedded_database_url(password, self.postgres_port)


def embedded_database_url(password: str, port: int, database: str = DATABASE_NAME) -> str:
    """SQLAlchemy URL (asyncpg) of a database on the embedded Postgres server."""
    return f"postgresql+asyncpg://{DATABASE_ROLE}:{quote(password, safe='')}@127.0.0.1:{port}/{database}"


@lru_cache(maxsize=1)
def load_settings() -> Settings:
    """The settings of this process, read once. Raises OperationFailed that names each wrong variable."""
    try:
        return Settings()
    except ValidationError as error:
        faults = (
            f"JIESU_{'.'.join(map(str, e['loc'])).upper()}: {e['msg']}"
            for e in error.errors(include_input=False)
        )
        raise OperationFailed("; ".join(faults)) from None
