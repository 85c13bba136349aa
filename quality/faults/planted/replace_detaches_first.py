"""REPLACE_EXISTING detaches the existing payment methods before their subscriptions have moved."""

from __future__ import annotations

from collections.abc import Sequence

from resolvers.saving.saved_method import SavingSteps
from resolvers.saving.saved_payload import Saved
from resolvers.saving.subscription_moves import Moves
from stripe_api import StripeObject

_replace = SavingSteps._replace


async def _detach_first(
    self: SavingSteps, dropped: Sequence[StripeObject], kept: StripeObject, moves: Moves, default: str | None
) -> Saved:
    for one in dropped:
        await self._detach(one, f"drop-existing {one['id']}")
    return await _replace(self, dropped, kept, moves, default)


SavingSteps._replace = _detach_first  # type: ignore[method-assign]
