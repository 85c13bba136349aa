"""Types of parameter. Each parses its part of a decoded form, or raises an error with Stripe's message."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from sandbox.errors import MissingParameter, ParameterError
from sandbox.fixtures import load
from sandbox.http.form import Form, FormValue

_COUNTRIES = frozenset(load("countries"))
_INTEGER = re.compile(r"-?[0-9]{1,18}")
_INDEX = re.compile(r"[0-9]{1,9}")
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[A-Za-z0-9._~\[\]:-]*([/?#][!-~]*)?")
_SCRIPT_SCHEMES = ("javascript:", "data:", "vbscript:")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


class ParameterType(Protocol):
    """Parses a parameter. `param` is its full name, for errors. An empty string that unsets it becomes None."""

    def parse(self, value: FormValue, param: str) -> Any: ...


@dataclass(frozen=True)
class Text:
    """A string. If `unsettable`, an empty one means null."""

    limit: int = 5000
    unsettable: bool = False

    def parse(self, value: FormValue, param: str) -> str | None:
        text = _string(value, param)
        if len(text) > self.limit:
            shown = f"{text[:10]}...{text[-10:]}"
            raise ParameterError(f"Invalid string: {shown}; must be at most {self.limit} characters", param=param)
        if _is_unset(text, param, self.unsettable):
            return None
        self.check(text, param)
        return text

    def check(self, text: str, param: str) -> None:
        """Raises ParameterError for invalid text. Subclasses override it."""


@dataclass(frozen=True)
class Email(Text):
    """An email address. Only its rough form is checked."""

    limit: int = 512

    def check(self, text: str, param: str) -> None:
        if not _EMAIL.fullmatch(text):
            raise ParameterError(f"Invalid email address: {text}", code="email_invalid", param=param)


@dataclass(frozen=True)
class Country(Text):
    """A two-letter country code of ISO 3166-1."""

    def check(self, text: str, param: str) -> None:
        if text not in _COUNTRIES:
            message = (
                f"Country '{text}' is unknown. Try using a 2-character alphanumeric country code instead, such as 'US',"
                " 'EG', or 'GB'. A full list of country codes is available at"
                " https://en.wikipedia.org/wiki/ISO_3166-1_alpha-2#Officially_assigned_code_elements"
            )
            raise ParameterError(message, param=param)


@dataclass(frozen=True)
class Url(Text):
    """A URL that a payer may be redirected to: `https://…`, or a custom scheme of an app."""

    def check(self, text: str, param: str) -> None:
        if not _URL.fullmatch(text) or text.lower().startswith(_SCRIPT_SCHEMES):
            raise ParameterError("Not a valid URL", code="url_invalid", param=param)


@dataclass(frozen=True)
class Choice:
    """One of a fixed set of values."""

    values: tuple[str, ...]
    unsettable: bool = False

    def parse(self, value: FormValue, param: str) -> str | None:
        text = _string(value, param)
        if text and text not in self.values:
            raise ParameterError(f"Invalid {param}: must be one of {_listed(self.values)}", param=param)
        return None if _is_unset(text, param, self.unsettable) else text


@dataclass(frozen=True)
class Integer:
    """A whole number, optionally within bounds."""

    minimum: int | None = None
    maximum: int | None = None

    def parse(self, value: FormValue, param: str) -> int:
        text = _required_string(value, param)
        if not _INTEGER.fullmatch(text):
            raise _not_an_integer(f"Invalid integer: {text}", param)
        return self._within(int(text), param)

    def _within(self, number: int, param: str) -> int:
        if self.minimum is not None and number < self.minimum:
            raise _not_an_integer(f"This value must be greater than or equal to {self.minimum}.", param)
        if self.maximum is not None and number > self.maximum:
            raise _not_an_integer(f"This value must be less than or equal to {self.maximum}.", param)
        return number


@dataclass(frozen=True)
class Boolean:
    """The text `true` or `false`."""

    def parse(self, value: FormValue, param: str) -> bool:
        text = _required_string(value, param)
        if text not in ("true", "false"):
            raise ParameterError(f"Invalid boolean: {text}", param=param)
        return text == "true"


@dataclass(frozen=True)
class Array:
    """A list whose elements have one type."""

    element: ParameterType
    unsettable: bool = False

    def parse(self, value: FormValue, param: str) -> list[Any] | None:
        if _is_unset(value, param, self.unsettable):
            return None
        if isinstance(value, str) or not all(map(_INDEX.fullmatch, value)):
            raise ParameterError("Invalid array", param=param)
        return [self.element.parse(value[index], f"{param}[{index}]") for index in sorted(value, key=int)]


@dataclass(frozen=True)
class Hash:
    """An object with a fixed set of members. An unknown member is an error."""

    members: Mapping[str, ParameterType]
    required: tuple[str, ...] = ()
    unsettable: bool = False

    def parse(self, value: FormValue, param: str) -> dict[str, Any] | None:
        if _is_unset(value, param, self.unsettable):
            return None
        if isinstance(value, str):
            raise ParameterError("Invalid object", param=param)
        return self.parse_form(value, param)

    def parse_form(self, form: Form, param: str = "") -> dict[str, Any]:
        """Returns the parsed members by name. `param` is empty for the request itself."""
        unknown = [_nested_name(param, name) for name in form if name not in self.members]
        if unknown:
            raise _unknown(unknown)
        for name in self.required:
            if name not in form:
                raise MissingParameter(_nested_name(param, name))
        return {name: self.members[name].parse(value, _nested_name(param, name)) for name, value in form.items()}


@dataclass(frozen=True)
class Metadata:
    """Text values by key. An empty string deletes all keys, an empty value deletes its key."""

    unsettable: bool = True

    def parse(self, value: FormValue, param: str) -> dict[str, str] | None:
        if _is_unset(value, param, self.unsettable):
            return None
        if isinstance(value, str):
            raise ParameterError("Invalid object", param=param)
        return {key: self._value(key, text, param) for key, text in value.items()}

    def _value(self, key: str, value: FormValue, param: str) -> str:
        text = _string(value, f"{param}[{key}]")
        if len(key) > 40:
            raise ParameterError(_too_long("key", key, 40), param=param)
        if len(text) > 500:
            raise ParameterError(_too_long("value", text, 500), param=f"{param}[{key}]")
        return text


def _too_long(part: str, text: str, limit: int) -> str:
    return (
        f"Metadata {part}s can have up to {limit} characters, but you passed in a {part} that is {len(text)}"
        f" characters. Invalid {part}: {text}"
    )


@dataclass(frozen=True)
class Unchecked:
    """A known parameter that the sandbox accepts with any value."""

    def parse(self, value: FormValue, param: str) -> FormValue:
        return value


@dataclass(frozen=True)
class Either:
    """One type for text, another for an object."""

    text: ParameterType
    object: ParameterType

    def parse(self, value: FormValue, param: str) -> Any:
        return (self.text if isinstance(value, str) else self.object).parse(value, param)


def endpoint_parameters(members: Mapping[str, ParameterType] | None = None, *, required: tuple[str, ...] = ()) -> Hash:
    """Returns the parameters of one endpoint. Every endpoint also accepts `expand`."""
    return Hash({"expand": Array(Text()), **(members or {})}, required)


NO_PARAMETERS = endpoint_parameters()


def _string(value: FormValue, param: str) -> str:
    if not isinstance(value, str):
        raise ParameterError("Invalid string: an object was given", param=param)
    return value


def _required_string(value: FormValue, param: str) -> str:
    text = _string(value, param)
    _is_unset(text, param, False)
    return text


def _is_unset(value: FormValue, param: str, unsettable: bool) -> bool:
    """Returns whether the value is an empty string. Raises if that can't unset the parameter."""
    if value == "" and not unsettable:
        message = f"You passed an empty string for '{param}', which cannot be unset: leave it out or give it a value."
        raise ParameterError(message, code="parameter_invalid_empty", param=param)
    return value == ""


def _unknown(names: list[str]) -> ParameterError:
    message = f"Received unknown parameter{'s' if len(names) > 1 else ''}: {', '.join(names)}"
    return ParameterError(message, code="parameter_unknown", param=names[0])


def _not_an_integer(message: str, param: str) -> ParameterError:
    return ParameterError(message, code="parameter_invalid_integer", param=param)


def _nested_name(param: str, name: str) -> str:
    return f"{param}[{name}]" if param else name


def _listed(values: tuple[str, ...]) -> str:
    if len(values) < 2:
        return values[0]
    return ", ".join(values[:-1]) + (", or " if len(values) > 2 else " or ") + values[-1]
