"""The compose file, as Compose itself reads it, and what we promise of it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
COMPOSE = Path(sys.executable).with_name("docker-compose")
OURS = {"attache", "attache-stripe", "sandbox"}


@cache
def services() -> dict[str, Any]:
    command = [COMPOSE, "--file", ROOT / "docker/compose.yaml", "--profile", "*", "config", "--format", "json"]
    said = subprocess.run(command, capture_output=True, text=True, check=True, env={"PATH": "/usr/bin:/bin"})
    assert not said.stderr
    found: dict[str, Any] = json.loads(said.stdout)["services"]
    return found


def test_everything_that_is_asked_for_is_there():
    assert services().keys() == OURS | {"grafana", "prometheus", "proxy", "valkey"}
    assert services()["attache"]["deploy"]["replicas"] == 2


def test_every_container_is_read_only_and_has_no_capabilities():
    for name, service in services().items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert not {"privileged", "cap_add", "pid", "network_mode"} & service.keys(), name


def test_what_is_mounted_is_there_and_can_t_be_written():
    mounts = [mount for service in services().values() for mount in service.get("volumes", [])]
    for mount in mounts:
        if mount["type"] == "bind":
            assert Path(mount["source"]).exists()
            assert mount["read_only"] is True
    assert {mount["source"] for mount in mounts if mount["type"] == "volume"} == {"prometheus"}


def test_ports_are_for_this_machine_alone():
    published = {
        name: [(port["host_ip"], port["published"]) for port in service["ports"]]
        for name, service in services().items()
        if "ports" in service
    }
    assert published == {
        "attache-stripe": [("127.0.0.1", "8000")],
        "grafana": [("127.0.0.1", "3000")],
        "prometheus": [("127.0.0.1", "9090")],
        "proxy": [("127.0.0.1", "8000")],
    }


def test_images_that_are_not_built_here_are_pinned_by_version():
    images = {name: service["image"] for name, service in services().items()}
    assert {name for name, image in images.items() if image == "attache"} == OURS
    assert all(re.search(r":v?\d+\.\d+\.\d+$", images[name]) for name in images.keys() - OURS), images


def test_a_key_of_yours_never_meets_the_sandbox():
    environments = {name: service.get("environment", {}) for name, service in services().items()}
    assert environments["attache"]["STRIPE_SECRET_KEY"] == "sk_test_sandbox"
    assert [name for name, variables in environments.items() if variables.get("STRIPE_SECRET_KEY") == "missing"] == [
        "attache-stripe"
    ]
    assert services()["attache-stripe"]["profiles"] == ["stripe"]
