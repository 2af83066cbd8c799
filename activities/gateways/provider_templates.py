"""What a provider calls our templates and our signature.

Providers send only texts that they have approved beforehand, each under a code of their own.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from models.notice_templates import TEMPLATES, Template
from ops.errors import OperationFailed


@dataclass(frozen=True)
class ProviderTemplates:
    """The provider's signature, by name or by code, and its code for each of our templates."""

    sign: str
    codes: Mapping[str, str] = field(default_factory=dict)

    def code(self, template: Template) -> str | None:
        """The provider's code for a template; None while it has approved none."""
        return self.codes.get(template.id)


def read_provider_templates(path: Path, provider: str) -> ProviderTemplates:
    """The entry of one provider in the file: `{"aliyun": {"sign": "…", "templates": {"red": "SMS_1"}}}`.

    Raises OperationFailed that names the file and what is wrong with it.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise OperationFailed(f"cannot read {path}: {error.strerror}") from error
    except ValueError as error:
        raise OperationFailed(f"{path} is no JSON: {error}") from error
    entry = document.get(provider) if isinstance(document, dict) else None
    if not isinstance(entry, dict) or not isinstance(entry.get("sign"), str):
        raise OperationFailed(f"{path}: {provider} needs an entry with its sign")
    return ProviderTemplates(entry["sign"], _codes(path, provider, entry.get("templates", {})))


def _codes(path: Path, provider: str, said: Any) -> dict[str, str]:
    if not isinstance(said, dict) or not all(isinstance(code, str) for code in said.values()):
        raise OperationFailed(f"{path}: {provider}.templates must give a code for each template")
    unknown = sorted(said.keys() - TEMPLATES.keys())
    if unknown:
        raise OperationFailed(f"{path}: {provider}.templates names {', '.join(unknown)}, which do not exist")
    return said


def in_order(template: Template, params: Mapping[str, str]) -> list[str]:
    """The values in the order in which the text names them, for providers that number their variables."""
    values = template.fill(params)
    return [values[name] for name in template.order]
