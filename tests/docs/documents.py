"""The GraphQL documents of a page of the documentation, by the name of their operation."""

from __future__ import annotations

import re
import textwrap

from quality.harness.processes import ROOT


def document(page: str, name: str) -> str:
    """The block of the page that contains the operation."""
    text = (ROOT / "docs" / page).read_text()
    blocks = re.findall(r"^ *```graphql\n(.*?)```", text, re.DOTALL | re.MULTILINE)
    (found,) = [block for block in blocks if re.search(rf"^ *(query|mutation) {name}\b", block, re.MULTILINE)]
    return textwrap.dedent(found)
