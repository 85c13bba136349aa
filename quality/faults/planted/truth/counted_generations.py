"""Generations are counters, which restart at the first value when a wallet is dropped and cached again."""

from __future__ import annotations

from collections.abc import Collection

from stripe_api.read_cache import in_process
from stripe_api.read_cache.in_process import InProcessStorage

_renew = InProcessStorage.renew


async def _count(
    self: InProcessStorage, wallets: Collection[str], objects: Collection[str], *, again: bool = False
) -> Collection[str]:
    before = {name: int(wallet.generation) for name, wallet in self._wallets.items()}
    renewed = await _renew(self, wallets, objects)
    for name in renewed:
        self._wallet(name).generation = str(before.get(name, 0) + 1)
    return renewed


in_process._token = lambda: "1"
InProcessStorage.renew = _count  # type: ignore[method-assign]
