"""Where the service spends its time: py-spy's flame graph of it under a workload."""

from __future__ import annotations

import shutil
import subprocess
import threading
from pathlib import Path

from quality.benchmarks import servers
from quality.benchmarks.agreement import agree
from quality.benchmarks.measurement import put_load
from quality.benchmarks.servers import SERVICE, Surroundings
from quality.benchmarks.upstream import MissingTool
from quality.benchmarks.workloads import Workload

_PER_SECOND = 500


def profile(workload: Workload, surroundings: Surroundings, path: Path, *, seconds: int) -> None:
    """Write the flame graph to `path`, an SVG. Raises MissingTool where py-spy is not, or may not look."""
    if shutil.which("py-spy") is None:
        raise MissingTool("py-spy: uv run --group benchmark …")
    started = servers.start(SERVICE, workload.setting, surroundings)
    try:
        agree([started], workload, surroundings.upstream)
        put_load(started, workload, 2)
        load = threading.Thread(target=put_load, args=(started, workload, seconds + 1))
        load.start()
        _record(started.running.process.pid, path, seconds)
        load.join()
    finally:
        started.running.stop()


def _record(pid: int, path: Path, seconds: int) -> None:
    command = ["py-spy", "record", "--pid", str(pid), "--duration", str(seconds), "--rate", str(_PER_SECOND)]
    done = subprocess.run([*command, "--output", str(path)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise MissingTool(f"py-spy could not look: {done.stderr[-500:]}")
