"""Calls a field's resolver with the arguments that Strawberry would give it, prepared once per request."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, cast

import strawberry
from graphql import (
    FieldNode,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    get_argument_values,
)
from graphql.execution.executor import Executor
from strawberry.types.field import StrawberryField

from execution.prepared_operation import PreparedOperation

Convert = Callable[[Any], Any]
Resolve = Callable[[Any], Any]
"""From the object that has the field to the field's value, or to an awaitable of it."""


class CannotCompile(Exception):
    """An operation that only graphql-core can execute."""


def declaration(definition: Any) -> Any:
    """Strawberry's declaration of a part of the schema."""
    return definition.extensions["strawberry-definition"]


class FieldNodes(list[FieldNode]):
    """The nodes of a field that every run of a plan selects; `memo` keeps what was computed from them."""

    def __init__(self, nodes: Iterable[FieldNode]) -> None:
        super().__init__(nodes)
        self.memo: dict[Any, Any] = {}


class ResolverCall:
    """The resolver of one selected field."""

    def __init__(self, executor: Executor[Any], parent: GraphQLObjectType, nodes: Iterable[FieldNode]) -> None:
        """Raises CannotCompile if the resolver takes more than the object, `info` and its arguments."""
        self._nodes = FieldNodes(nodes)
        self._definition = parent.fields[self._nodes[0].name.value]
        no_path: Any = None
        self._info = executor.build_resolve_info(self._definition, self._nodes, parent, no_path)
        self._field: StrawberryField = declaration(self._definition)
        resolver = self._field.base_resolver
        if resolver is None or not _is_plain(self._field) or resolver.parent_parameter or resolver.root_parameter:
            raise CannotCompile
        self._function = cast("Callable[..., Any]", resolver.wrapped_func)
        self._takes_source = resolver.self_parameter is not None
        self._info_name = resolver.info_parameter.name if resolver.info_parameter is not None else None
        self._arguments = {
            name: (declaration(argument).python_name, _converter(argument.type))
            for name, argument in self._definition.args.items()
        }

    def bind(self, operation: PreparedOperation) -> Resolve:
        """The resolver with the arguments of one request. Raises what converting them raises.

        All objects with this field share one `info`, which therefore has no path.
        """
        function, named = self._function, self._convert_arguments(operation)
        if self._info_name is not None:
            variables: Any = operation.variables.coerced
            info = self._info._replace(variable_values=variables, context=operation.context)
            named[self._info_name] = strawberry.Info(info, self._field)
        return partial(function, **named) if self._takes_source else lambda source: function(**named)

    def _convert_arguments(self, operation: PreparedOperation) -> dict[str, Any]:
        named: dict[str, Any] = {}
        if self._arguments:
            for name, value in get_argument_values(self._definition, self._nodes[0], operation.variables).items():
                python_name, convert = self._arguments[name]
                named[python_name] = convert(value)
        return named


def _is_plain(field: StrawberryField) -> bool:
    """Whether nothing but the resolver decides on the field's value."""
    return not field.extensions and type(field).get_result is StrawberryField.get_result


def _converter(type_: GraphQLInputType) -> Convert:
    if isinstance(type_, GraphQLNonNull):
        return _converter(type_.of_type)
    if isinstance(type_, GraphQLList):
        item = _converter(type_.of_type)
        return lambda value: None if value is None else [item(one) for one in value]
    if isinstance(type_, GraphQLInputObjectType):
        return _input_converter(type_)
    return _unchanged


def _unchanged(value: Any) -> Any:
    return value


def _input_converter(type_: GraphQLInputObjectType) -> Convert:
    """From the values of an input type to an instance of its Python class."""
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
