"""`server.py` as a command, run within the test's own process: starting Python takes longer than most commands."""

from __future__ import annotations

import contextlib
import io
import os
from dataclasses import dataclass
from unittest import mock

import cli
from quality.harness.processes import environment


@dataclass(frozen=True)
class Ended:
    """A command that has ended: its exit status and what it wrote."""

    returncode: int
    stdout: str
    stderr: str


def command(*arguments: str, **variables: str) -> Ended:
    """Run a command that does not serve. Logging stays as it is."""
    output, errors = io.StringIO(), io.StringIO()
    with (
        mock.patch.dict(os.environ, environment(**variables), clear=True),
        mock.patch("structlog.configure"),
        mock.patch("logging.config.dictConfig"),
        mock.patch("uvicorn.Server.run", side_effect=AssertionError("the command serves")),
        contextlib.redirect_stdout(output),
        contextlib.redirect_stderr(errors),
    ):
        try:
            status = cli.main(list(arguments))
        except SystemExit as exit:
            status = int(exit.code or 0)
    return Ended(status, output.getvalue(), errors.getvalue())
