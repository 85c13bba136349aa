"""A store that lost its state grants a whole second's calls at once."""

from __future__ import annotations

from stripe_api import shared_slots

assert "born + 1250" in shared_slots.TAKE
shared_slots.TAKE = shared_slots.TAKE.replace("born + 1250", "born + 0")
