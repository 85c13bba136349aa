"""The documents of the stories by name, each with the fragments that it needs, and the schema that they are for."""

from __future__ import annotations

from pathlib import Path

from graphql import parse, print_ast, separate_operations

from quality.harness.processes import ROOT

SCHEMA = (ROOT / "schema.graphql").read_text()
TEXT = "\n".join(file.read_text() for file in sorted((Path(__file__).parent / "operations").glob("*.graphql")))
DOCUMENTS = {name: print_ast(document) for name, document in separate_operations(parse(TEXT)).items()}
