"""Each user error declares its code and its text, next to its type."""

import pytest

from schema.errors import USER_ERRORS, UserErrorCode


def test_each_code_has_one_type():
    codes = [kind.error_code for kind in USER_ERRORS]
    assert sorted(codes, key=str) == sorted(UserErrorCode, key=str)


@pytest.mark.parametrize("kind", USER_ERRORS)
def test_the_text_is_a_sentence(kind):
    assert kind.default_message.endswith(".")
    assert kind.default_message[0].isupper()


def test_an_error_has_the_path_of_its_field_and_the_type_s_own_text():
    error = UserErrorCode.INVALID_INPUT
    (kind,) = [kind for kind in USER_ERRORS if kind.error_code is error]
    found = kind.at("card.expMonth")
    assert (found.code, found.path, found.message) == (error, ["input", "card", "expMonth"], kind.default_message)
    assert kind.at(None, "Another text.").path is None
    assert kind.at(None, "Another text.").message == "Another text."
