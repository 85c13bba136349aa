from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    is_introspection_type,
    is_specified_scalar_type,
)

from app import schema

CORE = schema._schema


def parts():
    """Every type, field, argument, input field and enum value, by its coordinate."""
    for type_ in CORE.type_map.values():
        if is_introspection_type(type_) or is_specified_scalar_type(type_):
            continue
        yield type_.name, type_
        if isinstance(type_, GraphQLEnumType):
            yield from ((f"{type_.name}.{name}", value) for name, value in type_.values.items())
        for name, field in getattr(type_, "fields", {}).items():
            yield f"{type_.name}.{name}", field
            if not isinstance(type_, GraphQLInputObjectType):
                yield from ((f"{type_.name}.{name}({arg}:)", argument) for arg, argument in field.args.items())


def test_everything_has_a_description():
    assert not [name for name, part in parts() if not (part.description or "").strip()]


def test_descriptions_are_whole_sentences():
    texts = {name: part.description.strip() for name, part in parts()}
    endings = (".", "!", ")", "…", "4242")
    assert not {name: text for name, text in texts.items() if not text.endswith(endings) and " " in text}


def test_every_enum_of_stripe_s_words_ends_in_unknown():
    from schema.open_enum import OpenEnum

    for type_ in CORE.type_map.values():
        definition = (type_.extensions or {}).get("strawberry-definition")
        if isinstance(type_, GraphQLEnumType) and issubclass(getattr(definition, "wrapped_cls", object), OpenEnum):
            assert list(type_.values)[-1] == "UNKNOWN", type_.name
