"""Errors of invalid settings. Each names the variable and says what to set instead."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo


class SettingsError(Exception):
    """An invalid setting. The message names its variable, says what to set, and contains no secret."""


def problem(name: str, message: str) -> ValueError:
    """An error about a setting. Its message starts with the variable."""
    return ValueError(f"{name.upper()}: {message}")


def explain(kind: type[BaseModel], entry: Any) -> str:
    """The message for one of Pydantic's errors. It never contains the value, which may be secret."""
    if not entry["loc"]:
        return str(entry["msg"]).removeprefix("Value error, ")
    name = str(entry["loc"][0]).lower()
    return f"{name.upper()}: {_advice(kind.model_fields[name], entry)}"


def _advice(field: FieldInfo, entry: Any) -> str:
    match entry["type"]:
        case "string_pattern_mismatch":
            return f"write it like {field.examples[0]}" if field.examples else "docs/settings.md says how to write it"
        case "bool_parsing" | "bool_type":
            return "give true or false"
        case "literal_error":
            return f"choose from {entry['ctx']['expected']}"
        case "int_parsing" | "int_from_float" | "int_parsing_size":
            return f"give a whole number{_range(field)}"
        case "float_parsing" | "finite_number" | "greater_than" | "greater_than_equal" | "less_than_equal":
            return f"give a number{_range(field)}"
    return str(entry["msg"]).removeprefix("Value error, ")


def _range(field: FieldInfo) -> str:
    bounds = {name: getattr(one, name) for one in field.metadata for name in ("ge", "gt", "le") if hasattr(one, name)}
    if "gt" in bounds:
        return f" above {bounds['gt']} and at most {bounds['le']}"
    return f" from {bounds['ge']} to {bounds['le']}"
