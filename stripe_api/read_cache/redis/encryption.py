"""Encrypts responses for the shared store: AES-256-GCM, with keys that can be replaced one by one."""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
_ID_BYTES = 4
_NONCE_BYTES = 12

PLAIN, ENCRYPTED = b"p", b"e"
"""The first byte of a value in the store."""


def decode_key(text: str) -> bytes:
    """The key in base64, as `openssl rand -base64 32` and Fernet write it. Raises ValueError for another length."""
    try:
        key = base64.b64decode(text.translate(str.maketrans("-_", "+/")), validate=True)
    except binascii.Error:
        raise ValueError("not base64") from None
    if len(key) != KEY_BYTES:
        raise ValueError(f"{len(key)} bytes")
    return key


class Unencrypted:
    """Values are stored as they are."""

    def seal(self, value: bytes, context: bytes) -> bytes:
        """The bytes to store."""
        return PLAIN + value

    def open(self, stored: bytes, context: bytes) -> bytes | None:
        """The value; None if it is encrypted."""
        return stored[1:] if stored[:1] == PLAIN else None


class Encrypted:
    """Values are encrypted with the first of the keys, and decrypted with any of them.

    `context` is authenticated: a value that was moved to another place in the store is not accepted.
    """

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._keys = {hashlib.sha256(key).digest()[:_ID_BYTES]: AESGCM(key) for key in keys}
        self._first = next(iter(self._keys))

    def seal(self, value: bytes, context: bytes) -> bytes:
        """The bytes to store."""
        nonce = os.urandom(_NONCE_BYTES)
        return ENCRYPTED + self._first + nonce + self._keys[self._first].encrypt(nonce, value, context)

    def open(self, stored: bytes, context: bytes) -> bytes | None:
        """The value; None if it is not encrypted with one of the keys for this context."""
        start = 1 + _ID_BYTES
        key = self._keys.get(stored[1:start])
        if stored[:1] != ENCRYPTED or key is None:
            return None
        try:
            return key.decrypt(stored[start : start + _NONCE_BYTES], stored[start + _NONCE_BYTES :], context)
        except (InvalidTag, ValueError):
            return None
