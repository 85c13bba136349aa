"""How the account behaves where Stripe leaves a choice. `POST /_sandbox/settings` changes it."""

from dataclasses import dataclass

# Stripe retries for days and does not publish its pauses.
RETRY_PAUSES = (1.0, 5.0)


@dataclass(frozen=True, slots=True)
class AccountSettings:
    """`refuse_failed_checks` imitates Radar rules that refuse a failed CVC or postal code check.

    With `events_for_cleared_defaults`, a detach also creates events for the customer and the subscriptions that
    referred to the payment method. Whether Stripe does is unknown. A delivery that fails is repeated after each of the
    `retry_pauses`, in seconds.
    """

    refuse_failed_checks: bool = False
    events_for_cleared_defaults: bool = False
    retry_pauses: tuple[float, ...] = RETRY_PAUSES
