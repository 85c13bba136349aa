"""The schedulers of connected accounts: Stripe limits each account's calls, so one account can't slow down another."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from stripe_api.rate_limiting.scheduler import Scheduler

KEPT_SCHEDULERS = 1000
"""Number of schedulers above which those without calls and limits are dropped. A new one starts with the full limit."""


class ConnectedSchedulers:
    """The scheduler of each connected account with recent calls. `create` makes that of an account."""

    def __init__(self, create: Callable[[str], Scheduler]) -> None:
        self._create = create
        self._by_account: dict[str, Scheduler] = {}

    @property
    def all(self) -> Sequence[Scheduler]:
        """All schedulers that are kept."""
        return list(self._by_account.values())

    def of(self, account: str, now: float) -> Scheduler:
        """The scheduler of this account."""
        found = self._by_account.get(account)
        if found is None:
            if len(self._by_account) >= KEPT_SCHEDULERS:
                self._drop_idle(now)
            found = self._by_account[account] = self._create(account)
        return found

    def _drop_idle(self, now: float) -> None:
        self._by_account = {
            account: scheduler for account, scheduler in self._by_account.items() if not scheduler.is_idle(now)
        }
