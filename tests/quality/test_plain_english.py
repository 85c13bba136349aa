"""The word check finds the dialect in prose and in names, prints its advice, and accepts standard terms."""

from __future__ import annotations

import re

import pytest

from quality import plain_english
from quality.plain_english import findings, main


def found(text: str) -> list[tuple[int, str]]:
    return [(finding.line, finding.text.lower()) for finding in findings("x.py", text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# Nobody reads it.", [(1, "nobody")]),
        ("first\nthe client is told so", [(2, "told")]),
        ("def became_of(self): ...", [(1, "became of")]),
        ("const whatBecameOf = 1", [(1, "became of")]),
        ("    # a request that is held\n    # back here", [(1, "held back")]),
        (" * Calls that are under\n * way.", [(1, "under way")]),
        ('"""What comes next."""', [(1, "what comes next.")]),
        ("It is refused at once.", [(1, "refused at once")]),
        ("from serving.gate import Gate", [(1, "gate"), (1, "gate")]),
        ("`mended` twice: mended", [(1, "mended"), (1, "mended")]),
        ("All servers answer alike.", [(1, "answer alike")]),
        ("Each operation that met a fault", [(1, "met a fault")]),
    ],
)
def test_a_planted_word_is_found_at_its_line(text, expected):
    assert found(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "The gateway understands outstanding requests.",
        '"""What is the cause?"""',
        '"""What to do when the caller has no key."""',
        "At most 20 operations run at once.",
        "A stand-in for the proxy takes care of it.",
        "Headers go on the wire. The PayID stands for the account.",
        "All values are all the same size.",
        "A heading about being held\n\nback pressure",
        "A display, a replay and the playground.",
        "Turn the limit off. It turns into a number.",
    ],
)
def test_a_standard_term_is_accepted(text):
    assert found(text) == []


def test_an_allowed_phrase_does_not_hide_another_word():
    assert found("The quality gate has a door.") == [(1, "door")]


def test_a_file_name_is_checked(tmp_path):
    file = tmp_path / "the_door.py"
    file.write_text("pass\n")
    assert ("door", 0) in [(finding.text, finding.line) for finding in plain_english.check(file)]


def test_a_finding_says_where_it_is_and_what_to_write_instead():
    [finding] = findings("docs/page.md", "\nIt starts anew.")
    assert str(finding) == 'docs/page.md:2: "anew": write again, from the start (archaic)'


@pytest.fixture
def planted(tmp_path, monkeypatch):
    """A file of the project with one word of the dialect, in a folder that is not rewritten yet."""
    (tmp_path / "old").mkdir()
    (tmp_path / "old/page.md").write_text("Nobody.\n")
    monkeypatch.setattr(plain_english, "ROOT", tmp_path)
    monkeypatch.setattr(plain_english, "tracked", lambda paths=(): ["old/page.md"])
    monkeypatch.setattr(plain_english, "NOT_YET", ("old",))


@pytest.mark.usefixtures("planted")
def test_the_advice_is_printed_and_the_check_fails(monkeypatch, capsys):
    monkeypatch.setattr(plain_english, "NOT_YET", ())
    assert main([]) == 1
    out = capsys.readouterr().out
    assert re.fullmatch(r'old/page\.md:1: "Nobody": write .*no client.* \(.+\)\n', out)


@pytest.mark.usefixtures("planted")
def test_a_folder_of_not_yet_is_skipped_unless_it_is_given(capsys):
    assert main([]) == 0
    assert main(["old"]) == 1
    assert "Nobody" in capsys.readouterr().out


def test_every_rule_has_advice_that_passes_the_check():
    assert [finding for rule in plain_english.RULES for finding in findings("advice", rule.instead)] == []


def test_not_yet_names_existing_files_only():
    assert [name for name in plain_english.NOT_YET if not (plain_english.ROOT / name).exists()] == []
