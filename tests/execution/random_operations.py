"""Random operations: valid against the schema, and of every shape that clients write."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_abstract_type,
    is_enum_type,
    is_leaf_type,
)

CUSTOMER = "cus_T4qv4Qn42jKZ9G"
METHODS = ("pm_1", "pm_2", "pm_card_visa", "card_1")
INTENT = "seti_1"
DEPTH = 5


class OperationWriter:
    """Writes one operation with its variables."""

    def __init__(self, schema: GraphQLSchema, random: Random) -> None:
        self._schema = schema
        self._random = random
        self._names = 0
        self._fragments: list[str] = []
        self.variables: dict[str, Any] = {name: random.random() < 0.5 for name in ("yes", "no")}
        self._declared = {"yes": "Boolean!", "no": "Boolean = false"}

    def write(self) -> str:
        """The document's text."""
        mutation = self._random.random() < 0.35
        root = self._schema.mutation_type if mutation else self._schema.query_type
        assert root is not None
        names = self._random.choices(list(root.fields), k=self._random.choice((1, 1, 1, 2, 3)))
        body = " ".join(self._field(root, name, DEPTH, alias=True) for name in names)
        if self._random.random() < 0.1:
            body += " __typename"
        declared = ", ".join(f"${name}: {type_}" for name, type_ in self._declared.items())
        used = " ".join(f"n{name}: __typename @include(if: ${name})" for name in ("yes", "no"))
        kind = "mutation" if mutation else "query"
        return "\n".join([f"{kind} Random({declared}) {{ {body} {used} }}", *self._fragments])

    def _name(self) -> str:
        self._names += 1
        return f"n{self._names}"

    def _field(self, type_: GraphQLObjectType, name: str, depth: int, *, alias: bool = False) -> str:
        definition = type_.fields[name]
        written = f"{self._name()}: {name}" if alias or self._random.random() < 0.15 else name
        written += self._arguments(definition)
        if self._random.random() < 0.08:
            written += self._random.choice((" @skip(if: $no)", " @include(if: $yes)", " @skip(if: false)"))
        named = get_named_type(definition.type)
        return written if is_leaf_type(named) else f"{written} {self._selection(named, depth - 1)}"

    def _selection(self, type_: Any, depth: int) -> str:
        parts = ["__typename"] if self._random.random() < 0.3 else []
        if is_abstract_type(type_):
            parts += self._of_abstract(type_, depth)
        else:
            parts += self._fields(type_, depth, alias=False)
        if len(parts) > 2 and self._random.random() < 0.15:
            name = f"F{self._name()}"
            self._fragments.append(f"fragment {name} on {type_.name} {{ {' '.join(parts[1:])} }}")
            parts = [parts[0], f"...{name}"]
        return f"{{ {' '.join(parts) or '__typename'} }}"

    def _of_abstract(self, type_: Any, depth: int) -> list[str]:
        possible = list(self._schema.get_possible_types(type_))
        # Most of the upstream's payment methods are cards, or of a type without details of its own.
        chosen = self._random.sample(possible, k=min(len(possible), 3)) + [
            one for one in possible if one.name in ("Card", "OtherPaymentMethodDetails", "PaymentMethod")
        ]
        parts = [f"... on {one.name} {{ {' '.join(self._fields(one, depth, alias=True))} }}" for one in chosen]
        if hasattr(type_, "fields") and self._random.random() < 0.7:
            parts += self._fields(type_, depth, alias=False)
        return parts

    def _fields(self, type_: Any, depth: int, *, alias: bool) -> list[str]:
        names = [name for name in type_.fields if depth > 0 or self._is_leaf(type_.fields[name])]
        if not names:
            return ["__typename"]
        most = self._random.choice((1, 3, 6, len(names)))
        chosen = self._random.sample(names, k=min(most, len(names)))
        if self._random.random() < 0.1:
            chosen.append(self._random.choice(chosen))
        composite = [name for name in chosen if not self._is_leaf(type_.fields[name])]
        chosen = [name for name in chosen if name not in composite[2:]]
        return [self._field(type_, name, depth, alias=alias or chosen.count(name) > 1) for name in chosen]

    @staticmethod
    def _is_leaf(definition: GraphQLField) -> bool:
        return is_leaf_type(get_named_type(definition.type))

    def _arguments(self, definition: GraphQLField) -> str:
        written = []
        for name, argument in definition.args.items():
            required = isinstance(argument.type, GraphQLNonNull)
            if required or self._random.random() < 0.3:
                written.append(f"{name}: {self._value(name, argument.type)}")
        return f"({', '.join(written)})" if written else ""

    def _value(self, name: str, type_: Any) -> str:
        value = self._input(name, type_)
        if self._random.random() < 0.4:
            variable = self._name()
            self._declared[variable] = str(type_)
            self.variables[variable] = value
            return f"${variable}"
        return _literal(value, type_)

    def _input(self, name: str, type_: Any) -> Any:
        if isinstance(type_, GraphQLNonNull):
            return self._present(name, type_.of_type)
        return None if self._random.random() < 0.1 else self._present(name, type_)

    def _present(self, name: str, type_: Any) -> Any:
        if isinstance(type_, GraphQLList):
            return [self._input("id", type_.of_type) for _ in range(self._random.randint(0, 4))]
        if isinstance(type_, GraphQLInputObjectType):
            return {
                member: self._input(member, one.type)
                for member, one in type_.fields.items()
                if isinstance(one.type, GraphQLNonNull) or self._random.random() < 0.3
            }
        if is_enum_type(type_):
            return self._random.choice(list(type_.values))
        return self._scalar(name, type_.name)

    def _scalar(self, name: str, type_name: str) -> Any:
        if type_name == "Int":
            return self._random.choice((1, 2, 5, 100)) if self._random.random() < 0.9 else 0
        if type_name == "Boolean":
            return self._random.random() < 0.5
        if type_name == "JSON":
            return {"color": "blue"}
        if name in ("customerId", "after", "before", "customerAccountId"):
            return CUSTOMER if name == "customerId" else "pm_1"
        if name == "idempotencyKey":
            return "key-1"
        return self._random.choice((CUSTOMER, CUSTOMER, INTENT, *METHODS, "nothing"))


def _literal(value: Any, type_: Any) -> str:
    if isinstance(type_, GraphQLNonNull):
        return _literal(value, type_.of_type)
    if isinstance(value, list):
        return f"[{', '.join(_literal(one, type_.of_type) for one in value)}]"
    if isinstance(value, dict):
        types = type_.fields if isinstance(type_, GraphQLInputObjectType) else {}
        members = (f"{name}: {_literal(one, types[name].type if types else None)}" for name, one in value.items())
        return f"{{{', '.join(members)}}}"
    return str(value) if is_enum_type(type_) and value is not None else json.dumps(value)
