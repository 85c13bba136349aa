"""How a resolver is called: its arguments as Strawberry makes them of GraphQL's, with all that is fixed done before."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, cast

import strawberry
from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLResolveInfo,
    get_argument_values,
)
from graphql.execution.values import VariableValues
from strawberry.types.field import StrawberryField

Convert = Callable[[Any], Any]

_DECLARATION = "strawberry-definition"


class Unplannable(Exception):
    """An operation that is left to the ordinary executor."""


def declaration(definition: Any) -> Any:
    """What Strawberry made a part of the schema from."""
    return definition.extensions[_DECLARATION]


class Call:
    """Calls the resolver of one field."""

    def __init__(self, definition: GraphQLField, node: FieldNode) -> None:
        """Raises Unplannable where the resolver asks for more than itself, `info` and its arguments."""
        field: StrawberryField = declaration(definition)
        resolver = field.base_resolver
        if resolver is None or field.extensions or resolver.parent_parameter or resolver.root_parameter:
            raise Unplannable
        self._definition, self._node, self._field = definition, node, field
        self._takes_source = resolver.self_parameter is not None
        self._info_name = resolver.info_parameter.name if resolver.info_parameter is not None else None
        self._arguments = {
            name: (declaration(argument).python_name, _converter(argument.type))
            for name, argument in definition.args.items()
        }

    def __call__(self, source: Any, info: GraphQLResolveInfo[Any], variables: VariableValues) -> Any:
        """What the resolver gives, awaitable or not. Raises what it raises."""
        named: dict[str, Any] = {}
        if self._arguments:
            for name, value in get_argument_values(self._definition, self._node, variables).items():
                python_name, convert = self._arguments[name]
                named[python_name] = convert(value)
        its_info: Any = strawberry.Info(info, self._field)
        if self._info_name is not None:
            named[self._info_name] = its_info
        return self._field.get_result(source, its_info, [source] if self._takes_source else [], named)


def _converter(type_: GraphQLInputType) -> Convert:
    if isinstance(type_, GraphQLNonNull):
        return _converter(type_.of_type)
    if isinstance(type_, GraphQLList):
        item = _converter(type_.of_type)
        return lambda value: None if value is None else [item(one) for one in value]
    if isinstance(type_, GraphQLInputObjectType):
        return _input(type_)
    return _as_it_is


def _as_it_is(value: Any) -> Any:
    return value


def _input(type_: GraphQLInputObjectType) -> Convert:
    declared = declaration(type_)
    make = cast("Callable[..., Any]", declared.origin)
    fields = {
        name: (declaration(one).python_name, _converter(one.type))
        for name, one in cast("Mapping[str, Any]", type_.fields).items()
    }
    missing = dataclasses.MISSING
    without_default = {
        one.python_name: None
        for one in declared.fields
        if one.default_value is missing and one.default_factory is missing
    }

    def convert(value: Any) -> Any:
        if value is None:
            return None
        named: dict[str, Any] = {fields[name][0]: fields[name][1](one) for name, one in value.items()}
        return make(**{**without_default, **named})

    return convert
