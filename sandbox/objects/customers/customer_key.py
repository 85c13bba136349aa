"""A secret with which a client gets access to one customer until it expires."""

from dataclasses import dataclass, field

from sandbox.http.customer_access import CustomerAccess
from sandbox.objects.record import Record


@dataclass(slots=True, eq=False)
class CustomerKey(Record):
    """`expires` is in seconds since 1970."""

    secret: str = field(kw_only=True)
    expires: int = field(kw_only=True)
    access: CustomerAccess = field(kw_only=True)

    @property
    def id(self) -> str:
        """The id of the secret. A customer session does not show it."""
        return self.access.key_id

    def is_expired(self, now: int) -> bool:
        """Returns whether the secret is no longer valid."""
        return self.expires <= now
