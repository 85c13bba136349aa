"""The manifests, as kustomize renders them, against Kubernetes' own schemas and what we promise of them."""

from __future__ import annotations

import re
import subprocess
import sys
import textwrap
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from pydantic import SecretStr

from serving.settings.settings import Settings, load
from serving.telemetry.metrics.definitions import IN_FLIGHT

ROOT = Path(__file__).parents[2]
KUBERNETES = ROOT / "deployment/kubernetes"
KUBECTL = Path(sys.executable).with_name("kubectl")
VERSIONS = ("1.34", "1.37")
"""The oldest Kubernetes that the manifests are for, and the newest whose schemas are at hand."""

PORT = "http"


@cache
def rendered(folder: str) -> list[dict[str, Any]]:
    said = subprocess.run([KUBECTL, "kustomize", KUBERNETES / folder], capture_output=True, text=True, check=True)
    assert not said.stderr
    return list(yaml.safe_load_all(said.stdout))


def of_kind(kind: str, folder: str = "example") -> list[dict[str, Any]]:
    found = [manifest for manifest in rendered(folder) if manifest["kind"] == kind]
    assert found, kind
    return found


def named(kind: str, name: str) -> dict[str, Any]:
    return next(manifest for manifest in of_kind(kind) if manifest["metadata"]["name"].startswith(name))


def templates() -> list[dict[str, Any]]:
    return [deployment["spec"]["template"] for deployment in of_kind("Deployment")]


def containers() -> list[dict[str, Any]]:
    return [container for template in templates() for container in template["spec"]["containers"]]


def validate(manifest: dict[str, Any], version: str) -> None:
    kubernetes_validate.validate(manifest, version, strict=True)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("folder", ["base", "example"])
def test_every_manifest_fits_its_schema(folder, version):
    for manifest in rendered(folder):
        validate(manifest, version)


@pytest.mark.parametrize("version", VERSIONS)
def test_the_schemas_refuse_what_is_misspelt(version):
    deployment = {**named("Deployment", "attache"), "spce": {}}
    with pytest.raises(kubernetes_validate.ValidationError, match="spce"):
        validate(deployment, version)


def test_everything_that_is_asked_for_is_there():
    kinds = {manifest["kind"] for manifest in rendered("base")}
    assert kinds == {
        "ConfigMap",
        "Deployment",
        "HorizontalPodAutoscaler",
        "NetworkPolicy",
        "PodDisruptionBudget",
        "Service",
        "ServiceAccount",
    }


def test_pods_keep_to_the_restricted_profile():
    """The controls of Pod Security's profile `restricted`, one by one."""
    for template in templates():
        spec = template["spec"]
        assert not {"hostNetwork", "hostPID", "hostIPC", "initContainers", "ephemeralContainers"} & spec.keys()
        assert {kind for volume in spec.get("volumes", []) for kind in volume if kind != "name"} <= {"secret"}
        assert spec["securityContext"]["runAsNonRoot"] is True
        assert spec["securityContext"]["runAsUser"] > 0
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    for container in containers():
        context = container["securityContext"]
        assert context["allowPrivilegeEscalation"] is False
        assert context["capabilities"] == {"drop": ["ALL"]}
        assert not {"privileged", "procMount", "seLinuxOptions"} & context.keys()
        assert not [port for port in container["ports"] if "hostPort" in port]
    assert named("Namespace", "attache")["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"


def test_pods_write_nothing_and_hold_no_token_of_the_cluster():
    for container in containers():
        assert container["securityContext"]["readOnlyRootFilesystem"] is True
    for template in templates():
        assert template["spec"]["automountServiceAccountToken"] is False
        assert template["spec"]["enableServiceLinks"] is False


def test_every_container_is_probed_and_has_its_resources():
    for container in containers():
        assert {"startupProbe", "readinessProbe", "livenessProbe"} <= container.keys()
        assert {"cpu", "memory"} <= container["resources"]["requests"].keys()
        assert "memory" in container["resources"]["limits"]


def test_the_service_is_probed_where_it_answers():
    [service] = named("Deployment", "attache")["spec"]["template"]["spec"]["containers"]
    asked = {name: service[name]["httpGet"]["path"] for name in ("startupProbe", "readinessProbe", "livenessProbe")}
    assert asked == {"startupProbe": "/healthz", "readinessProbe": "/readyz", "livenessProbe": "/healthz"}
    assert {"name": PORT, "containerPort": Settings().port} in service["ports"]


def test_every_selector_finds_its_pods():
    labels = [template["metadata"]["labels"] for template in templates()]
    selectors = [
        *(service["spec"]["selector"] for service in of_kind("Service")),
        *(budget["spec"]["selector"]["matchLabels"] for budget in of_kind("PodDisruptionBudget")),
        *(policy["spec"]["podSelector"]["matchLabels"] for policy in of_kind("NetworkPolicy")),
        *(deployment["spec"]["selector"]["matchLabels"] for deployment in of_kind("Deployment")),
    ]
    for selector in selectors:
        assert len([pod for pod in labels if selector.items() <= pod.items()]) == 1, selector


def test_services_and_the_ingress_lead_to_ports_that_are_there():
    ports = {port["name"] for container in containers() for port in container["ports"]}
    assert {port["targetPort"] for service in of_kind("Service") for port in service["spec"]["ports"]} <= ports
    [rule] = named("Ingress", "attache")["spec"]["rules"]
    for path in rule["http"]["paths"]:
        assert path["backend"]["service"] == {"name": "attache", "port": {"name": PORT}}


def test_the_world_reaches_graphql_and_the_webhook_endpoint_alone():
    [rule] = named("Ingress", "attache")["spec"]["rules"]
    public = [(path["path"], path["pathType"]) for path in rule["http"]["paths"]]
    assert public == [("/graphql", "Exact"), ("/webhooks/stripe", "Exact")]


def test_every_pod_is_behind_a_policy_for_both_ways():
    for policy in of_kind("NetworkPolicy"):
        assert policy["spec"]["policyTypes"] == ["Ingress", "Egress"]
    assert len(of_kind("NetworkPolicy")) == len(templates())


def test_the_store_is_reached_by_the_service_alone():
    [rule] = named("NetworkPolicy", "attache-valkey")["spec"]["ingress"]
    [service] = [pod for pod in rule["from"] if pod.keys() == {"podSelector"}]
    assert len(rule["from"]) == 1
    assert (
        service["podSelector"]["matchLabels"]
        == named("PodDisruptionBudget", "attache")["spec"]["selector"]["matchLabels"]
    )


def test_replicas_are_left_to_the_autoscaler_which_counts_running_operations():
    scaler = named("HorizontalPodAutoscaler", "attache")["spec"]
    assert scaler["scaleTargetRef"] == {"apiVersion": "apps/v1", "kind": "Deployment", "name": "attache"}
    assert "replicas" not in named("Deployment", "attache")["spec"]
    assert scaler["minReplicas"] >= 2
    [metric] = [metric["pods"]["metric"]["name"] for metric in scaler["metrics"] if metric["type"] == "Pods"]
    assert metric == IN_FLIGHT.name
    adapter = yaml.safe_load((KUBERNETES / "prometheus-adapter.yaml").read_text())
    [rule] = adapter["rules"]["custom"]
    assert rule["seriesQuery"].startswith(f"{metric}{{")


def test_the_documented_job_finds_the_pods_and_names_what_the_adapter_asks_for():
    page = (ROOT / "docs/deployment.md").read_text()
    [snippet] = re.findall(r"^ *```yaml\n(.*?)```", page, re.DOTALL | re.MULTILINE)
    [job] = yaml.safe_load(textwrap.dedent(snippet))["scrape_configs"]
    kept, *named_after = job["relabel_configs"]
    label = named("Deployment", "attache")["spec"]["template"]["metadata"]["labels"]["app.kubernetes.io/name"]
    assert kept["regex"] == f"{label};{PORT}"
    assert job["kubernetes_sd_configs"][0]["namespaces"]["names"] == [of_kind("Namespace")[0]["metadata"]["name"]]
    [rule] = yaml.safe_load((KUBERNETES / "prometheus-adapter.yaml").read_text())["rules"]["custom"]
    assert {naming["target_label"] for naming in named_after} == rule["resources"]["overrides"].keys()


def test_the_configuration_is_one_that_the_service_starts_with(monkeypatch, tmp_path):
    settings = named("ConfigMap", "attache")["data"]
    assert {name.lower() for name in settings} <= Settings.model_fields.keys()
    key = tmp_path / Path(settings["STRIPE_SECRET_KEY_FILE"]).name
    key.write_text("sk_test_mounted\n")
    for name, value in {**settings, "STRIPE_SECRET_KEY_FILE": str(key), "HOST": "0.0.0.0"}.items():
        monkeypatch.setenv(name, value)
    loaded = load()
    assert not loaded.uses_sandbox
    assert not loaded.allows_anonymous
    [service] = [port for port in named("Service", "attache-valkey")["spec"]["ports"] if port["name"] == "valkey"]
    assert loaded.redis_url.get_secret_value() == f"redis://attache-valkey:{service['port']}/0"


def test_secrets_are_files_of_a_mount_and_no_manifest_holds_one():
    assert "Secret" not in {manifest["kind"] for manifest in rendered("example")}
    spec = named("Deployment", "attache")["spec"]["template"]["spec"]
    [mount] = spec["containers"][0]["volumeMounts"]
    [volume] = spec["volumes"]
    assert volume["secret"] == {"secretName": "attache", "defaultMode": 0o440}
    assert mount["readOnly"] is True
    settings = named("ConfigMap", "attache")["data"]
    assert Path(settings["STRIPE_SECRET_KEY_FILE"]).parent == Path(mount["mountPath"])
    assert spec["securityContext"]["fsGroup"] == spec["securityContext"]["runAsGroup"]


def test_running_operations_have_time_to_finish():
    spec = named("Deployment", "attache")["spec"]["template"]["spec"]
    over_stripe = Settings(stripe_secret_key=SecretStr("sk_test_x"), allow_anonymous=True)
    assert spec["terminationGracePeriodSeconds"] > over_stripe.drain + over_stripe.finish


def test_images_are_pinned_by_version():
    images = [container["image"] for container in containers()]
    assert all(re.search(r":\d+\.\d+\.\d+$", image) for image in images), images
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert f"registry.example.com/attache:{version}" in images
