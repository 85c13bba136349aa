"""The benchmark of subscribers works: every change reaches both subscribers of its wallet."""

from quality.harness.processes import completed


def test_every_change_reaches_every_subscriber():
    ended = completed("-m", "quality.benchmarks.subscribers", "--subscribers", "4", "--rate", "4", "--seconds", "1")
    assert "4 subscribers, 4 changes, 8 messages of 8" in ended.stdout, ended.stdout + ended.stderr
