"""The distributed default is a valid compose file, and every setting it names exists."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from ops.settings import Settings

ROOT = Path(__file__).parents[2]
COMPOSE = ROOT / "docker-compose.yml"


def _compose_client_is_there() -> bool:
    docker = shutil.which("docker")
    if docker is None:
        return False
    asked = subprocess.run([docker, "compose", "version"], capture_output=True, check=False)
    return asked.returncode == 0


@pytest.mark.skipif(not _compose_client_is_there(), reason="this machine has no `docker compose`")
def test_docker_compose_accepts_the_file() -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("JIESU_")}
    shown = subprocess.run(
        ["docker", "compose", "--file", str(COMPOSE), "config", "--format", "json"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert shown.returncode == 0, shown.stderr
    assert json.loads(shown.stdout)["services"]["worker"]["deploy"]["replicas"] > 1


def test_every_part_of_the_distributed_default_is_there_and_waits_for_what_it_needs() -> None:
    services = yaml.safe_load(COMPOSE.read_text())["services"]
    needs = {name: set(service.get("depends_on", {})) for name, service in services.items()}
    assert needs == {
        "postgres": set(),
        "temporal-postgres": set(),
        "temporal-schema": {"temporal-postgres"},
        "temporal": {"temporal-schema"},
        "temporal-ui": {"temporal"},
        "migrate": {"postgres", "temporal"},
        "api": {"migrate"},
        "worker": {"migrate"},
    }
    long_running = set(services) - {"temporal-schema", "migrate", "temporal-ui"}
    assert all("healthcheck" in services[name] for name in long_running)


def test_the_settings_in_it_exist() -> None:
    services = yaml.safe_load(COMPOSE.read_text())["services"]
    used = {
        name.removeprefix("JIESU_").lower()
        for service in services.values()
        for name in service.get("environment", {})
        if name.startswith("JIESU_")
    }
    assert used
    assert used - set(Settings.model_fields) == set()
