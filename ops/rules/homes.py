"""Where the policies rest on a rule: paths into their YAML, such as `jingchuan:clocks.handle.1`."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from importlib import resources
from typing import Any

from policies import yaml_lines
from policies.loading import shipped_policies


def homes() -> dict[str, list[str]]:
    """For each rule id the elements of shipped policies that name it, in the order of the files."""
    found: dict[str, list[str]] = defaultdict(list)
    for policy in shipped_policies():
        source = resources.files("policies") / f"{policy}.yaml"
        for rule, path in _named(yaml_lines.load(source.read_text("utf-8")), ()):
            place = f"{policy}:{'.'.join(path)}"
            if place not in found[rule]:
                found[rule].append(place)
    return dict(found)


def _named(data: Any, path: tuple[str, ...]) -> Iterable[tuple[str, tuple[str, ...]]]:
    if isinstance(data, Mapping):
        for key, value in data.items():
            here = path if key in ("basis", "rules") else (*path, str(key))
            if _names_rules(str(key), value, path):
                yield from ((rule, here) for rule in value)
            else:
                yield from _named(value, (*path, str(key)))
    elif isinstance(data, list):
        for index, item in enumerate(data):
            yield from _named(item, (*path, str(index)))


def _names_rules(key: str, value: Any, path: tuple[str, ...]) -> bool:
    named = key in ("basis", "rules") or key.endswith("_basis") or (path == ("process",) and key == "roles")
    return named and isinstance(value, list)
