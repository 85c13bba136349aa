"""Each retry of a payment by the service has a new idempotency key."""

from __future__ import annotations

import quality.faults.planted.no_key_on_retry  # noqa: F401
