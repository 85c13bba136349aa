"""Builds the playground while the project is installed, so that running the service needs only Python."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
import tomllib
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BUILT = "dist"
FAILURE = "build-failure.txt"
NO_SOURCES = ("node_modules", BUILT, FAILURE)
NPM_TIMEOUT = 600
"""In seconds, for each npm command."""

NPM = {
    "npm_config_fetch_retries": "1",
    "npm_config_fetch_retry_mintimeout": "1000",
    "npm_config_update_notifier": "false",
    "NO_COLOR": "1",
}


class PlaygroundHook(BuildHookInterface[Any]):
    """Hatchling's hook. Installs Node if it is missing, and builds the page unless it is up to date."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Packages that the build needs in addition to hatchling."""
        root = Path(self.root)
        return [] if _has_node() or _is_built(root / "playground") else _wheel_with_node(root)

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Never fails: the service works without the playground. Its page then shows the error that is saved here."""
        playground = Path(self.root, "playground")
        failure = playground / FAILURE
        try:
            build(playground)
            failure.unlink(missing_ok=True)
        except (OSError, subprocess.SubprocessError) as error:
            self.app.display_warning("The playground could not be built; the service works without it.")
            failure.write_text(_message(error), encoding="utf-8")


def build(playground: Path) -> None:
    """Build the page into `dist`. Raises OSError or SubprocessError, and then leaves `dist` unchanged."""
    if _is_built(playground):
        return
    with tempfile.TemporaryDirectory() as folder:
        # In a copy, so that only the served files remain in the checkout.
        copy = Path(folder, "playground")
        shutil.copytree(playground, copy, ignore=shutil.ignore_patterns(*NO_SOURCES))
        _npm("ci", "--omit=dev", "--prefer-offline", folder=copy)
        _npm("run", "build", folder=copy)
        shutil.rmtree(playground / BUILT, ignore_errors=True)
        shutil.move(copy / BUILT, playground / BUILT)
    _stamp(playground).write_text(_digest(playground))


def _is_built(playground: Path) -> bool:
    """Whether `dist` was built from the current sources."""
    stamp = _stamp(playground)
    return stamp.is_file() and stamp.read_text() == _digest(playground)


def _stamp(playground: Path) -> Path:
    return playground / BUILT / "sources.sha256"


def _npm(*arguments: str, folder: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise FileNotFoundError("There is no npm.")
    subprocess.run(
        [npm, *arguments],
        cwd=folder,
        env={**os.environ, **NPM},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        timeout=NPM_TIMEOUT,
        check=True,
    )


def sources(playground: Path) -> list[Path]:
    """The files that the page is built from."""
    found = (path for path in playground.rglob("*") if path.relative_to(playground).parts[0] not in NO_SOURCES)
    return sorted(path for path in found if path.is_file())


def _digest(playground: Path) -> str:
    """A digest of the sources' names and contents."""
    found = hashlib.sha256()
    for path in sources(playground):
        found.update(f"{path.relative_to(playground).as_posix()}\0{path.stat().st_size}\0".encode())
        found.update(path.read_bytes())
    return found.hexdigest()


def _has_node() -> bool:
    """Whether the machine's node and npm are usable. package.json names the same versions."""
    if shutil.which("npm") is None or shutil.which("node") is None:
        return False
    try:
        output = subprocess.run(["node", "--version"], capture_output=True, text=True, timeout=30).stdout
    except (OSError, subprocess.SubprocessError):
        return False
    version = tuple(map(int, re.findall(r"\d+", output)[:2]))
    return (20, 19) <= version < (21,) or version >= (22, 12)


def _wheel_with_node(root: Path) -> list[str]:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    packages: list[str] = project["dependency-groups"]["node"]
    return packages


def _message(error: Exception) -> str:
    """The error in a few lines: npm's error lines, or its last lines."""
    if not isinstance(error, subprocess.CalledProcessError):
        return str(error)
    output = [line for line in error.output.splitlines() if line.strip() and " at " not in line]
    lines = [line for line in output if "error" in line.lower()][:6] or output[-6:]
    return "\n".join([f"npm {error.cmd[1]} ended with {error.returncode}.", *lines])
