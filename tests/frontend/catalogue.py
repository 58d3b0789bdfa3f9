"""The macros of templates/components: found by reading them, written down in docs/components.md.

``python -m tests.frontend.catalogue`` writes the lower part of the page anew; a test fails when it is not up to date.
"""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
COMPONENTS = ROOT / "templates" / "components"
PAGE = ROOT / "docs" / "components.md"
MACRO = re.compile(r"\{%-?\s*macro\s+(\w+\(.*?\))\s*-?%\}", re.DOTALL)
HEAD = re.compile(r"\A\{#-?\s*(.*?)\s*-?#\}", re.DOTALL)

BELOW = "<!-- Below: written by `python -m tests.frontend.catalogue` from the comments on top of templates/components. -->\n"


def macros(path: Path) -> list[str]:
    """The signatures of a file's macros, in order, without those that only translators read."""
    found = [re.sub(r"\s+", " ", one) for one in MACRO.findall(path.read_text("utf-8"))]
    return [one for one in found if not one.startswith("words_to_translate")]


def page() -> str:
    """docs/components.md, whole: what a person wrote above, what is found below."""
    above = PAGE.read_text("utf-8").partition(BELOW)[0]
    parts = [above + BELOW]
    for path in sorted(COMPONENTS.glob("*.html")):
        head = HEAD.match(path.read_text("utf-8"))
        if head is None:
            raise ValueError(f"{path.name} does not say what it holds")
        comment = head[1].partition("\n")
        parts.append(f"### components/{path.name}\n\n{comment[0].partition(': ')[2]}\n")
        parts.append(f"```text\n{comment[2].rstrip()}\n```\n")
        parts.append("Signatures:\n\n" + "\n".join(f"- `{one}`" for one in macros(path)) + "\n")
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
