import subprocess
import sys

from quality.harness.processes import ROOT

PROGRAM = """
import asyncio, time
from quality.harness import virtual_time
real = time.time()
virtual_time.replace_clocks()
async def sleep():
    before = time.time(), time.monotonic()
    await asyncio.sleep(3600)
    return time.time() - before[0], time.monotonic() - before[1], time.time() - real
wall, steady, since = virtual_time.run(sleep())
assert (wall, steady) == (3600, 3600), (wall, steady)
assert 3600 <= since < 3660, since
"""


def test_clocks_follow_the_virtual_loop():
    done = subprocess.run([sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
