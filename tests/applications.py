"""The application on given connections, put together once for all who ask it in a test."""

from fastapi import FastAPI

from api.app import create_app
from api.services.parts import Parts

_latest: list[tuple[Parts, FastAPI]] = []


def application(parts: Parts) -> FastAPI:
    """The application on these connections; each browser of a test stands before the same one.

    FastAPI works out what each of its operations takes at the first request, which takes longer than most
    tests.
    """
    if not _latest or _latest[0][0] is not parts:
        _latest[:] = [(parts, create_app(parts.settings, parts))]
    return _latest[0][1]
