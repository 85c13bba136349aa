"""The facts about an unusable body that may be logged."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class UnusableBody:
    """The facts about the body of a success that can't be used. `limit` is the size limit that it exceeds, if any.

    `size` is None if the body was not read and has no Content-Length.
    """

    content_type: str | None
    size: int | None
    limit: int | None = None
