"""The sandbox's clock, which can be moved forward."""

import time
from collections.abc import Callable


class Clock:
    """Seconds since 1970: the time of `source` plus the seconds added by `advance`."""

    def __init__(self, source: Callable[[], float] = time.time) -> None:
        self._source = source
        self._offset = 0.0

    def time(self) -> float:
        """Returns the current time with fractions."""
        return self._source() + self._offset

    def source_time(self) -> int:
        """Returns the time of the source in whole seconds, which `advance` does not change."""
        return int(self._source())

    def now(self) -> int:
        """Returns the current time in whole seconds, like Stripe's timestamps."""
        return int(self.time())

    def advance(self, seconds: float) -> None:
        """Moves the clock forward."""
        self._offset += seconds

    def reset(self) -> None:
        """Returns to the time of the source."""
        self._offset = 0.0
