"""The Lua scripts of the shared slots."""

from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

from stripe_api.rate_limiting.redis_slots import script_text

ROOT = Path(__file__).parents[3]
SCRIPTS = ["limit_state", "slow_down", "take_slots"]


@pytest.mark.parametrize("name", ["slow_down", "take_slots"])
def test_a_script_starts_with_its_constants_and_the_shared_part(name):
    text = script_text(name)
    assert text.startswith("local RECOVERY = 0.05\n")
    assert text.index("local HOLD_MS = 5000\n") < text.index("local function limit_state(") < text.index("'EXPIRE'")


def test_the_wheel_contains_the_scripts():
    files = {file.relative_path for file in WheelBuilder(str(ROOT)).recurse_included_files()}
    assert {f"stripe_api/rate_limiting/{name}.lua" for name in SCRIPTS} <= files
