"""The service's own retry of a payment goes out with a new idempotency key."""

from __future__ import annotations

import quality.faults.planted.no_key_on_retry  # noqa: F401
