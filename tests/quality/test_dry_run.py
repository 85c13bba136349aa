"""A field, an error and a setting touch the files that README.md names. `make dry-run` tries the other changes too."""

from __future__ import annotations

import shutil

import pytest

from quality.dry_run.change import Change, Insertion
from quality.dry_run.changes import CHANGES, ERROR, FIELD, SETTING
from quality.dry_run.readme_table import find_row, written_by
from quality.dry_run.trial import ROOT, Trial, difference
from tests.support import missing


@pytest.mark.process
@pytest.mark.skipif(not (ROOT / ".git").exists() or not shutil.which("git"), reason=missing.CLONE)
@pytest.mark.skipif(not shutil.which("make"), reason=missing.program("make"))
@pytest.mark.skipif(not shutil.which("uv"), reason=missing.UV)
def test_a_field_an_error_and_a_setting_work_and_touch_what_the_readme_names(tmp_path):
    trial = Trial(tmp_path)
    trial.run([FIELD, ERROR, SETTING])
    trial.test([FIELD, ERROR, SETTING])


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.row)
def test_the_readme_names_existing_files(change: Change):
    row = find_row(ROOT, change.row)
    generated = [path for target in row.targets for path in written_by(ROOT, target)]
    paths = [path for path in (*row.paths, *generated) if "<name>" not in path]
    assert [path for path in paths if not (ROOT / path).is_file()] == []


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.row)
def test_every_insertion_has_its_place(change: Change):
    places = [(insertion.path, insertion.before) for insertion in change.insertions]
    assert [place for place in places if place[1] not in (ROOT / place[0]).read_text(encoding="utf-8")] == []


@pytest.mark.parametrize(
    ("changed", "named", "expected"),
    [
        ({"a.py"}, {"a.py"}, None),
        ({"a.py", "b.py"}, {"a.py"}, "These files changed, and README.md does not name them: b.py"),
        ({"a.py"}, {"a.py", "b.py"}, "README.md names these files, and they did not change: b.py"),
    ],
)
def test_a_file_too_many_or_too_few_is_named(changed, named, expected):
    assert difference(changed, named) == expected


def test_a_missing_place_is_named(tmp_path):
    (tmp_path / "a.py").write_text("first\n")
    with pytest.raises(LookupError, match=r"a\.py has no 'second'"):
        Insertion("a.py", "second", "text").apply(tmp_path)


def test_a_row_has_its_own_paths_those_of_the_header_and_its_targets(tmp_path):
    table = "| to do | touch `NEWS.md` and |\n|---|---|\n| add a leaf | `tree/<name>.py` (`Leaf`); `make tree` |\n"
    (tmp_path / "README.md").write_text(f"# Trees\n\n{table}")
    (tmp_path / "Makefile").write_text("tree: ## Print it\n\tprint > tree.txt\n\tprint --all > all.txt\n")
    row = find_row(tmp_path, "add a leaf")
    assert (row.paths, row.targets) == ({"NEWS.md", "tree/<name>.py"}, ("tree",))
    assert written_by(tmp_path, "tree") == {"tree.txt", "all.txt"}
    with pytest.raises(LookupError, match='no row "add a root"'):
        find_row(tmp_path, "add a root")
