"""A run of many measurements."""

from __future__ import annotations

import pytest

from quality.benchmarks.__main__ import collect, main
from quality.benchmarks.equal_responses import ResponseMismatch


def test_a_failed_measurement_does_not_end_the_run(capsys):
    def fails() -> dict[str, int]:
        raise ResponseMismatch("yoga responds differently")

    results, failed = collect({"W1": lambda: {"W1": 1}, "W2": fails, "W3": lambda: {"W3": 3}})
    assert results == {"W1": 1, "W3": 3}
    assert failed == {"W2": "yoga responds differently"}
    assert "W2 FAILED: yoga responds differently" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["--only", "W9"], ["--servers", "hasura"]])
def test_unknown_names_are_rejected(arguments, capsys):
    with pytest.raises(SystemExit):
        main(arguments)
    assert "unknown:" in capsys.readouterr().err
