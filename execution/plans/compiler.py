"""Compiles an operation: generates a Python function for each selected object, and executes the source once.

The generated functions look like this, for `{ id displayLabel customer { id } }` on a payment method:

    def object_7(source, run, path, pending):
        decoded = decode_5(json_of(source))
        fields = 0
        decoded.__class__ = written_4
        fields += 1
        run.fields.add(fields + 2)
        response = {'id': decoded.f0, 'displayLabel': present(write_6(source.display_label)), 'customer': None}
        resolve_3(source, run, path, pending, response)
        return response
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from graphql import (
    GraphQLField,
    GraphQLLeafType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
)
from graphql.execution.collect_fields import FieldDetails, collect_fields, collect_subfields
from graphql.execution.executor import Executor
from strawberry.types.field import StrawberryField

from execution.plans import projection, values
from execution.plans.plan import Complete, Plan, ResolvedField
from execution.plans.projection import Constant, Member, MemberType, NotAMember, Projection
from execution.plans.resolver_call import CannotCompile, ResolverCall, declaration
from execution.plans.source import Lines, Source
from schema.reading import Hidden, hide, reading_of

Details = list[FieldDetails]
"""The selections of one field of the response, which are merged."""

Selected = Mapping[str, Details]
"""The selected fields of an object by response key."""

MAX_PROJECTIONS = 100
"""Objects in one plan that are decoded by msgspec. Each costs about 0.2 ms to compile."""

_PARAMETERS = "source, run, path, pending"
_NAMES = {
    "present": values.present,
    "complete_object": values.complete_object,
    "complete_each": values.complete_each,
    "complete_each_at_once": values.complete_each_at_once,
    "json_of": values.json_of,
    **projection.NAMES,
}


@dataclass(frozen=True)
class Code:
    """An expression, and whether it calls resolvers; or the statement that puts a resolver's field into `response`."""

    text: str
    resolves: bool = False
    is_statement: bool = False


def compile_plan(executor: Executor[Any], hidden: Collection[str]) -> Plan:
    """The plan of the operation that `executor` holds, for callers from whom `hidden` is hidden.

    Raises CannotCompile.
    """
    executor.context_value = None
    compiler = _Compiler(executor, hidden)
    return Plan(executor, compiler.steps())


class _Compiler:
    """Compiles the selections of one operation."""

    def __init__(self, executor: Executor[Any], hidden: Collection[str]) -> None:
        self._executor = executor
        self._hidden = hidden
        self._source = Source(_NAMES)
        self._leaf_writers: dict[str, str] = {}
        self._projections = 0

    def steps(self) -> list[Complete]:
        """The functions of the root fields: one for a query, one for each mutation."""
        executor = self._executor
        operation = executor.operation
        root = executor.schema.get_root_type(operation.operation)
        assert root is not None
        selected = collect_fields(
            executor.schema, executor.fragments, executor.variable_values, root, operation
        ).grouped_field_set
        serial = operation.operation.value == "mutation"
        parts = [{key: details} for key, details in selected.items()] if serial else [selected]
        names = [self._object(root, part).text for part in parts]
        executed = self._source.execute()
        return [executed[name] for name in names]

    def _function(self, prefix: str, body: Lines, *, resolves: bool = False) -> Code:
        """Define a function. Its code is its name."""
        return Code(self._source.define(prefix, _PARAMETERS, body), resolves)

    # --- Objects ----------------------------------------------------------------------------------------------------

    def _object(self, type_: GraphQLObjectType, selected: Selected) -> Code:
        """The name of the function that completes an object of this type."""
        simple = self._simple_fields(type_, selected)
        members = [one for one in simple.values() if isinstance(one, Member)]
        if members and len(simple) == len(selected):
            decode = self._projection(type_, simple.values()).decode()
            return self._function("object", [*decode, "run.fields.add(fields)", "return decoded"])
        projected = self._projection(type_, members) if members else None
        fields = {key: self._field(type_, key, selected[key], simple.get(key), projected) for key in selected}
        count = f"run.fields.add({'fields + ' if projected else ''}{len(fields) - len(members)})"
        body = [*(projected.decode() if projected else ()), count, *_response(fields)]
        return self._function("object", body, resolves=any(one.resolves for one in fields.values()))

    def _selected(self, type_: GraphQLObjectType, details: Details) -> Selected:
        executor = self._executor
        return collect_subfields(
            executor.schema, executor.fragments, executor.variable_values, executor.operation, type_, details
        ).grouped_field_set

    def _projection(self, type_: GraphQLObjectType, fields: Iterable[Member | Constant]) -> Projection:
        self._projections += 1
        if self._projections > MAX_PROJECTIONS:
            raise CannotCompile
        return Projection(self._source, type_.name, list(fields))

    # --- Fields that are members of the JSON -------------------------------------------------------------------------

    def _simple_fields(self, type_: GraphQLObjectType, selected: Selected) -> dict[str, Member | Constant]:
        """The fields that a projection can hold. It can't hold the same member twice."""
        found: dict[str, Member | Constant] = {}
        names: set[str] = set()
        for key, details in selected.items():
            try:
                one = self._simple(type_, key, details)
            except NotAMember:
                continue
            if isinstance(one, Constant) or one.name not in names:
                names |= {one.name} if isinstance(one, Member) else set()
                found[key] = one
        return found

    def _simple(self, type_: GraphQLObjectType, key: str, details: Details) -> Member | Constant:
        name = details[0].node.name.value
        if name == "__typename":
            return Constant(key, type_.name)
        definition = _definition(type_, name)
        declared = _declared(definition)
        reading = reading_of(declared)
        if reading is None:
            raise NotAMember
        if reading.hidden is not None and reading.hidden.what in self._hidden:
            if reading.hidden.within is not None:
                raise NotAMember
            return Constant(key, reading.hidden.instead)
        path = (declared.python_name,) if reading.path is None else reading.path
        if reading.compute is not None or len(path) != 1:
            raise NotAMember
        inner = self._inner_object(definition.type, details)
        type_of_member = projection.member_type(self._source, definition.type, inner)
        return Member(key, path[0], type_of_member, reading.absent)

    def _inner_object(self, type_: GraphQLOutputType, details: Details) -> MemberType | None:
        """The objects in a field as members of another object's projection; None for leaves."""
        named = get_named_type(type_)
        if not isinstance(named, GraphQLObjectType):
            return None
        selected = self._selected(named, details)
        simple = self._simple_fields(named, selected)
        if len(simple) < len(selected):
            raise NotAMember
        return self._projection(named, simple.values()).member_type()

    # --- Other fields -----------------------------------------------------------------------------------------------

    def _field(
        self,
        type_: GraphQLObjectType,
        key: str,
        details: Details,
        simple: Member | Constant | None,
        projected: Projection | None,
    ) -> Code:
        """The expression for a field of `source`. For a resolver it is the statement that puts the field in."""
        if isinstance(simple, Constant):
            return Code(self._source.bind("constant", simple.value))
        if isinstance(simple, Member) and projected is not None:
            return Code(projected.expression(key))
        definition = _definition(type_, details[0].node.name.value)
        declared = _declared(definition)
        if declared.base_resolver is not None:
            return self._resolved(type_, key, definition, details)
        value = self._read(declared)
        return self._completed(definition.type, details, value, f"(*path, {key!r})")

    def _read(self, declared: StrawberryField) -> str:
        reading, name = reading_of(declared), declared.python_name
        hidden = reading.hidden if reading is not None else None
        if hidden is not None and hidden.what in self._hidden:
            return f"{self._source.bind('hide', _hiding(hidden, name))}(source)"
        return f"source.{name}"

    def _resolved(self, type_: GraphQLObjectType, key: str, definition: GraphQLField, details: Details) -> Code:
        call = ResolverCall(type_, [one.node for one in details])
        completed = self._completed(definition.type, details, "source", "path")
        complete = self._function("complete", [f"return {completed.text}"]).text
        field = self._source.bind("field", partial(ResolvedField, key, call))
        resolve = self._source.new_name("resolve")
        self._source.add([f"{resolve} = {field}({complete}).resolve"])
        return Code(f"{resolve}({_PARAMETERS}, response)", resolves=True, is_statement=True)

    # --- Values -----------------------------------------------------------------------------------------------------

    def _completed(self, type_: GraphQLOutputType, details: Details, value: str, path: str) -> Code:
        """The expression for the response's form of the value that `value` reads, at the path that `path` builds."""
        if isinstance(type_, GraphQLNonNull):
            inner = self._completed(type_.of_type, details, value, path)
            return Code(f"present({inner.text})", inner.resolves)
        if isinstance(type_, GraphQLList):
            return self._completed_list(type_.of_type, details, value, path)
        if is_leaf_type(type_):
            return Code(f"{self._leaf_writer(type_)}({value})")
        return self._completed_object(type_, details, value, path)

    def _completed_list(self, item_type: GraphQLOutputType, details: Details, value: str, path: str) -> Code:
        item = self._completed(item_type, details, "source", "path")
        complete = self._function("item", [f"return {item.text}"]).text
        each = "complete_each" if item.resolves else "complete_each_at_once"
        return Code(f"{each}({complete}, {value}, run, {path}, pending)", item.resolves)

    def _completed_object(self, type_: Any, details: Details, value: str, path: str) -> Code:
        types = self._executor.schema.get_possible_types(type_) if is_abstract_type(type_) else [type_]
        objects = [(one, self._object(one, self._selected(one, details))) for one in types]
        entries = (f"{self._source.bind('class', _class(one))}: {code.text}" for one, code in objects)
        functions = self._source.new_name("functions")
        self._source.add([f"{functions} = {{{', '.join(entries)}}}"])
        resolves = any(code.resolves for _, code in objects)
        return Code(f"complete_object({functions}, {value}, run, {path if resolves else '()'}, pending)", resolves)

    def _leaf_writer(self, type_: GraphQLLeafType) -> str:
        if type_.name not in self._leaf_writers:
            self._leaf_writers[type_.name] = self._source.bind("write", values.leaf_writer(type_))
        return self._leaf_writers[type_.name]


def _response(fields: Mapping[str, Code]) -> Lines:
    """The lines that build an object from the code of its fields, those with resolvers last."""
    at_once = (f"{key!r}: {None if one.resolves else one.text}" for key, one in fields.items())
    lines = [f"response = {{{', '.join(at_once)}}}"]
    for key, one in fields.items():
        if one.resolves:
            lines.append(one.text if one.is_statement else f"response[{key!r}] = {one.text}")
    return [*lines, "return response"]


def _hiding(hidden: Hidden, name: str) -> Callable[[Any], Any]:
    return lambda source: hide(hidden, source, name)


def _definition(type_: GraphQLObjectType, name: str) -> GraphQLField:
    definition: GraphQLField | None = type_.fields.get(name)
    if definition is None:
        raise CannotCompile
    return definition


def _declared(definition: GraphQLField) -> StrawberryField:
    return cast("StrawberryField", declaration(definition))


def _class(type_: GraphQLObjectType) -> type:
    return cast("type", declaration(type_).origin)
