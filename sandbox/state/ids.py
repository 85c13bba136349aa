"""Ids that look like Stripe's: a prefix, and letters and digits that mean nothing."""

import random
import string

_LETTERS = string.ascii_letters + string.digits
# Newer kinds of object carry the account's mark in their ids; it is that of Stripe's published examples.
_ACCOUNT = "LkdIwHu7ix"
_WITH_ACCOUNT = {"pm", "seti", "setatt", "mandate"}

_random = random.SystemRandom()


def new_id(prefix: str) -> str:
    """Returns a fresh id such as `pm_1SbQx2LkdIwHu7ixh0Vt4GzK` or `cus_TgRk3mVbQ8nXwe`."""
    if prefix in _WITH_ACCOUNT:
        return f"{prefix}_1{letters(5)}{_ACCOUNT}{letters(8)}"
    return f"{prefix}_{letters(14)}"


def letters(count: int) -> str:
    """Returns that many letters and digits, drawn at random."""
    return "".join(_random.choices(_LETTERS, k=count))
