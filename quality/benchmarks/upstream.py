"""The upstream of all servers: nginx with fixed responses, immediate, delayed, or over TLS."""

from __future__ import annotations

import contextlib
import functools
import os
import re
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import trustme

from quality.benchmarks import bodies
from quality.benchmarks.cores import LOAD_CORE, on
from quality.harness.processes import environment, free_port, start

DELAY_SECONDS = 0.05

_SCHEMES = {"fast": "http", "slow": "http", "tls": "https", "slowtls": "https"}

_SERVER = """
    server {{
        listen 127.0.0.1:{port}{tls};
        add_header Request-Id req_8RqUkNBnDMbZvS;
        add_header Stripe-Version 2026-10-28.endive;
        add_header Cache-Control "no-cache, no-store";
        {locations}
    }}
"""

# `return` accepts any method. The other responses come from files, because they are too long for the configuration.
_RESPONSES = """
        location ~ ^{at}/v1/payment_methods/[^/]+/attach$ {{ return 200 '{attached}'; }}
        location = {at}/v1/customers/{all_types}/payment_methods {{ try_files /all-types.json =404; }}
        location ~ ^{at}/v1/customers/[^/]+/payment_methods$ {{ try_files /page-$page.json =404; }}
        location ~ ^{at}/v1/customers/[^/]+$ {{ try_files /$customer.json =404; }}
"""

_DELAYED = "location / {{ echo_sleep {seconds}; echo_exec /now$uri $args; }}"

_NGINX = """
load_module {modules}/ngx_http_echo_module.so;
daemon off;
worker_processes 1;
worker_rlimit_nofile 8192;
pid {folder}/nginx.pid;
error_log stderr crit;
{user}
events {{ worker_connections 4096; }}
http {{
    access_log off;
    default_type application/json;
    keepalive_requests 1000000000;
    keepalive_timeout 1h;
    sendfile on;
    open_file_cache max=1000 inactive=1h;
    open_file_cache_valid 1h;
    client_body_temp_path {folder}/temporary;
    proxy_temp_path {folder}/temporary;
    fastcgi_temp_path {folder}/temporary;
    uwsgi_temp_path {folder}/temporary;
    scgi_temp_path {folder}/temporary;
    ssl_certificate {folder}/certificate.pem;
    ssl_certificate_key {folder}/key.pem;
    root {folder};
    map $arg_limit $page {{ "" 10; default $arg_limit; }}
    map $args $customer {{ ~invoice_settings customer-expanded; default customer; }}
    {servers}
    server {{ listen 127.0.0.1:{status}; location = /status {{ stub_status; }} }}
}}
"""


@dataclass(frozen=True)
class Upstream:
    """A running upstream: the base URL of each variant, the certificate authority, the status URL and the process."""

    bases: dict[str, str]
    authority: Path
    status: str
    process: subprocess.Popen[bytes]

    def calls(self) -> int:
        """The number of requests handled so far, including requests for this number."""
        with urllib.request.urlopen(self.status) as response:
            text: str = response.read().decode()
        match = re.search(r"^ \d+ \d+ (\d+)", text, re.MULTILINE)
        assert match, text
        return int(match.group(1))


class MissingTool(Exception):
    """A required program is not installed. The message has the installation command."""


@contextlib.contextmanager
def running(folder: Path) -> Iterator[Upstream]:
    """Run nginx with the variants of _SCHEMES over files in `folder`. Slow ones respond after DELAY_SECONDS."""
    bodies.write(folder)
    authority = _certify(folder)
    ports = {name: free_port() for name in (*_SCHEMES, "status")}
    configuration = folder / "nginx.conf"
    configuration.write_text(_configuration(folder, ports))
    command = on(LOAD_CORE, ["nginx", "-c", str(configuration), "-p", str(folder), "-e", "stderr"])
    process = start(command, environment(), folder / "nginx.log")
    bases = {name: f"{scheme}://127.0.0.1:{ports[name]}" for name, scheme in _SCHEMES.items()}
    upstream = Upstream(bases, authority, f"http://127.0.0.1:{ports['status']}/status", process)
    try:
        _wait(upstream)
        yield upstream
    finally:
        process.terminate()
        process.wait(10)


def _certify(folder: Path) -> Path:
    """Create a certificate authority and a certificate. Returns the path of the authority's certificate."""
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1", "localhost")
    issued.private_key_pem.write_to_path(folder / "key.pem")
    with (folder / "certificate.pem").open("wb") as chain:
        for pem in issued.cert_chain_pems:
            chain.write(pem.bytes())
    authority.cert_pem.write_to_path(folder / "authority.pem")
    return folder / "authority.pem"


def _configuration(folder: Path, ports: dict[str, int]) -> str:
    attached = bodies.encode(bodies.attached())
    responses = functools.partial(_RESPONSES.format, attached=attached, all_types=bodies.CUSTOMER_WITH_ALL_TYPES)
    immediate = responses(at="")
    delayed = _DELAYED.format(seconds=DELAY_SECONDS) + responses(at="/now")
    servers = (
        _SERVER.format(port=ports["fast"], tls="", locations=immediate),
        _SERVER.format(port=ports["slow"], tls="", locations=delayed),
        _SERVER.format(port=ports["tls"], tls=" ssl", locations=immediate),
        _SERVER.format(port=ports["slowtls"], tls=" ssl", locations=delayed),
    )
    return _NGINX.format(
        modules=_modules(),
        folder=folder,
        user="user root;" if os.geteuid() == 0 else "",
        servers="".join(servers),
        status=ports["status"],
    )


def _modules() -> str:
    try:
        output = subprocess.run(["nginx", "-V"], capture_output=True, text=True, check=True).stderr
    except FileNotFoundError:
        raise MissingTool("nginx: apt-get install nginx libnginx-mod-http-echo") from None
    match = re.search(r"--modules-path=(\S+)", output)
    folder = Path(match.group(1)) if match else Path("/usr/lib/nginx/modules")
    if not (folder / "ngx_http_echo_module.so").exists():
        raise MissingTool("nginx's echo module: apt-get install libnginx-mod-http-echo")
    return str(folder)


def _wait(upstream: Upstream) -> None:
    for _ in range(100):
        with contextlib.suppress(OSError):
            upstream.calls()
            return
        if upstream.process.poll() is not None:
            break
        time.sleep(0.02)
    raise RuntimeError("nginx did not start; its log has the reason")
