"""The secrets that sign the deliveries to a webhook endpoint."""

from dataclasses import dataclass

# Stripe keeps an old secret for at most 24 hours.
MAX_OVERLAP_SECONDS = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class SigningSecrets:
    """The current secret and, until `previous_until` in seconds, the one before it."""

    current: str
    previous: str | None = None
    previous_until: float = 0.0

    def live(self, now: float) -> tuple[str, ...]:
        """Returns the secrets that sign a delivery at that time, the current one first."""
        if self.previous is None or now >= self.previous_until:
            return (self.current,)
        return self.current, self.previous

    def rolled(self, new: str, previous_until: float) -> "SigningSecrets":
        """Returns the secrets with a new current one. A secret that was rolled before expires at once."""
        return SigningSecrets(new, self.current, previous_until)
