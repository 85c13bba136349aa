"""The page docs/settings.md."""

from __future__ import annotations

from typing import Any

from serving.settings.settings import Settings


def page() -> str:
    """docs/settings.md."""
    return f"""# Settings

Each setting is an environment variable. An invalid value stops the service at start, and the error says what to set.
`uv run server.py check` explains your settings. `make settings` generates this page.

{table()}"""


def table() -> str:
    """All settings with their defaults and meanings, as a table in Markdown."""
    rows = [
        f"| `{name.upper()}` | {_shown(field.default)} | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]
    return "\n".join(["| variable | default | meaning |", "|---|---|---|", *rows])


def _shown(default: Any) -> str:
    if default is None or default == ():
        return ""
    if isinstance(default, tuple):
        return f"`{','.join(default)}`"
    text = f"{default:g}" if isinstance(default, float) else str(default)
    return f"`{text.lower() if isinstance(default, bool) else text}`"
