"""The catalogue of matters: what a demand is about, in three levels, and what to ask about it."""

from collections.abc import Sequence
from functools import cache
from importlib import resources

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter


class Category(BaseModel):
    """A kind of matter.

    `asks`: what whoever takes the demand down should have asked. `words`: a demand that says one of them may
    be of this kind. A ticket names its category by the path, `城乡建设/供水/停水`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str
    asks: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    children: tuple["Category", ...] = ()


@cache
def categories() -> Sequence[Category]:
    """The first level of the catalogue that comes with Jiesu."""
    written = (resources.files("policies.matters") / "catalogue.yaml").read_text("utf-8")
    return TypeAdapter(tuple[Category, ...]).validate_python(yaml.safe_load(written))
