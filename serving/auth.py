"""Who is calling, as a small frozen value."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class CallerKind(enum.Enum):
    """What a caller may see: nothing proven, one wallet, all wallets."""

    ANONYMOUS = "anonymous"
    CUSTOMER = "customer"
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class Caller:
    """The caller of one request. `customer_id` is set exactly for a CUSTOMER: the one wallet that it reaches."""

    kind: CallerKind
    subject: str | None = None
    customer_id: str | None = None

    @property
    def identity(self) -> str:
        """What tells this caller from all others, for limits and idempotency keys."""
        return f"{self.kind.value}:{self.subject or ''}:{self.customer_id or ''}"


ANONYMOUS = Caller(CallerKind.ANONYMOUS)
