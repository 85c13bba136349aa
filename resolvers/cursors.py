"""The cursors of a wallet's pages.

Stripe uses ids as cursors, and accepts any id as a position in any list, even that of another customer's payment
method. A cursor for a customer therefore contains a keyed hash of the wallet and the id, and the service verifies it
without a REST call. Callers with access to all wallets use Stripe's ids, and may use a customer's cursors too.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac

_HASH_LENGTH = 16
_MAX_LENGTH = 512


class Cursors:
    """Makes and reads customers' cursors."""

    def __init__(self, secret: str) -> None:
        """`secret` is the same for all replicas, so that each accepts the cursors of the others."""
        self._key = hmac.digest(secret.encode(), b"attache: cursors", hashlib.sha256)

    def make(self, wallet: str, id: str) -> str:
        """The cursor of a payment method in the wallet of that customer."""
        name = _bytes(id)
        return base64.urlsafe_b64encode(self._hash(wallet, name) + name).rstrip(b"=").decode()

    def read(self, wallet: str, cursor: str) -> str | None:
        """The id in a cursor; None if the cursor was not made for this wallet."""
        if len(cursor) > _MAX_LENGTH:
            return None
        try:
            decoded = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
            found, name = decoded[:_HASH_LENGTH], decoded[_HASH_LENGTH:]
            id = name.decode(errors="surrogatepass")
        except (binascii.Error, ValueError):  # A cursor is any text that a client sends.
            return None
        return id if hmac.compare_digest(found, self._hash(wallet, name)) else None

    def _hash(self, wallet: str, name: bytes) -> bytes:
        return hmac.digest(self._key, _bytes(wallet) + b"\0" + name, hashlib.sha256)[:_HASH_LENGTH]


def _bytes(id: str) -> bytes:
    return id.encode(errors="surrogatepass")
