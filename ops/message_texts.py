"""Our texts in the forms in which providers take them for approval."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from models.notice_templates import TEMPLATES, Template

_FORMS: Mapping[str, Callable[[str, int], str]] = {
    "aliyun": lambda name, _: f"${{{name}}}",
    "tencent": lambda _, place: f"{{{place}}}",
    "cmcc": lambda _, place: f"${{{place}}}",
}
"""How each provider writes a variable, by name or by place (1 is the first)."""


def for_approval(provider: str, site: str | None = None) -> Iterator[str]:
    """A line a template: its id, the text without signature, its variables in order.

    `site` is the address that links to citizens lead to.
    """
    for ours in TEMPLATES.values():
        template = ours.at(site)
        yield f"{template.id}\t{_text(template, provider)}\t{', '.join(template.order)}"


def _text(template: Template, provider: str) -> str:
    form = _FORMS[provider]
    places = {name: form(name, place) for place, name in enumerate(template.order, 1)}
    return template.text.format_map(places)
