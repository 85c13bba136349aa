"""Chromium subscribes through the proxies, with the configuration files that the project ships."""

from __future__ import annotations

import pytest

from quality.harness.processes import running
from tests.support import proxies
from tests.support.node_projects import run


@pytest.mark.parametrize("proxy", [proxies.haproxy, proxies.nginx], ids=["haproxy", "nginx"])
def test_subscriptions_through_a_proxy(chromium, project, tmp_path, proxy):
    with running("server.py", folder=tmp_path) as service, proxy(tmp_path, service.port) as base:
        variables = {"CHROMIUM": chromium, "PROXY": base}
        ended = run("node", "--test", "through-proxy.mjs", project=project, seconds=120, **variables)
    assert ended.returncode == 0, ended.stdout + ended.stderr
