"""Subscriptions. The sandbox has them only to show which payment method each one uses."""

from dataclasses import dataclass

from sandbox.objects.record import Record

ENDED_STATUSES = ("canceled", "incomplete_expired")


@dataclass(slots=True, eq=False)
class Subscription(Record):
    """A subscription of a customer."""

    @property
    def customer(self) -> str:
        """The id of the subscribed customer."""
        return str(self.body["customer"])

    @property
    def has_ended(self) -> bool:
        """Whether it was canceled or expired."""
        return self.body["status"] in ENDED_STATUSES

    def cancel(self, now: int) -> None:
        """Ends the subscription immediately."""
        self.body |= {"canceled_at": now, "ended_at": now, "status": "canceled"}

    def remove_payment_method(self, id: str) -> bool:
        """Clears references to the payment method, and returns whether there were any.

        The customer's default is charged from then on.
        """
        names = [name for name in ("default_payment_method", "default_source") if self.body[name] == id]
        self.body |= dict.fromkeys(names)
        return bool(names)
