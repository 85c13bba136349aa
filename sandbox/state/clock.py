"""The sandbox's own time, which can be moved forward."""

import time
from collections.abc import Callable


class Clock:
    """Seconds since 1970, from a source of time plus what `advance` added."""

    def __init__(self, source: Callable[[], float] = time.time) -> None:
        self._source = source
        self._ahead = 0.0

    def time(self) -> float:
        """Returns the present time, with fractions."""
        return self._source() + self._ahead

    def now(self) -> int:
        """Returns the present time as Stripe writes it, in whole seconds."""
        return int(self.time())

    def advance(self, seconds: float) -> None:
        """Moves the time forward."""
        self._ahead += seconds

    def reset(self) -> None:
        """Goes back to the time of the source."""
        self._ahead = 0.0
