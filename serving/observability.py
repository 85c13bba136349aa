"""One line for each operation: names, hashes, numbers. Never a variable, a token or anything that came in with them."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence

from graphql import GraphQLError, OperationDefinitionNode

logger = logging.getLogger("attache.operation")

MAX_NAME_LENGTH = 60


class OperationNote:
    """What is noted of one operation, while it goes."""

    def __init__(self, caller: str) -> None:
        self._caller = caller
        self._codes: list[str] = []
        self._kind = "-"
        self._name = "-"
        self.document: str | None = None

    def chosen(self, operation: OperationDefinitionNode) -> None:
        """The operation that is executed. Its name is a word of the GraphQL grammar."""
        self._kind = operation.operation.value
        self._name = operation.name.value[:MAX_NAME_LENGTH] if operation.name is not None else "-"

    def errors(self, errors: Sequence[GraphQLError]) -> None:
        """How it went wrong, as codes."""
        self._codes = sorted({str((error.extensions or {}).get("code")) for error in errors})

    def write(self, *, calls: int, seconds: float) -> None:
        """The line."""
        logger.info(
            "%s %s document=%s caller=%s errors=%s calls=%d ms=%.0f",
            self._kind,
            self._name,
            document_hash(self.document) if self.document is not None else "-",
            self._caller,
            ",".join(self._codes) or "-",
            calls,
            seconds * 1000,
        )


def document_hash(text: str) -> str:
    """The first letters of a document's hash, which tell it from others and nothing of it."""
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:12]
