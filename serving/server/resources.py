"""Resources of the process: file descriptors, memory, and the folder for metrics."""

from __future__ import annotations

import contextlib
import ctypes
import resource
import sys
import tempfile

from serving.settings.errors import SettingsError

MAX_CONNECTIONS = 16_384
"""Maximum number of open connections per process, even if its limit of file descriptors is higher."""

OTHER_DESCRIPTORS = 64
"""Descriptors for the listening port, the log, the event loop, the issuer's keys, and rejected connections."""

_malloc_trim = getattr(ctypes.CDLL(None), "malloc_trim", None)


def raise_descriptor_limit() -> int:
    """Raise the soft limit of file descriptors to the hard limit, if allowed. Returns the limit."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return sys.maxsize if soft == resource.RLIM_INFINITY else soft


def max_connections(descriptors: int, outgoing: int) -> int:
    """The number of client connections that leave enough descriptors for `outgoing` connections and other uses."""
    left = descriptors - outgoing - OTHER_DESCRIPTORS
    return min(MAX_CONNECTIONS, max(left, descriptors // 4))


def needed_descriptors(outgoing: int) -> int:
    """The limit of file descriptors with which `outgoing` connections never lack one, and clients have a quarter."""
    return (outgoing + OTHER_DESCRIPTORS) * 4 // 3


def return_free_memory() -> None:
    """Make glibc return freed memory to the operating system. Does nothing with other C libraries."""
    if _malloc_trim is not None:
        _malloc_trim(0)


def metrics_folder() -> tempfile.TemporaryDirectory[str]:
    """A folder for the metrics of several workers, in memory if no disk is writable. Raises SettingsError."""
    for parent in (None, "/dev/shm"):
        with contextlib.suppress(OSError):
            return tempfile.TemporaryDirectory(prefix="attache-metrics-", dir=parent)
    raise SettingsError("--workers: several processes need a folder for their metrics; set TMPDIR to a writable folder")
