"""Fixtures of the tests of resolvers."""

from __future__ import annotations

import pytest

from tests.resolvers.mutations.saving import Saving


@pytest.fixture
def saving(sandbox):
    """Saves payment methods as a customer's device does."""
    return Saving(sandbox)
