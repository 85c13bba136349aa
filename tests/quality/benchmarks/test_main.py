"""A run of many measurements."""

from __future__ import annotations

import pytest

from quality.benchmarks.__main__ import collect, main
from quality.benchmarks.agreement import Disagreement


def test_a_failed_measurement_does_not_end_the_run(capsys):
    def fails() -> dict[str, int]:
        raise Disagreement("yoga answers otherwise")

    found, failed = collect({"W1": lambda: {"W1": 1}, "W2": fails, "W3": lambda: {"W3": 3}})
    assert found == {"W1": 1, "W3": 3}
    assert failed == {"W2": "yoga answers otherwise"}
    assert "W2 FAILED: yoga answers otherwise" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["--only", "W9"], ["--servers", "hasura"]])
def test_unknown_names_are_rejected(arguments, capsys):
    with pytest.raises(SystemExit):
        main(arguments)
    assert "unknown:" in capsys.readouterr().err
