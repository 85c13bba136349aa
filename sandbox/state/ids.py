"""Ids that look like Stripe's: a prefix, then random letters and digits."""

import random
import string

_LETTERS = string.ascii_letters + string.digits
# Ids of newer object types contain a part that identifies the account. This one is from Stripe's published examples.
_ACCOUNT = "LkdIwHu7ix"
_PREFIXES_WITH_ACCOUNT = {"pm", "seti", "setatt", "mandate", "ctoken", "evt", "we", "sub", "price", "cuss", "ephkey"}

_random = random.SystemRandom()


def new_id(prefix: str) -> str:
    """Returns a new id such as `pm_1SbQx2LkdIwHu7ixh0Vt4GzK` or `cus_TgRk3mVbQ8nXwe`."""
    if prefix in _PREFIXES_WITH_ACCOUNT:
        return f"{prefix}_1{random_letters(5)}{_ACCOUNT}{random_letters(8)}"
    return f"{prefix}_{random_letters(14)}"


def new_webhook_secret() -> str:
    """Returns a new secret that signs webhook deliveries."""
    return f"whsec_{random_letters(32)}"


def random_letters(count: int) -> str:
    """Returns random letters and digits."""
    return "".join(_random.choices(_LETTERS, k=count))
