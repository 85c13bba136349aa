"""Small npm projects that tests run: clients and audits that exist for Node alone."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support import missing
from tests.support.workers import make_once


def installed(project: Path) -> Path:
    """The project with its dependencies installed as locked; the test is skipped where that can't be done."""
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.skip(missing.NODE)
    lock = project / "package-lock.json"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    make_once(project / "node_modules" / ".installed", wanted, lambda: _install(project), lock=lock)
    return project


def _install(project: Path) -> None:
    install = subprocess.run(["npm", "ci"], cwd=project, capture_output=True, text=True, timeout=180)
    if install.returncode:
        advice = "look at the network and at npm's registry"
        pytest.skip(f"npm could not install what {project.name} needs: {advice}. {install.stderr[-300:]}")


def run(*command: str, project: Path, seconds: int = 60, **variables: str) -> subprocess.CompletedProcess[str]:
    """The ended command, its output captured."""
    environment = {**os.environ, **variables}
    return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, timeout=seconds)
