"""nginx in front of the service, as in production."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from quality.harness.processes import free_port
from tests.support.proxies import listening, program

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
    port = free_port()
    servers = " ".join(f"server 127.0.0.1:{one} max_fails=0;" for one in ports)
    text = CONFIGURATION.format(folder=folder, servers=servers, keep_alive=keep_alive, port=port)
    (folder / "nginx.conf").write_text(text)
    with listening([program("nginx"), "-e", f"{folder}/nginx.log", "-c", f"{folder}/nginx.conf"], port):
        yield f"http://127.0.0.1:{port}"
