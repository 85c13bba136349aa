"""Which requests have responses that can be cached, and which wallets they name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from stripe_api import form
from stripe_api.ids import is_account, name_in

Key = tuple[object, ...]
"""The endpoint's path, its ids, and the parameters with `expand` sorted."""

_LIST = "/v1/payment_methods"
_BELOW_CUSTOMER = frozenset(
    (
        "/v1/customers/{customer}",
        "/v1/customers/{customer}/payment_methods",
        "/v1/customers/{customer}/payment_methods/{payment_method}",
    )
)
_METHOD = "/v1/payment_methods/{payment_method}"


@dataclass(frozen=True, slots=True)
class Read:
    """A read that may be cached. It names a wallet, or else a payment method whose wallets the reverse index has.

    `names_customer`: the wallet is named by its customer's id, so that a page without entries can be cached.
    `account` is the connected account, if any; the names and the key contain it.
    """

    key: Key
    wallet: str | None
    method: str | None = None
    names_customer: bool = False
    account: str | None = None


def cacheable_read(
    path: str, ids: Mapping[str, str], params: Mapping[str, form.Value | None], account: str | None = None
) -> Read | None:
    """The read with this path template, ids and parameters. None if its response is never cached."""
    read = _read(path, ids, params)
    return read if read is None or account is None else _in_account(read, account)


def _in_account(read: Read, account: str) -> Read:
    wallet, method = (name_in(account, id) if id is not None else None for id in (read.wallet, read.method))
    return Read((account, *read.key), wallet, method, read.names_customer, account)


def _read(path: str, ids: Mapping[str, str], params: Mapping[str, form.Value | None]) -> Read | None:
    if path in _BELOW_CUSTOMER:
        owner = ids["customer"]
        # The path may name an Account. Only a response shows the customer that changes of the wallet name.
        return Read(_key(path, ids, params), owner, names_customer=not is_account(owner))
    if path == _METHOD:
        return Read(_key(path, ids, params), None, ids["payment_method"])
    wallet = (params.get("customer") or params.get("customer_account")) if path == _LIST else None
    return Read(_key(path, ids, params), wallet) if isinstance(wallet, str) else None


def _key(path: str, ids: Mapping[str, str], params: Mapping[str, form.Value | None]) -> Key:
    given = [(name, _comparable(value)) for name, value in params.items() if value is not None]
    return (path, *ids.values(), *given)


def _comparable(value: form.Value) -> object:
    # `expand` is the only list; its order does not change the response.
    return value if isinstance(value, str | int) else tuple(sorted(map(str, value)))
