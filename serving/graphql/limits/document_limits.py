"""Limits of documents, variables and responses. Each fragment is measured once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
)
from graphql.execution.values import VariableValues

from serving.graphql.error_codes import ErrorCode
from serving.graphql.limits.cost import CostMeter, TooCostly, fragments_of, introspection_limit
from serving.graphql.limits.introspection_cost import TooMuchIntrospection
from serving.settings.settings import Settings

INTROSPECTION = ("__schema", "__type")

INTROSPECTION_DEPTH = 20
"""Levels of fields below `__schema` and `__type`. The standard introspection query has 15."""


MAX_COMPARISONS = 20_000
"""Validation compares pairs of fragments, and pairs of fields with the same response name. 1,000 pairs take 2 ms."""

MAX_DIGITS = 4000
"""Python can't parse integers of 4,300 or more digits."""

_LONG_NUMBER = re.compile(rf"(?<![0-9])[0-9]{{{MAX_DIGITS}}}")


@dataclass(frozen=True, slots=True)
class Size:
    """The size of a selection: fields, levels of fields, aliased or repeated fields, levels of introspection.

    `fields` does not include the fields below them.
    """

    fields: int = 0
    depth: int = 0
    aliases: int = 0
    introspection: int = 0


class DocumentLimits:
    """The limits from the settings. Each check raises GraphQLError with the limit and its value."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @property
    def max_fields(self) -> int:
        """Maximum number of fields in a response."""
        return self._settings.max_cost

    def max_introspection(self, schema: GraphQLSchema) -> int:
        """Maximum number of fields in a response below `__schema` and `__type`."""
        return min(self._settings.max_cost, introspection_limit(schema))

    def check_text(self, text: str) -> None:
        """Check the text of a document before it is parsed. The parser counts its tokens."""
        if len(text) > self._settings.max_document_bytes or len(text.encode()) > self._settings.max_document_bytes:
            raise _exceeded("max_document_bytes", self._settings.max_document_bytes, "The document is too long")
        if _LONG_NUMBER.search(text):
            raise GraphQLError(
                f"The document has a number with too many digits: at most {MAX_DIGITS - 1}.",
                extensions={"code": ErrorCode.BAD_USER_INPUT},
            )

    def check_document(self, document: DocumentNode) -> None:
        """Check a document before it is validated."""
        if _comparisons(document) > MAX_COMPARISONS:
            raise GraphQLError(
                "The document has too many fragments, or selects fields of one name too often. Split it.",
                extensions={"code": ErrorCode.BAD_USER_INPUT, "limit": "MAX_COMPARISONS", "value": MAX_COMPARISONS},
            )
        meter = _Meter(document)
        for node in document.definitions:
            if isinstance(node, OperationDefinitionNode):
                size = meter.size(node.selection_set)
                self._check_root(node, size.fields)
                self._check("max_depth", size.depth, "The document is nested too deeply")
                self._check("max_aliases", size.aliases, "The document has too many aliased or repeated fields")
                if size.introspection > INTROSPECTION_DEPTH:
                    raise _exceeded(
                        "introspection_depth", INTROSPECTION_DEPTH, "Introspection in the document is nested too deeply"
                    )

    def check_variables(self, variables: Mapping[str, Any]) -> None:
        """Check variables before they are coerced. They have the same limit as the tokens of a document."""
        limit = self._settings.max_document_tokens
        pending: list[Any] = [variables]
        counted = 0
        while pending:
            value = pending.pop()
            if isinstance(value, dict | list):
                counted += len(value)
                if counted > limit:
                    raise _exceeded("max_document_tokens", limit, "The variables have too many values")
                pending += value.values() if isinstance(value, dict) else value

    def check_cost(
        self,
        schema: GraphQLSchema,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        variables: VariableValues | None,
    ) -> None:
        """Check the cost of an operation in a valid document. Without variables, their page sizes are unknown."""
        limit, introspection = self._settings.max_cost, self.max_introspection(schema)
        try:
            CostMeter(schema, document, variables, limit, introspection_limit=introspection).cost(operation)
        except TooCostly:
            raise _exceeded("max_cost", limit, "The response would have too many fields") from None
        except TooMuchIntrospection:
            if introspection == limit:
                raise _exceeded("max_cost", limit, "The response would have too many fields") from None
            message = "The response would have too many fields below __schema and __type"
            raise _exceeded("max_introspection", introspection, message) from None

    def _check_root(self, operation: OperationDefinitionNode, fields: int) -> None:
        if operation.operation is OperationType.MUTATION:
            self._check("max_mutations", fields, "The document has too many mutations")
        self._check("max_root_fields", fields, "The document has too many root fields")

    def _check(self, name: str, measured: int, message: str) -> None:
        limit: int = getattr(self._settings, name)
        if measured > limit:
            raise _exceeded(name, limit, message)


def _comparisons(document: DocumentNode) -> int:
    """An upper bound of the pairs that validation compares: fragments, and fields with the same response name."""
    counts: Counter[str] = Counter()
    pending: list[Any] = [node.selection_set for node in document.definitions if hasattr(node, "selection_set")]
    while pending:
        for node in pending.pop().selections:
            if isinstance(node, FieldNode):
                counts[(node.alias or node.name).value] += 1
            if getattr(node, "selection_set", None) is not None:
                pending.append(node.selection_set)
    fragments = sum(isinstance(node, FragmentDefinitionNode) for node in document.definitions)
    return fragments**2 + sum(count**2 for count in counts.values())


class _Meter:
    """Measures the selections of one document."""

    def __init__(self, document: DocumentNode) -> None:
        self._fragments = fragments_of(document)
        self._measured: dict[str, Size | None] = {}

    def size(self, selections: SelectionSetNode, of: str = "", seen: set[str] | None = None) -> Size:
        """The size of a selection set. `seen` contains the fields that are selected next to it on the type `of`."""
        fields = depth = aliases = introspection = 0
        seen = set() if seen is None else seen
        for node in selections.selections:
            if isinstance(node, FieldNode):
                part = self._field(node)
                key = node.alias.value if node.alias is not None else node.name.value
            elif isinstance(node, FragmentSpreadNode):
                part = self._fragment(node.name.value)
                key = f"...{node.name.value}"
            else:
                assert isinstance(node, InlineFragmentNode)
                condition = node.type_condition
                part = self.size(node.selection_set, of if condition is None else condition.name.value, seen)
                key = ""
            fields += part.fields
            depth = max(depth, part.depth)
            aliases += part.aliases
            introspection = max(introspection, part.introspection)
            if key:
                aliases += f"{of} {key}" in seen
                seen.add(f"{of} {key}")
        return Size(fields, depth, aliases, introspection)

    def _field(self, node: FieldNode) -> Size:
        alias = 1 if node.alias is not None else 0
        if node.selection_set is None:
            return Size(1, 1, alias)
        inner = self.size(node.selection_set)
        if node.name.value in INTROSPECTION:
            return Size(1, 1, alias + inner.aliases, inner.depth)
        return Size(1, 1 + inner.depth, alias + inner.aliases, inner.introspection)

    def _fragment(self, name: str) -> Size:
        if name not in self._measured:
            fragment = self._fragments.get(name)
            self._measured[name] = None
            self._measured[name] = self.size(fragment.selection_set) if fragment else Size()
        size = self._measured[name]
        if size is None:
            raise GraphQLError(f"The fragment {name} spreads itself.", extensions={"code": ErrorCode.BAD_USER_INPUT})
        return size


def _exceeded(name: str, limit: int, message: str) -> GraphQLError:
    return GraphQLError(
        f"{message}: at most {limit} ({name.upper()}).",
        extensions={"code": ErrorCode.BAD_USER_INPUT, "limit": name.upper(), "value": limit},
    )
