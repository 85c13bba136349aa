"""Why a test is skipped, in words for a newcomer: what is missing, and what to do."""

from __future__ import annotations

import pytest

from quality.harness import stores

SHARED_DESIGN = "the shared design data isn't next to this checkout: nothing to do, only the project's CI has it"
PLAYGROUND = "the playground isn't built: playground/build-failure.txt says why; `uv sync --reinstall` builds it"
CLONE = "this isn't a git clone, or git isn't installed: clone the repository, and apt-get install git"
UV = "uv isn't on PATH: pip install uv"


def program(name: str, package: str | None = None) -> str:
    """A program that Debian's package brings."""
    return f"{name} isn't installed: apt-get install {package or name} (Debian's package), then run the tests again"


STORE = program("redis-server or valkey-server", "redis-server")
NODE = "Node and npm aren't installed: run the tests with `uv run --group node pytest`, which brings both"

needs_store = pytest.mark.skipif(stores.SERVER is None, reason=STORE)
