"""The list of all settings for docs/settings.md, made from the settings themselves.

.venv/bin/python -m ops.settings_manual > docs/settings.md
"""

from __future__ import annotations

from typing import Final

from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from ops.message_settings import MessageSettings
from ops.settings import Settings

GROUPS: Final[tuple[tuple[str, type[BaseSettings]], ...]] = (
    ("Parts, engines, keys, policy", Settings),
    ("Messages", MessageSettings),
)

_HEAD = """# Settings

Made from the code by `python -m ops.settings_manual`; a test holds it to that.

Settings are environment variables, or lines of a file `.env` in the folder where a command is run. An empty
one is as good as none. A wrong one is named on stderr, and the command ends with exit code 2.
"""


def manual() -> str:
    """The page, ending with a newline."""
    parts = [_HEAD]
    for title, settings in GROUPS:
        rows = [_row(settings, name, field) for name, field in settings.model_fields.items()]
        parts.append(
            "\n".join([f"## {title}\n", "| variable | default | meaning |", "|---|---|---|", *rows, ""])
        )
    return "\n".join(parts)


def _row(settings: type[BaseSettings], name: str, field: FieldInfo) -> str:
    variable = f"{settings.model_config.get('env_prefix', '')}{name}".upper()
    return f"| `{variable}` | {_default(name, field)} | {field.description} |"


def _default(name: str, field: FieldInfo) -> str:
    if name == "data_dir":
        return "`/var/lib/jiesu` for root, else `~/.local/share/jiesu`"
    value = field.get_default(call_default_factory=False)
    if value is None or value in ("", ()):
        return ""
    if isinstance(value, tuple):
        return f"`{','.join(_text(item) for item in value)}`"
    return f"`{_text(value)}`"


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return (
        f"{value:%H:%M}"
        if hasattr(value, "hour")
        else f"{value:g}"
        if isinstance(value, float)
        else str(value)
    )


if __name__ == "__main__":
    print(manual(), end="")
