"""Runs the clients' code generators on a project's documents and the schema, into its `generated` folder."""

from __future__ import annotations

from pathlib import Path
from subprocess import CompletedProcess

from tests.support.node_projects import run


def tool(project: Path, name: str, *arguments: str) -> CompletedProcess[str]:
    """A generator or compiler of the project, ended."""
    return run(str(project / "node_modules/.bin" / name), *arguments, project=project, seconds=120)


def types(project: Path) -> CompletedProcess[str]:
    """graphql-codegen's types and manifest, and the code over them, compiled strictly."""
    generated = tool(project, "graphql-codegen", "--config", "codegen.json")
    return generated if generated.returncode else tool(project, "tsc")


def apollo_manifest(project: Path) -> CompletedProcess[str]:
    """Apollo's manifest of trusted documents."""
    (project / "generated").mkdir(exist_ok=True)
    return tool(project, "generate-persisted-query-manifest")


def relay(project: Path) -> CompletedProcess[str]:
    """Relay's documents, compiled with their texts."""
    return _relay(project, "relay", "relay.config.json")


def relay_persisted(project: Path) -> CompletedProcess[str]:
    """Relay's documents, compiled without their texts, which go into a manifest."""
    (project / "generated").mkdir(exist_ok=True)
    (project / "generated/relay-documents.json").write_text("{}")
    return _relay(project, "relay-persisted", "relay.persisted.config.json", "--repersist")


def _relay(project: Path, folder: str, *arguments: str) -> CompletedProcess[str]:
    artifacts = project / "generated" / folder
    artifacts.mkdir(parents=True, exist_ok=True)
    (artifacts / "package.json").write_text('{"type": "commonjs"}')
    return tool(project, "relay-compiler", *arguments)
