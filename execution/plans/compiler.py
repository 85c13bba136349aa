"""Compiles an operation: generates a Python function for each selected object, and executes the source once.

The function for `{ id displayLabel customer { id } }` on a payment method:

    def object_14(source, run, path, pending):
        response = read_13(source)
        fields = 0
        response.__class__ = written_2
        fields += 3
        run.fields.add(fields)
        response.f1 = write_4(compute_3(source))
        resolve_12(source, run, path, pending, response)
        return response
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Any, cast

from graphql import (
    GraphQLAbstractType,
    GraphQLField,
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

from execution.plans import plan, projection
from execution.plans.plan import Plan, ResolvedField
from execution.plans.projection import Constant, Member, MemberType, NotAMember, Projection
from execution.plans.resolver_call import CannotCompile, ResolverCall, declaration
from execution.plans.source import Lines, Source
from schema.reading import Hidden, hide, reading_of, reference_of

Details = list[FieldDetails]
"""The selections of one field of the response, which are merged."""

Selected = Mapping[str, Details]
"""The selected fields of an object by response key."""

MAX_PROJECTIONS = 100
"""Objects in one plan that are decoded by msgspec. Each costs about 0.2 ms to compile."""

_PARAMETERS = "source, run, path, pending"
_NAMES = {
    "present": plan.present,
    "complete_each": plan.complete_each,
    **projection.NAMES,
}


def compile_plan(executor: Executor[Any], hidden: Collection[str]) -> Plan:
    """The plan of the operation that `executor` holds, for callers from whom `hidden` is hidden.

    Raises CannotCompile.
    """
    executor.context_value = None
    return _Compiler(executor, hidden).plan()


class _Compiler:
    """Compiles the selections of one operation."""

    def __init__(self, executor: Executor[Any], hidden: Collection[str]) -> None:
        self._executor = executor
        self._hidden = hidden
        self._source = Source(_NAMES)
        self._projections = 0

    def plan(self) -> Plan:
        """The plan: one step for a query, one for each field of a mutation."""
        executor = self._executor
        operation = executor.operation
        root = executor.schema.get_root_type(operation.operation)
        assert root is not None
        selected = collect_fields(
            executor.schema, executor.fragments, executor.variable_values, root, operation
        ).grouped_field_set
        projection, statements = self._fields(root, selected, self._simple_fields(root, selected))
        lines = [f"run.fields.add(1); {one}" for one in statements]
        lines += ["run.fields.add(1)"] * (len(selected) - len(lines))
        serial = operation.operation.value == "mutation"
        bodies = [[line] for line in lines] if serial else [lines]
        steps = [self._source.define("step", f"{_PARAMETERS}, response", body) for body in bodies if body]
        executed = self._source.execute()
        return Plan(executed[projection.written], [executed[name] for name in steps])

    # --- Objects ----------------------------------------------------------------------------------------------------

    def _object(self, type_: GraphQLObjectType, selected: Selected) -> str:
        """The name of the function that completes an object of this type."""
        simple = self._simple_fields(type_, selected)
        constants = {key: one.value for key, one in simple.items() if isinstance(one, Constant)}
        if len(constants) == len(selected):
            # Most types of a union: a struct for each would double the size of a plan.
            response = self._source.bind("constant", constants)
            return self._function("object", [f"run.fields.add({len(selected)})", f"return {response}"])
        projection, statements = self._fields(type_, selected, simple)
        return self._function("object", [*projection.read(), "run.fields.add(fields)", *statements, "return response"])

    def _fields(
        self, type_: GraphQLObjectType, selected: Selected, simple: Mapping[str, Member | Constant]
    ) -> tuple[Projection, Lines]:
        """The projection of an object, and statements that set the fields which are not read from the JSON."""
        # The statements replace the None.
        projection = self._projection(type_, {key: simple.get(key, Constant(None)) for key in selected})
        others = [key for key in selected if key not in simple]
        return projection, [self._statement(type_, key, selected[key], projection.attribute(key)) for key in others]

    def _selected(self, type_: GraphQLObjectType, details: Details) -> Selected:
        executor = self._executor
        return collect_subfields(
            executor.schema, executor.fragments, executor.variable_values, executor.operation, type_, details
        ).grouped_field_set

    def _projection(self, type_: GraphQLObjectType, fields: Mapping[str, Member | Constant]) -> Projection:
        self._projections += any(isinstance(one, Member) for one in fields.values())
        if self._projections > MAX_PROJECTIONS:
            raise CannotCompile
        return Projection(self._source, type_.name, fields)

    def _function(self, prefix: str, body: Lines) -> str:
        return self._source.define(prefix, _PARAMETERS, body)

    # --- Fields that are members of the JSON -------------------------------------------------------------------------

    def _simple_fields(self, type_: GraphQLObjectType, selected: Selected) -> dict[str, Member | Constant]:
        """The fields that a projection can hold. It can't hold the same member twice."""
        found: dict[str, Member | Constant] = {}
        names: set[str] = set()
        for key, details in selected.items():
            try:
                one = self._simple(type_, details)
            except NotAMember:
                continue
            if isinstance(one, Constant) or one.name not in names:
                names |= {one.name} if isinstance(one, Member) else set()
                found[key] = one
        return found

    def _simple(self, type_: GraphQLObjectType, details: Details) -> Member | Constant:
        name = details[0].node.name.value
        if name == "__typename":
            return Constant(type_.name)
        definition = _definition(type_, name)
        declared = _declared(definition)
        reading = reading_of(declared)
        if reading is None:
            raise NotAMember
        if reading.hidden is not None and reading.hidden.what in self._hidden:
            if reading.hidden.within is not None:
                raise NotAMember
            return Constant(reading.hidden.instead)
        path = (declared.python_name,) if reading.path is None else reading.path
        if reading.compute is not None or len(path) != 1:
            raise NotAMember
        inner = self._inner_object(definition.type, details)
        type_of_member = projection.member_type(self._source, definition.type, inner)
        return Member(path[0], type_of_member, reading.absent)

    def _inner_object(self, type_: GraphQLOutputType, details: Details) -> MemberType | None:
        """The objects in a field as members of another object's projection; None for leaves."""
        named = get_named_type(type_)
        if not isinstance(named, GraphQLObjectType):
            return None
        selected = self._selected(named, details)
        simple = self._simple_fields(named, selected)
        if len(simple) < len(selected):
            raise NotAMember
        return self._projection(named, simple).member_type()

    # --- Other fields -----------------------------------------------------------------------------------------------

    def _statement(self, type_: GraphQLObjectType, key: str, details: Details, attribute: str) -> str:
        """The statement that puts a field of `source` into `response`."""
        definition = _definition(type_, details[0].node.name.value)
        declared = _declared(definition)
        if declared.base_resolver is not None:
            return self._resolve(type_, key, definition, details, attribute)
        value = f"{self._reader(declared)}(source)"
        return f"response.{attribute} = {self._completed(definition.type, details, value, f'(*path, {key!r})')}"

    def _reader(self, declared: StrawberryField) -> str:
        """The name of the function that reads a field by its declaration."""
        reading, name = reading_of(declared), declared.python_name
        if reading is not None and reading.hidden is not None and reading.hidden.what in self._hidden:
            return self._source.bind("hide", _hiding(reading.hidden, name))
        if reading is not None and reading.compute is not None:
            return self._source.bind("compute", reading.compute)
        return self._source.bind("get", operator.attrgetter(name))

    def _resolve(
        self, type_: GraphQLObjectType, key: str, definition: GraphQLField, details: Details, attribute: str
    ) -> str:
        call = ResolverCall(self._executor, type_, [one.node for one in details])
        completed = self._completed(definition.type, details, "source", "path")
        complete = self._function("complete", [f"return {completed}"])
        made = partial(ResolvedField, key, attribute, call, reference_of(_declared(definition)))
        field = self._source.bind("field", made)
        resolve = self._source.new_name("resolve")
        self._source.add([f"{resolve} = {field}({complete}).resolve"])
        return f"{resolve}({_PARAMETERS}, response)"

    # --- Values -----------------------------------------------------------------------------------------------------

    def _completed(
        self, type_: GraphQLOutputType, details: Details, value: str, path: str, *, nullable: bool = True
    ) -> str:
        """The expression for the response's form of the value that `value` reads, at the path that `path` builds."""
        if isinstance(type_, GraphQLNonNull):
            return self._completed(type_.of_type, details, value, path, nullable=False)
        if is_leaf_type(type_):
            write = self._source.bind("write", projection.leaf_writer(type_, nullable=nullable))
            if (kind := projection.UNCHANGED.get(type_.name)) is not None:
                return f"value if type(value := {value}) is {kind.__name__} else {write}(value)"
            return f"{write}({value})"
        if isinstance(type_, GraphQLList):
            item = self._function("item", [f"return {self._completed(type_.of_type, details, 'source', 'path')}"])
            completed = f"complete_each({item}, {{}}, run, {path}, pending)"
        elif is_abstract_type(type_):
            completed = f"{self._functions(type_, details)}[type({{}})](value, run, {path}, pending)"
        else:
            assert isinstance(type_, GraphQLObjectType)
            completed = f"{self._object(type_, self._selected(type_, details))}({{}}, run, {path}, pending)"
        if nullable:
            return f"None if (value := {value}) is None else {completed.format('value')}"
        return completed.format(f"present(value := {value})")

    def _functions(self, type_: GraphQLAbstractType, details: Details) -> str:
        """The name of the functions that complete objects of the possible types, by their class."""
        types = self._executor.schema.get_possible_types(type_)
        functions = [(_class(one), self._object(one, self._selected(one, details))) for one in types]
        name = self._source.new_name("functions")
        entries = (f"{self._source.bind('class', cls)}: {function}" for cls, function in functions)
        self._source.add([f"{name} = {{{', '.join(entries)}}}"])
        return name


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
