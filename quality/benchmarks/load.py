"""The load generator: wrk with closed loops over keep-alive connections, and a sampler that checks responses."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import httpx

from quality.benchmarks.cores import LOAD_CORE, on
from quality.benchmarks.upstream import MissingTool

SCRIPT = Path(__file__).parent / "load.lua"
SAMPLE_SECONDS = 0.2
_TIMEOUT = 60


class LoadFailed(Exception):
    """The load generator failed."""


@dataclass(frozen=True)
class Load:
    """The report of a wrk run. Times are in milliseconds. `bytes` counts response heads and bodies."""

    requests: int
    seconds: float
    bytes: int
    p50_ms: float
    p99_ms: float
    max_ms: float
    failures: Mapping[str, int]

    @property
    def per_second(self) -> float:
        """Responses per second."""
        return self.requests / self.seconds if self.seconds else 0.0


def run(
    url: str,
    body: bytes,
    *,
    connections: int,
    seconds: int,
    authorization: str,
    distinct: int = 1,
) -> Load:
    """Send requests for some seconds. MARK in the body is replaced by a number that cycles up to `distinct`."""
    if shutil.which("wrk") is None:
        raise MissingTool("wrk: apt-get install wrk")
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        file.write(body)
        file.flush()
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", f"--timeout={_TIMEOUT}s"]
        command += ["-s", str(SCRIPT), url, "--", file.name, authorization, str(distinct)]
        done = subprocess.run(on(LOAD_CORE, command), capture_output=True, text=True, check=False)
    return read(done.stdout + done.stderr)


def read(output: str) -> Load:
    """Parse the report of wrk's script. Raises LoadFailed without one."""
    match = re.search(r"^RESULT (\{.*\})$", output, re.MULTILINE)
    if match is None:
        raise LoadFailed(f"wrk reported nothing: {output[-1000:]}")
    return Load(**json.loads(match.group(1)))


class Sampler:
    """A context manager that sends requests at intervals and compares the responses with the expected one."""

    def __init__(self, url: str, body: bytes, headers: Mapping[str, str], expected: bytes) -> None:
        self._url, self._body, self._headers, self._expected = url, body, headers, expected
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self.samples = 0
        self.mismatches: list[str] = []

    def __enter__(self) -> Sampler:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._end.set()
        self._thread.join()

    def _sample(self) -> None:
        client = httpx.Client(trust_env=False, verify=False, timeout=_TIMEOUT, headers=dict(self._headers))
        with client:
            while not self._end.wait(SAMPLE_SECONDS):
                self.samples += 1
                fault = self._fault(client)
                if fault is not None:
                    self.mismatches.append(fault)

    def _fault(self, client: httpx.Client) -> str | None:
        try:
            response = client.post(self._url, content=self._body)
        except httpx.TransportError as error:
            return repr(error)
        if response.status_code == 200 and response.content == self._expected:
            return None
        return f"{response.status_code} {response.text[:500]}"


def faults(load: Load, sampler: Sampler, *, response_bytes: int, connections: int) -> list[str]:
    """The failures under load: errors that wrk counted, wrong samples, responses of another length."""
    failures = [f"{count} × {kind}" for kind, count in load.failures.items() if count]
    failures += (
        [f"{len(sampler.mismatches)} of {sampler.samples} samples: {sampler.mismatches[0]}"]
        if sampler.mismatches
        else []
    )
    if load.requests == 0:
        return [*failures, "no responses"]
    return failures + _wrong_length(load, response_bytes, connections)


_LARGEST_HEAD = 2000


def _wrong_length(load: Load, response_bytes: int, connections: int) -> list[str]:
    """Compare the bytes received with the number of responses. Returns a fault, or nothing."""
    minimum = load.requests * response_bytes
    maximum = (load.requests + connections) * (response_bytes + _LARGEST_HEAD)
    if minimum <= load.bytes <= maximum:
        return []
    return [f"{load.bytes} bytes were read for {load.requests} responses of {response_bytes}"]
