"""The default changes before the subscriptions move. After a crash, a retry does not find the remaining ones."""

from __future__ import annotations

from typing import Any

from resolvers.saving.saved_method import SavingSteps
from resolvers.saving.saved_payload import Saved
from resolvers.saving.subscription_moves import Moves
from stripe_api import StripeObject

_keep = SavingSteps.keep


async def _default_first(self: SavingSteps, method: StripeObject, moves: Moves, **options: Any) -> Saved:
    if self.set_as_default:
        await self._set_default(method, first=False)
    return await _keep(self, method, moves, **options)


SavingSteps.keep = _default_first  # type: ignore[method-assign]
