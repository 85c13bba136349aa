"""A proxy that keeps idle connections for less time than the service never meets one that is being closed."""

from __future__ import annotations

import asyncio
import random
import shutil
import subprocess

import httpx
import pytest

from tests import missing
from tests.processes import free_port, running
from tests.wallets import JENNYS_CARD

PROXY_SECONDS = 1.0
SERVICE_SECONDS = 1.25
"""The same relation as nginx's 60 seconds and KEEP_ALIVE_TIMEOUT's 75."""

CLIENTS, MUTATIONS = 100, 20
UPDATE = f"""mutation {{ updatePaymentMethod(
  input: {{paymentMethodId: "{JENNYS_CARD}", metadata: [{{key: "a", value: "b"}}]}}
) {{ errors {{ code }} }} }}"""
NGINX = """
daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log; worker_processes 1;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
  uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  upstream attache {{ server 127.0.0.1:{service} max_fails=0; keepalive 200; keepalive_timeout {seconds}s; }}
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://attache; proxy_http_version 1.1;
      proxy_set_header Connection ""; proxy_set_header Host localhost;
    }}
  }}
}}
"""


async def mutate(base: str, statuses: list[int]) -> None:
    """Send mutations with pauses about as long as the proxy keeps its connections."""
    async with httpx.AsyncClient(timeout=60) as client:
        for _ in range(MUTATIONS):
            statuses.append((await client.post(f"{base}/graphql", json={"query": UPDATE})).status_code)
            await asyncio.sleep(random.uniform(0.9, 1.1) * PROXY_SECONDS)


async def test_mutations_around_the_idle_limit_get_no_502(tmp_path):
    nginx = shutil.which("nginx", path="/usr/sbin:/usr/bin")
    if nginx is None:
        pytest.skip(missing.program("nginx"))
    with running("server.py", folder=tmp_path, KEEP_ALIVE_TIMEOUT=str(SERVICE_SECONDS)) as server:
        port, service = free_port(), server.base.rsplit(":", 1)[1]
        config = NGINX.format(folder=tmp_path, port=port, service=service, seconds=int(PROXY_SECONDS))
        (tmp_path / "nginx.conf").write_text(config)
        command = [nginx, "-e", f"{tmp_path}/nginx.log", "-c", f"{tmp_path}/nginx.conf"]
        process = subprocess.Popen(command)  # noqa: ASYNC220  # it starts at once
        try:
            await asyncio.sleep(1)
            statuses: list[int] = []
            await asyncio.gather(*(mutate(f"http://127.0.0.1:{port}", statuses) for _ in range(CLIENTS)))
        finally:
            process.terminate()
            process.wait(20)
    assert statuses == [200] * (CLIENTS * MUTATIONS)
