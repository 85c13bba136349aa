"""Kinds of parameter: each reads its part of a decoded form, or refuses it in Stripe's words."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from sandbox.errors import ParameterError
from sandbox.http.form import Field, Form
from sandbox.parameters.countries import COUNTRIES

_INTEGER = re.compile(r"-?[0-9]{1,18}")
_INDEX = re.compile(r"[0-9]{1,9}")
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[A-Za-z0-9._~\[\]:-]*([/?#][!-~]*)?")
_SCRIPTS = ("javascript:", "data:", "vbscript:")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


class Kind(Protocol):
    """What a parameter may hold. `read` returns None where an empty string unsets it."""

    def read(self, given: Field, param: str) -> Any: ...


@dataclass(frozen=True)
class Text:
    """A string. `unset` says that an empty one means null."""

    limit: int = 5000
    unset: bool = False

    def read(self, given: Field, param: str) -> str | None:
        text = _string(given, param)
        if len(text) > self.limit:
            shown = f"{text[:10]}...{text[-10:]}"
            raise ParameterError(f"Invalid string: {shown}; must be at most {self.limit} characters", param=param)
        _check_empty(text, param, self.unset)
        return text or None


@dataclass(frozen=True)
class Email(Text):
    """An address, looked at no harder than it takes to notice a slip."""

    limit: int = 512

    def read(self, given: Field, param: str) -> str | None:
        text = super().read(given, param)
        if text and not _EMAIL.fullmatch(text):
            raise ParameterError(f"Invalid email address: {text}", code="email_invalid", param=param)
        return text


@dataclass(frozen=True)
class Country(Text):
    """A country's two-letter code."""

    def read(self, given: Field, param: str) -> str | None:
        text = super().read(given, param)
        if text and text not in COUNTRIES:
            message = (
                f"Country '{text}' is unknown. Try using a 2-character alphanumeric country code instead, such as 'US',"
                " 'EG', or 'GB'. A full list of country codes is available at"
                " https://en.wikipedia.org/wiki/ISO_3166-1_alpha-2#Officially_assigned_code_elements"
            )
            raise ParameterError(message, param=param)
        return text


@dataclass(frozen=True)
class Url(Text):
    """Where a browser or an app may be sent: `https://…`, or a scheme of the app's own."""

    def read(self, given: Field, param: str) -> str | None:
        text = super().read(given, param)
        if text and (not _URL.fullmatch(text) or text.lower().startswith(_SCRIPTS)):
            raise ParameterError("Not a valid URL", code="url_invalid", param=param)
        return text


@dataclass(frozen=True)
class Choice:
    """One of a few words."""

    words: tuple[str, ...]
    unset: bool = False

    def read(self, given: Field, param: str) -> str | None:
        text = _string(given, param)
        if text and text not in self.words:
            raise ParameterError(f"Invalid {param}: must be one of {_listed(self.words)}", param=param)
        _check_empty(text, param, self.unset)
        return text or None


@dataclass(frozen=True)
class Integer:
    """A whole number, within bounds where it has any."""

    low: int | None = None
    high: int | None = None

    def read(self, given: Field, param: str) -> int:
        text = _string(given, param)
        _check_empty(text, param, False)
        if not _INTEGER.fullmatch(text):
            raise _not_an_integer(f"Invalid integer: {text}", param)
        return self._within(int(text), param)

    def _within(self, number: int, param: str) -> int:
        if self.low is not None and number < self.low:
            raise _not_an_integer(f"This value must be greater than or equal to {self.low}.", param)
        if self.high is not None and number > self.high:
            raise _not_an_integer(f"This value must be less than or equal to {self.high}.", param)
        return number


@dataclass(frozen=True)
class Boolean:
    """`true` or `false`, as text."""

    def read(self, given: Field, param: str) -> bool:
        text = _string(given, param)
        if text not in ("", "true", "false"):
            raise ParameterError(f"Invalid boolean: {text}", param=param)
        _check_empty(text, param, False)
        return text == "true"


@dataclass(frozen=True)
class Array:
    """A list, each of whose elements is of one kind."""

    of: Kind
    unset: bool = False

    def read(self, given: Field, param: str) -> list[Any] | None:
        _check_empty(given, param, self.unset)
        if given == "":
            return None
        if isinstance(given, str) or not all(map(_INDEX.fullmatch, given)):
            raise ParameterError("Invalid array", param=param)
        return [self.of.read(given[index], f"{param}[{index}]") for index in sorted(given, key=int)]


@dataclass(frozen=True)
class Hash:
    """An object with members known by name: an unknown name is an error, never ignored."""

    members: Mapping[str, Kind]
    required: tuple[str, ...] = ()
    unset: bool = False

    def read(self, given: Field, param: str) -> dict[str, Any] | None:
        _check_empty(given, param, self.unset)
        if given == "":
            return None
        if isinstance(given, str):
            raise ParameterError("Invalid object", param=param)
        return self.read_form(given, param)

    def read_form(self, form: Form, param: str = "") -> dict[str, Any]:
        """Returns the values by name; `param` is empty for the request as a whole."""
        unknown = [_below(param, name) for name in form if name not in self.members]
        if unknown:
            raise _unknown(unknown)
        for name in self.required:
            if name not in form:
                raise missing(_below(param, name))
        return {name: self.members[name].read(given, _below(param, name)) for name, given in form.items()}


@dataclass(frozen=True)
class Metadata:
    """Text by key. None means that all of it goes, an empty value that its key goes."""

    unset: bool = True

    def read(self, given: Field, param: str) -> dict[str, str] | None:
        _check_empty(given, param, self.unset)
        if given == "":
            return None
        if isinstance(given, str):
            raise ParameterError("Invalid object", param=param)
        return {key: self._value(key, value, param) for key, value in given.items()}

    def _value(self, key: str, given: Field, param: str) -> str:
        value = _string(given, f"{param}[{key}]")
        if len(key) > 40:
            raise ParameterError(_too_long("key", key, 40), param=param)
        if len(value) > 500:
            raise ParameterError(_too_long("value", value, 500), param=f"{param}[{key}]")
        return value


def _too_long(part: str, text: str, limit: int) -> str:
    return (
        f"Metadata {part}s can have up to {limit} characters, but you passed in a {part} that is {len(text)}"
        f" characters. Invalid {part}: {text}"
    )


@dataclass(frozen=True)
class Anything:
    """Known by name and accepted as it comes: this sandbox does nothing with it."""

    def read(self, given: Field, param: str) -> Field:
        return given


@dataclass(frozen=True)
class Either:
    """A value of one kind where text is given, of another where an object is."""

    text: Kind
    object: Kind

    def read(self, given: Field, param: str) -> Any:
        return (self.text if isinstance(given, str) else self.object).read(given, param)


EXPAND = Array(Text())
ADDRESS = Hash({name: Text(unset=True) for name in ("city", "country", "line1", "line2", "postal_code", "state")})
OPTIONAL_ADDRESS = Hash(ADDRESS.members, unset=True)
PAGING: Mapping[str, Kind] = {
    "ending_before": Text(),
    "limit": Integer(low=1, high=100),
    "starting_after": Text(),
}
TIMES = Either(Integer(), Hash({name: Integer() for name in ("gt", "gte", "lt", "lte")}))


def parameters(members: Mapping[str, Kind] | None = None, *, required: tuple[str, ...] = ()) -> Hash:
    """Returns what one endpoint accepts; `expand` is among it everywhere."""
    return Hash({"expand": EXPAND, **(members or {})}, required)


def missing(param: str) -> ParameterError:
    """Returns the refusal of a request that lacks a parameter it needs."""
    return ParameterError(f"Missing required param: {param}.", code="parameter_missing", param=param)


def _string(given: Field, param: str) -> str:
    if not isinstance(given, str):
        raise ParameterError("Invalid string: an object was given", param=param)
    return given


def _check_empty(given: Field, param: str, unsets: bool) -> None:
    """Raises for an empty string, unless it may mean null here."""
    if given == "" and not unsets:
        message = f"You passed an empty string for '{param}', which cannot be unset: leave it out or give it a value."
        raise ParameterError(message, code="parameter_invalid_empty", param=param)


def _unknown(names: list[str]) -> ParameterError:
    plural = "s" if len(names) > 1 else ""
    return ParameterError(
        f"Received unknown parameter{plural}: {', '.join(names)}", code="parameter_unknown", param=names[0]
    )


def _not_an_integer(message: str, param: str) -> ParameterError:
    return ParameterError(message, code="parameter_invalid_integer", param=param)


def _below(param: str, name: str) -> str:
    return f"{param}[{name}]" if param else name


def _listed(words: tuple[str, ...]) -> str:
    return ", ".join(words[:-1]) + (", or " if len(words) > 2 else " or ") + words[-1] if len(words) > 1 else words[0]
