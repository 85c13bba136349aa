"""Ids that look like Stripe's: a prefix, then random letters and digits."""

import random
import string

_LETTERS = string.ascii_letters + string.digits
# Ids of newer object types contain a part that identifies the account. This one is from Stripe's published examples.
_ACCOUNT = "LkdIwHu7ix"
_PREFIXES_WITH_ACCOUNT = frozenset(
    ("pm", "pi", "ch", "seti", "setatt", "mandate", "ctoken", "evt", "we", "sub", "price", "cuss", "ephkey")
)
# In the ids of payments, and of the events about them, the first digit is another one.
_OF_PAYMENTS = ("pi", "ch")

_random = random.SystemRandom()


def new_id(prefix: str, about: str = "") -> str:
    """Returns a new id such as `pm_1SbQx2LkdIwHu7ixh0Vt4GzK` or `cus_TgRk3mVbQ8nXwe`.

    `about` is the id of the object that an event is about.
    """
    if prefix in _PREFIXES_WITH_ACCOUNT:
        digit = 3 if prefix in _OF_PAYMENTS or about.startswith(tuple(f"{one}_" for one in _OF_PAYMENTS)) else 1
        return f"{prefix}_{digit}{random_letters(5)}{_ACCOUNT}{random_letters(8)}"
    return f"{prefix}_{random_letters(14)}"


def new_webhook_secret() -> str:
    """Returns a new secret that signs webhook deliveries."""
    return f"whsec_{random_letters(32)}"


def random_letters(count: int) -> str:
    """Returns random letters and digits."""
    return "".join(_random.choices(_LETTERS, k=count))
