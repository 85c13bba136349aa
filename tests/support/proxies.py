"""The proxies in front of the service, each with the configuration file that the project ships for it."""

from __future__ import annotations

import contextlib
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from quality.harness.processes import ROOT, free_port
from tests.support import missing

_NGINX = """
daemon off; pid {folder}/nginx.pid; worker_processes 1;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
  uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  include {folder}/attache.conf;
}}
"""


@contextlib.contextmanager
def nginx(folder: Path, *ports: str, changes: Mapping[str, str] | None = None) -> Iterator[str]:
    """Run nginx with deployment/nginx.conf in front of the services on these ports; its address.

    `changes` are directives in place of those in the file.
    """
    port = free_port()
    text = (ROOT / "deployment/nginx.conf").read_text()
    servers = "".join(f"    server 127.0.0.1:{one} max_fails=0;\n" for one in ports)
    text = _replaced(r"(    server 10\.0\.0\.1\d:8000 max_fails=0;\n){2}", servers, text)
    for directive, other in (changes or {}).items():
        text = _replaced(directive, other, text)
    (folder / "attache.conf").write_text(_replaced("listen 80;", f"listen 127.0.0.1:{port};", text))
    (folder / "nginx.conf").write_text(_NGINX.format(folder=folder))
    command = [program("nginx"), "-e", f"{folder}/nginx.log", "-c", f"{folder}/nginx.conf"]
    with listening(command, port):
        yield f"http://127.0.0.1:{port}"


@contextlib.contextmanager
def haproxy(folder: Path, *ports: str) -> Iterator[str]:
    """Run HAProxy with docker/haproxy.cfg in front of the services on these ports; its address."""
    port = free_port()
    text = (ROOT / "docker/haproxy.cfg").read_text()
    servers = "\n".join(f"    server replica{one} 127.0.0.1:{one}" for one in ports)
    text = _replaced(r"    server-template .*", servers, text)
    text = _replaced("bind :8405", f"bind 127.0.0.1:{free_port()}", text)
    (folder / "haproxy.cfg").write_text(_replaced("bind :8080", f"bind 127.0.0.1:{port}", text))
    with listening([program("haproxy"), "-db", "-f", f"{folder}/haproxy.cfg"], port):
        yield f"http://127.0.0.1:{port}"


def _replaced(pattern: str, replacement: str, text: str) -> str:
    """The text with its one match replaced."""
    changed, count = re.subn(pattern, replacement, text)
    assert count == 1, pattern
    return changed


def program(name: str) -> str:
    """The path of a proxy's program. Skips the test if it is not installed."""
    found = shutil.which(name, path="/usr/sbin:/usr/bin")
    if found is None:
        pytest.skip(missing.program(name))
    return found


@contextlib.contextmanager
def listening(command: list[str], port: int) -> Iterator[None]:
    """Run a proxy that listens on this port."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        _wait_until_open(port)
        yield
    finally:
        process.terminate()
        process.wait(20)


def _wait_until_open(port: int) -> None:
    for _ in range(600):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.05)
    raise AssertionError(f"nothing listens on port {port}")
