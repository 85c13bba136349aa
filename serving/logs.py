"""Logging, configured in one place and after uvicorn's own."""

from __future__ import annotations

import logging.config

SILENCED = ("strawberry.execution", "graphql.execution")
"""These write whole exceptions with the values in them; the service logs what is fit to be logged itself."""


def configure(level: str) -> None:
    """One line per event to standard error, and nothing from loggers that would leak values."""
    quiet = {name: {"level": "CRITICAL", "handlers": [], "propagate": False} for name in SILENCED}
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
            "root": {"level": "WARNING", "handlers": ["stderr"]},
            "loggers": {
                "attache": {"level": level.upper()},
                # What any client can make it write is no warning.
                "uvicorn": {"level": "ERROR" if level != "debug" else "DEBUG"},
                **quiet,
            },
        }
    )
