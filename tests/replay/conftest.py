"""The fixtures of the workflow tests: a worker on the real servers."""

from tests.workflows.conftest import client, engine, office, ring, settings

__all__ = ["client", "engine", "office", "ring", "settings"]
