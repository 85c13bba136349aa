"""nginx in front of the service, as in production."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from quality.harness.processes import free_port
from tests.support import missing

CONFIGURATION = """
daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log; worker_processes 1;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
  uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  upstream attache {{ {servers} {keep_alive} }}
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://attache; proxy_http_version 1.1;
      proxy_set_header Connection ""; proxy_set_header Host $http_host;
    }}
  }}
}}
"""


@contextlib.contextmanager
def proxying(folder: Path, *ports: str, keep_alive: str) -> Iterator[str]:
    """Run nginx in front of the services on these ports; its address. `keep_alive` are directives of its upstream."""
    program = shutil.which("nginx", path="/usr/sbin:/usr/bin")
    if program is None:
        pytest.skip(missing.program("nginx"))
    port = free_port()
    servers = " ".join(f"server 127.0.0.1:{one} max_fails=0;" for one in ports)
    text = CONFIGURATION.format(folder=folder, servers=servers, keep_alive=keep_alive, port=port)
    (folder / "nginx.conf").write_text(text)
    process = subprocess.Popen([program, "-e", f"{folder}/nginx.log", "-c", f"{folder}/nginx.conf"])
    try:
        _wait_until_open(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def _wait_until_open(port: int) -> None:
    for _ in range(600):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.05)
    raise AssertionError("nginx does not listen")
