"""Calls that fail for lack of a descriptor count as failures for the circuit breaker."""

from __future__ import annotations

import errno

from stripe_api import transport
from stripe_api.failures.failure_reasons import Reason

transport._ERRNO[errno.EMFILE] = Reason.CONNECTION_FAILED
