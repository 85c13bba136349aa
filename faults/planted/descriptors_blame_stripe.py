"""Calls for which the process has no descriptor count for the circuit breaker."""

from __future__ import annotations

import errno

from stripe_api import transport

transport._ERRNO[errno.EMFILE] = "connection"
