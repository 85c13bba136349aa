"""Records flame graphs of the service under a workload with py-spy."""

from __future__ import annotations

import shutil
import subprocess
import threading
from pathlib import Path

from quality.benchmarks import servers
from quality.benchmarks.equal_responses import check_responses
from quality.benchmarks.measurement import apply_load
from quality.benchmarks.servers import SERVICE, Backends
from quality.benchmarks.upstream import MissingTool
from quality.benchmarks.workloads import Workload

_PER_SECOND = 500


def profile(workload: Workload, backends: Backends, path: Path, *, seconds: int) -> None:
    """Write a flame graph as SVG. Raises MissingTool if py-spy is not installed or not permitted to profile."""
    if shutil.which("py-spy") is None:
        raise MissingTool("py-spy: uv run --group benchmark …")
    started = servers.start(SERVICE, workload.setting, backends)
    try:
        check_responses([started], workload, backends.upstream)
        apply_load(started, workload, 2)
        load = threading.Thread(target=apply_load, args=(started, workload, seconds + 1))
        load.start()
        _record(started.running.process.pid, path, seconds)
        load.join()
    finally:
        started.running.stop()


def _record(pid: int, path: Path, seconds: int) -> None:
    command = ["py-spy", "record", "--pid", str(pid), "--duration", str(seconds), "--rate", str(_PER_SECOND)]
    done = subprocess.run([*command, "--output", str(path)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise MissingTool(f"py-spy failed: {done.stderr[-500:]}")
