"""The custom scalars, as clients send them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from graphql import GraphQLError

from app import schema

DATE_TIME = schema._schema.type_map["DateTime"]
CONFIRM = """mutation { confirmSetupIntent(input: {setupIntentId: "seti_1", mandate: {offline: {acceptedAt: "today"}}})
  { errors { message } } }"""


@pytest.mark.parametrize("value", ["2023-03-27T19:46:42Z", "2023-03-27T21:46:42+02:00", "2023-03-27T19:46:42"])
def test_an_instant_is_read_in_utc_unless_it_has_an_offset(value):
    assert DATE_TIME.parse_value(value) == datetime(2023, 3, 27, 19, 46, 42, tzinfo=UTC)


@pytest.mark.parametrize("value", ["today", "", 1679946402, None])
def test_any_other_value_is_the_clients_error(value):
    with pytest.raises(GraphQLError, match="DateTime is a string such as"):
        DATE_TIME.parse_value(value)


@pytest.mark.anyio
async def test_an_invalid_literal_is_not_an_error_of_the_service(api):
    answer = await api(CONFIRM)
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"]
