"""Prometheus's own tool for checking metrics and rules."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from tests.support import missing


def promtool(*arguments: str, text: str = "") -> str:
    """The problems that promtool reports. Skips the test if it is not installed."""
    if shutil.which("promtool") is None:
        pytest.skip(missing.program("promtool", "prometheus"))
    done = subprocess.run(["promtool", *arguments], input=text, capture_output=True, text=True, timeout=60)
    return done.stderr + (done.stdout if done.returncode else "")
