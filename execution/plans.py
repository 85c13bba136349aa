"""What an operation selects, compiled: from the values of its resolvers to its answer, without looking at it again.

A plan calls the same resolvers with the same arguments as graphql-core does, in the same order. What they give is
projected: an object of Stripe's in one step where all that is selected of it are members of its JSON, anything else
field by field. A plan knows no errors: where a resolver raises, or a value is not what the schema promises, it gives
up, and the ordinary executor answers, over the outcomes that the resolvers had.
"""

from __future__ import annotations

import operator
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, cast

from graphql import (
    FieldNode,
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
from graphql.pyutils import Path
from strawberry.execution import optimized_is_awaitable
from strawberry.types.field import StrawberryField

from execution.calls import Call, Unplannable, declaration
from execution.field_count import FieldCount
from execution.projection import Constant, Member, NotAMember, Projection, Projector, Typed, typed
from execution.request import Keys, Raised, Request
from execution.waiting import MaybeLater, come, then, together
from schema.reading import hide, reading_of

Details = list[FieldDetails]
"""The selections of one field of the answer, which are taken together."""


class Selected(list[FieldNode]):
    """The nodes of a field that is selected in each run of a plan; `memo` keeps what was found out about them."""

    def __init__(self, nodes: Iterable[FieldNode]) -> None:
        super().__init__(nodes)
        self.memo: dict[Any, Any] = {}


MAX_PROJECTIONS = 100
"""Objects in one plan that have members of Stripe's. Each costs some 0.2 ms to compile."""


class Surprise(Exception):
    """A value that the schema does not promise."""


@dataclass
class Run:
    """One execution of a plan: the executor that stands behind it, and the outcome of each resolver so far."""

    executor: Executor[Any]
    fields: FieldCount
    outcomes: dict[Keys, Any] = field(default_factory=dict)


class Plan:
    """A compiled operation: the one that `executor` holds, for callers from whom `hidden` is hidden."""

    def __init__(self, executor: Executor[Any], hidden: Collection[str]) -> None:
        """Raises Unplannable."""
        executor.context_value = None
        self._executor = executor
        self._root = _Compiler(executor, hidden).root()
        self._serially = executor.operation.operation.value == "mutation"

    def start(self, request: Request) -> Run:
        """A run for a request of this operation."""
        # copy.copy would do the same in ten times the time.
        executor = object.__new__(type(self._executor))
        vars(executor).update(vars(self._executor), context_value=request.context, variable_values=request.coerced)
        return Run(executor, request.new_count())

    async def data(self, run: Run) -> Any:
        """The answer's data. Raises whatever it meets; by then each resolver that was begun has ended."""
        if not self._serially:
            return await come(self._root.later(None, run, ()))
        run.fields.add(len(self._root.fields))
        return {key: await come(one.later(None, None, run, ())) for key, one in self._root.fields.items()}


# --- Values, and how they are completed -----------------------------------------------------------------------------


class _Completer:
    """From a value to what stands for it in the answer. Where resolvers are `asks`-ed below it, that comes `later`."""

    asks = False

    def now(self, value: Any, run: Run) -> Any:
        raise NotImplementedError

    def later(self, value: Any, run: Run, place: Keys) -> MaybeLater:
        return self.now(value, run)


class _Leaf(_Completer):
    def __init__(self, type_: GraphQLLeafType) -> None:
        self._write = type_.coerce_output_value

    def now(self, value: Any, run: Run) -> Any:
        if value is None:
            return None
        written = None if isinstance(value, Exception) else self._write(value)
        if written is None:
            raise Surprise
        return written


class _Present(_Completer):
    def __init__(self, inner: _Completer) -> None:
        self._inner = inner
        self.asks = inner.asks

    def now(self, value: Any, run: Run) -> Any:
        return _present(self._inner.now(value, run))

    def later(self, value: Any, run: Run, place: Keys) -> MaybeLater:
        return then(self._inner.later(value, run, place), _present)


def _present(value: Any) -> Any:
    if value is None:
        raise Surprise
    return value


class _List(_Completer):
    def __init__(self, item: _Completer) -> None:
        self._item = item
        self.asks = item.asks

    def now(self, value: Any, run: Run) -> Any:
        return [self._item.now(item, run) for item in value] if self._is_list(value) else None

    def later(self, value: Any, run: Run, place: Keys) -> MaybeLater:
        if not self._is_list(value):
            return None
        later = self._item.later
        return together([partial(later, item, run, (*place, index)) for index, item in enumerate(value)])

    @staticmethod
    def _is_list(value: Any) -> bool:
        if value is not None and not isinstance(value, list):
            raise Surprise
        return value is not None


class _Objects(_Completer):
    """Objects of one or several types, told apart by their Python class."""

    def __init__(self, shapes: Mapping[type, _Shape]) -> None:
        self._shapes = shapes
        self.asks = any(shape.asks for shape in shapes.values())

    def now(self, value: Any, run: Run) -> Any:
        return None if value is None else self._shape(value).now(value, run)

    def later(self, value: Any, run: Run, place: Keys) -> MaybeLater:
        return None if value is None else self._shape(value).later(value, run, place)

    def _shape(self, value: Any) -> _Shape:
        shape = self._shapes.get(type(value))
        if shape is None:
            raise Surprise
        return shape


# --- Objects, and how their fields are read -------------------------------------------------------------------------


class _Field:
    """A selected field of an object, `source`, of which the simple members have been `projected`."""

    asks = False

    def now(self, source: Any, projected: Any, run: Run) -> Any:
        raise NotImplementedError

    def later(self, source: Any, projected: Any, run: Run, place: Keys) -> MaybeLater:
        return self.now(source, projected, run)


class _Projected(_Field):
    """A field that is in the projection, or the same in every answer."""

    def __init__(self, read: Callable[[Any], Any]) -> None:
        self._read = read

    def now(self, source: Any, projected: Any, run: Run) -> Any:
        return self._read(projected)


class _Attribute(_Field):
    """A field that is read from the object by its declaration."""

    def __init__(self, key: str, read: Callable[[Any], Any], complete: _Completer) -> None:
        self._key = key
        self._read = read
        self._complete = complete
        self.asks = complete.asks

    def now(self, source: Any, projected: Any, run: Run) -> Any:
        return self._complete.now(self._read(source), run)

    def later(self, source: Any, projected: Any, run: Run, place: Keys) -> MaybeLater:
        return self._complete.later(self._read(source), run, (*place, self._key))


class _Resolved(_Field):
    """A field that a resolver gives."""

    asks = True

    def __init__(self, key: str, parent: GraphQLObjectType, details: Details, complete: _Completer) -> None:
        self._key = key
        self._parent = parent
        self._nodes = Selected(one.node for one in details)
        self._definition = _definition(parent, self._nodes[0].name.value)
        self._call = Call(self._definition, self._nodes[0])
        self._complete = complete

    def later(self, source: Any, projected: Any, run: Run, place: Keys) -> MaybeLater:
        place = (*place, self._key)
        try:
            outcome = self._outcome(source, run.executor, place)
        except Exception as error:
            run.outcomes[place] = Raised(error)
            raise
        if optimized_is_awaitable(outcome):
            return self._awaited(outcome, run, place)
        run.outcomes[place] = outcome
        return self._complete.later(outcome, run, place)

    async def _awaited(self, waiting: Awaitable[Any], run: Run, place: Keys) -> Any:
        try:
            outcome = run.outcomes[place] = await waiting
        except Exception as error:
            run.outcomes[place] = Raised(error)
            raise
        return await come(self._complete.later(outcome, run, place))

    def _outcome(self, source: Any, executor: Executor[Any], place: Keys) -> Any:
        path = cast("Path", _path(place, self._parent.name))
        info = executor.build_resolve_info(self._definition, self._nodes, self._parent, path)
        return self._call(source, info, executor.variable_values)


def _path(place: Keys, typename: str) -> Path | None:
    path = None
    for key in place:
        path = Path(path, key, typename)
    return path


class _Shape:
    """What is selected of objects of one type. `project` reads so many simple members; `whole`: they are all of it."""

    def __init__(
        self, fields: Mapping[str, _Field], project: Projector | None, *, whole: bool, projected: int = 0
    ) -> None:
        self.fields = fields
        self.asks = any(one.asks for one in fields.values())
        self._project = project
        self._whole = whole
        self._asked = {key: one for key, one in fields.items() if one.asks}
        self._others = 0 if whole else len(fields) - projected

    def now(self, source: Any, run: Run) -> Any:
        projected, counted = self._project(source) if self._project is not None else (None, 0)
        run.fields.add(self._others + counted)
        if self._whole:
            return projected
        return {key: None if one.asks else one.now(source, projected, run) for key, one in self.fields.items()}

    def later(self, source: Any, run: Run, place: Keys) -> MaybeLater:
        answer = self.now(source, run)
        if not self._asked:
            return answer

        def complete(found: list[Any]) -> Any:
            answer.update(zip(self._asked, found, strict=True))
            return answer

        begin = [partial(one.later, source, None, run, place) for one in self._asked.values()]
        return then(together(begin), complete)


# --- Compiling ------------------------------------------------------------------------------------------------------


class _Compiler:
    """Compiles the selections of one operation."""

    def __init__(self, executor: Executor[Any], hidden: Collection[str]) -> None:
        self._executor = executor
        self._hidden = hidden
        self._names: dict[str, Any] = {}
        self._projections = 0

    def root(self) -> _Shape:
        """The operation itself."""
        executor = self._executor
        root = executor.schema.get_root_type(executor.operation.operation)
        assert root is not None
        collected = collect_fields(
            executor.schema, executor.fragments, executor.variable_values, root, executor.operation
        )
        return self._shape(root, collected.grouped_field_set)

    def _selected(self, type_: GraphQLObjectType, details: Details) -> Mapping[str, Details]:
        executor = self._executor
        return collect_subfields(
            executor.schema, executor.fragments, executor.variable_values, executor.operation, type_, details
        ).grouped_field_set

    def _shape(self, type_: GraphQLObjectType, selected: Mapping[str, Details]) -> _Shape:
        simple = self._simple_fields(type_, selected)
        members = [one for one in simple.values() if isinstance(one, Member)]
        if members and len(simple) == len(selected):
            return _Shape({}, self._projection(type_, simple.values()).compiled(self._names), whole=True)
        projection = self._projection(type_, members) if members else None
        fields = {key: self._field(type_, key, selected[key], simple.get(key), projection) for key in selected}
        project = projection.compiled(self._names) if projection is not None else None
        return _Shape(fields, project, whole=False, projected=len(members))

    def _projection(self, type_: GraphQLObjectType, fields: Iterable[Member | Constant]) -> Projection:
        self._projections += 1
        if self._projections > MAX_PROJECTIONS:
            raise Unplannable
        return Projection(type_.name, list(fields))

    def _simple_fields(self, type_: GraphQLObjectType, selected: Mapping[str, Details]) -> dict[str, Member | Constant]:
        """The fields that can be projected. One struct can hold one member but once."""
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
        return Member(key, path[0], typed(definition.type, self._object(definition.type, details)), reading.absent)

    def _object(self, type_: GraphQLOutputType, details: Details) -> Typed | None:
        """The objects in a field as members of another object's projection; None for leaves."""
        named = get_named_type(type_)
        if not isinstance(named, GraphQLObjectType):
            return None
        selected = self._selected(named, details)
        simple = self._simple_fields(named, selected)
        if len(simple) < len(selected):
            raise NotAMember
        return self._projection(named, simple.values()).typed(self._names)

    def _field(
        self,
        type_: GraphQLObjectType,
        key: str,
        details: Details,
        simple: Member | Constant | None,
        projection: Projection | None,
    ) -> _Field:
        if isinstance(simple, Constant):
            value = simple.value
            return _Projected(lambda projected: value)
        if isinstance(simple, Member) and projection is not None:
            return _Projected(operator.attrgetter(projection.attribute(key)))
        definition = _definition(type_, details[0].node.name.value)
        complete = self._completer(definition.type, details)
        declared = _declared(definition)
        if declared.base_resolver is not None:
            return _Resolved(key, type_, details, complete)
        return _Attribute(key, self._reader(declared), complete)

    def _reader(self, declared: StrawberryField) -> Callable[[Any], Any]:
        reading, name = reading_of(declared), declared.python_name
        hidden = reading.hidden if reading is not None else None
        if hidden is not None and hidden.what in self._hidden:
            return lambda source: hide(hidden, source, name)
        return operator.attrgetter(name)

    def _completer(self, type_: GraphQLOutputType, details: Details) -> _Completer:
        if isinstance(type_, GraphQLNonNull):
            return _Present(self._completer(type_.of_type, details))
        if isinstance(type_, GraphQLList):
            return _List(self._completer(type_.of_type, details))
        if is_leaf_type(type_):
            return _Leaf(type_)
        types: Any = self._executor.schema.get_possible_types(type_) if is_abstract_type(type_) else [type_]
        return _Objects({_class(one): self._shape(one, self._selected(one, details)) for one in types})


def _definition(type_: GraphQLObjectType, name: str) -> GraphQLField:
    definition: GraphQLField | None = type_.fields.get(name)
    if definition is None:
        raise Unplannable
    return definition


def _declared(definition: GraphQLField) -> StrawberryField:
    return cast("StrawberryField", declaration(definition))


def _class(type_: GraphQLObjectType) -> type:
    return cast("type", declaration(type_).origin)
