"""The access of a client that has a secret for one customer: an ephemeral key, or that of a customer session."""

from dataclasses import dataclass
from enum import Enum


class Right(Enum):
    """A kind of request that a secret allows. The customer and its payment methods are always those of the secret."""

    READ_CUSTOMER = "read_customer"
    UPDATE_CUSTOMER = "update_customer"
    LIST = "list"
    ATTACH = "attach"
    DETACH = "detach"


@dataclass(frozen=True, slots=True)
class CustomerAccess:
    """`key_id` identifies the secret. `shown` are the values of `allow_redisplay` that it lists; None for all."""

    key_id: str
    customer: str
    rights: frozenset[Right]
    shown: frozenset[str] | None = None
