"""An event evicts the wallet of the current customer, but not that of the previous one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from changes.events import event

_wallets = event._wallets


def _current_wallets(type: str, data: Any) -> Iterator[str]:
    return _wallets(type, {"object": data["object"]})


event._wallets = _current_wallets
