"""Finds words of a private dialect in the project's text, and says what to write instead.

`python -m quality.plain_english` checks every tracked text file outside NOT_YET; with paths, it checks exactly these.
The scan covers prose and names: `becameOf`, `became_of` and "became of" are the same phrase, also across a line break.
"""

from __future__ import annotations

import re
import subprocess
import sys
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CODE = (".py", ".lua", ".sh", ".js", ".mjs", ".ts", ".tsx", ".html", ".css")
SCANNED = (*CODE, ".md", ".graphql", ".toml", ".yaml", ".yml", ".cfg")

# Folders and files whose owners have not rewritten them yet. This list may only become shorter.
NOT_YET: tuple[str, ...] = ()

# The words are listed in these two files on purpose; the licence is a fixed text.
EXCLUDED = frozenset(("LICENSE", "quality/plain_english.py", "tests/quality/test_plain_english.py"))


@dataclass(frozen=True)
class Rule:
    """A pattern of whole words that must not occur, in any case."""

    pattern: str
    instead: str
    reason: str


ARCHAIC = "archaic"
METAPHOR = "metaphor: the field has a term for it"
PERSONIFIED = "personified code"
RIDDLE = "relative clause where a noun fits"

RULES: tuple[Rule, ...] = (
    Rule("nobody", "no caller, no client, unattached", RIDDLE),
    Rule("whoever|whosoever|whomever", "the caller, any client", RIDDLE),
    Rule("(?:those|they) who", "callers that, clients that", RIDDLE),
    Rule(r"(?:became|become|becomes) of", "the result of, the status of", RIDDLE),
    Rule(r"how far (?:it|they|that|the \w+) (?:is|are|was|has|have)", "the status, the progress", RIDDLE),
    Rule(r'(?:"""|description=")(?:What(?! to )|Who|Whose|Whom) [^?"\n]*"', "a noun phrase or a verb", RIDDLE),
    Rule("told", "reported, answered with, gets (the response, the error)", PERSONIFIED),
    Rule("tellings", "reports", PERSONIFIED),
    Rule(r"(?:tell|tells|telling) (?:\w+ ){0,4}apart", "distinguish", "standard verb"),
    Rule("befall|befalls|befell", "happens to, faults for", ARCHAIC),
    Rule("hears?|heard", "receives, gets the response", PERSONIFIED),
    Rule("knows? (?:nothing )?of", "depends on, imports, has", PERSONIFIED),
    Rule("anew", "again, from the start", ARCHAIC),
    Rule("lest", "so that … not", ARCHAIC),
    Rule("begun", "started", ARCHAIC),
    Rule("beside", "next to, in addition to, with", ARCHAIC),
    Rule("in vain", "without success; for a wait: timed out", ARCHAIC),
    Rule("shall", "must, will", ARCHAIC),
    Rule("mend|mends|mended|mending", "fix, replace, normalize", ARCHAIC),
    Rule("fulfils?|fulfilled|fulfilling", "implements, satisfies", ARCHAIC),
    Rule("as ever", "as before, unchanged", ARCHAIC),
    Rule("for good(?! reasons?)", "permanently", "one plain word"),
    Rule(r"(?<!are )(?<!is )all the same(?=[,.;:)])", "anyway, still", "one plain word"),
    Rule("under way", "in progress, in flight, running", "standard term"),
    Rule("hither|thither|whence|thence|henceforth|thereof|thereby|whereby|wherein|albeit", "here, from, by", ARCHAIC),
    Rule("(?:go|goes|went|going) on(?! (?:the|a|an) )", "continues; is running", "standard verb"),
    Rule("(?:come|comes|came|coming) again", "is repeated", "standard verb"),
    Rule("as (?:it|they) (?:came|come|comes)", "unchanged, verbatim", "one plain word"),
    Rule(
        r"(?:stands|stand(?![ -]ins?\b))(?! (?:for|alone|by|in for)\b)",
        "is, is written, is in",
        "nothing in a program stands",
    ),
    Rule("standings?", "ownership, access, state", METAPHOR),
    Rule("let through", "allowed, accepted", METAPHOR),
    Rule("held back", "delayed, queued, paused", METAPHOR),
    Rule(r"(?:held|hold|holds|holding) (?:\w+ ){0,3}against", "compare with, check against", METAPHOR),
    Rule("(?:is|are|was|were) away", "is unavailable", METAPHOR),
    Rule("(?:given|gets|until) a rest", "paused; until the circuit breaker opens", METAPHOR),
    Rule("doors?", "concurrency limit, admission", METAPHOR),
    Rule("gates?", "admission, authentication", METAPHOR),
    Rule("rooms", "packages", METAPHOR),
    Rule("(?<!take )(?<!takes )(?<!don't )(?<!doesn't )care", "upstream guard, guard", METAPHOR),
    Rule("surprises?", "unexpected value, bailout", METAPHOR),
    Rule("sightings?", "uses, times executed", METAPHOR),
    Rule("handovers?", "fallbacks", METAPHOR),
    Rule("checkups?", "diagnostics, check", METAPHOR),
    Rule("watchers?", "observer", "one word names one thing"),
    Rule("operation ?notes?", "operation record", "one word names one thing"),
    Rule("noted", "logged, recorded", "standard verb"),
    Rule("mint|mints|minted|minting", "create, generate", METAPHOR),
    Rule("impatient|impatience|patience", "timeout", PERSONIFIED),
    Rule("(?:play|plays|played)(?! (?:store|services))", "simulate, implement", METAPHOR),
    Rule("(?:their|its|his|whose) turns?", "permit, slot", METAPHOR),
    Rule("(?:take|takes|taken|took|taking|in) turns", "run one at a time, alternate", METAPHOR),
    Rule("fullest", "busiest", METAPHOR),
    Rule("(?:read|refused?|rejected|sent|kept|written|listed|given|put|it) whole", "in full, entirely", ARCHAIC),
    Rule(
        "(?:refused|rejected|retried|returned|answered|confirmed|again|closes?|starts?|ends?|fails?|step) at once",
        "immediately",
        "`at once` also means concurrently",
    ),
    Rule("by (?:itself|themselves)", "automatically, alone, independently", "one plain word"),
    Rule("(?:answers?|answering|responds?) alike", "returns equal responses", "standard term"),
    Rule(r"(?:meets?|met|meeting) (?:a|an|no|its|their) (?:\w+ )?faults?", "has, is affected by", PERSONIFIED),
    Rule("undisturbed", "without faults, the baseline", "standard term"),
    Rule("manners", "behaviour", PERSONIFIED),
    Rule("surroundings", "environment, backends", "standard term"),
)  # fmt: skip

# Correct standard uses that a rule would match.
ALLOWED: tuple[str, ...] = ("quality gates?", "merge gates?", "logic gates?")


def whole_words(pattern: str) -> re.Pattern[str]:
    """The pattern, in any case, where no letter precedes or follows."""
    return re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.IGNORECASE)


PATTERNS = [(rule, whole_words(rule.pattern)) for rule in RULES]
EXEMPT = whole_words("|".join(ALLOWED))
MARKER = re.compile(r"^\s*(?:(?:#|//|/?\*+|--|>)\s+)?")
NAME_PART = re.compile(r"_+|(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True)
class Finding:
    """A place where a rule matches."""

    path: str
    line: int
    text: str
    rule: Rule

    def __str__(self) -> str:
        return f'{self.path}:{self.line}: "{self.text}": write {self.rule.instead} ({self.rule.reason})'


def prose(line: str) -> str:
    """The line without its indent and comment marker, names split into words. A blank line ends a paragraph."""
    return NAME_PART.sub(" ", MARKER.sub("", line)).rstrip() + " " if line.strip() else "\n"


def findings(path: str, text: str) -> Iterator[Finding]:
    """Every place in the text where a rule matches."""
    lines = [prose(line) for line in text.splitlines()]
    starts = list(accumulate(map(len, lines), initial=0))
    joined = EXEMPT.sub(lambda match: "." * len(match.group()), "".join(lines))
    for rule, pattern in PATTERNS:
        for match in pattern.finditer(joined):
            yield Finding(path, bisect_right(starts, match.start()), match.group().strip('"'), rule)


def check(path: Path) -> list[Finding]:
    """The findings in a file, those in its name first."""
    name = str(path.resolve().relative_to(ROOT) if path.resolve().is_relative_to(ROOT) else path)
    in_name = [Finding(name, 0, found.text, found.rule) for found in findings(name, re.sub(r"[^\w\n]", " ", name))]
    return in_name + sorted(findings(name, path.read_text(encoding="utf-8")), key=lambda found: found.line)


def scanned(path: Path) -> bool:
    """Whether the file holds prose or code of ours, by its name."""
    return path.name == "Makefile" or path.suffix in SCANNED or (not path.suffix and is_script(path))


def is_script(path: Path) -> bool:
    """Whether a file without a suffix is a script or a Dockerfile."""
    return path.name == "Dockerfile" or path.read_bytes().startswith(b"#!")


def tracked(folders: Sequence[str] = (".",)) -> list[str]:
    """The files of the folders that git tracks or would add, relative to the root."""
    command = ("git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *folders)
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    return sorted(name for name in set(listed) - EXCLUDED if (ROOT / name).is_file() and scanned(ROOT / name))


def rewritten(name: str) -> bool:
    """Whether the file is outside NOT_YET."""
    return not any(name == place or name.startswith(f"{place}/") for place in NOT_YET)


def main(arguments: Sequence[str]) -> int:
    """Print every finding with its advice. Returns 1 if there is one."""
    paths = [str(Path(argument).resolve()) for argument in arguments]
    names = tracked(paths) if paths else list(filter(rewritten, tracked()))
    found = [finding for name in names for finding in check(ROOT / name)]
    for finding in found:
        print(finding)
    print(f"{len(names)} files checked, {len(found)} findings", file=sys.stderr)
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
