"""The catalogues of translations.

python -m tests.support.catalogues update    collect the texts, merge them into each catalogue, compile
python -m tests.support.catalogues check     exit 1 when a text has no translation, or a compiled file is out of date
"""

from __future__ import annotations

import contextlib
import io
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.frontend import CommandLineInterface
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "reqtrack" / "translations"
# English needs no catalogue: the texts in the code are English.
LOCALES = ("zh_Hans_CN",)
# Beyond gettext's own names; a number says which argument is the text.
KEYWORDS = ("_l", "_ln:1,2", "N_", "Reason:2", "no:2", "invalid:2", "Unfit:1")


def catalogue(locale: str) -> Path:
    """Where the catalogue of a locale lies."""
    return FOLDER / locale / "LC_MESSAGES" / "messages.po"


def read(path: Path, locale: str | None = None) -> Catalog:
    """A catalogue from its file."""
    with path.open("rb") as file:
        return read_po(file, locale=locale)


def babel(*arguments: str) -> None:
    CommandLineInterface().run(["pybabel", "-q", *arguments])


def extract(into: Path) -> Catalog:
    """All texts to translate, collected from the code and the templates into a file."""
    words = [part for keyword in KEYWORDS for part in ("-k", keyword)]
    options = ["--add-location=file", "--sort-by-file", "--project=reqtrack", "--copyright-holder=the reqtrack authors"]
    with contextlib.chdir(ROOT):  # places are noted as they are given, and must not tell where this checkout lies
        babel("extract", "-F", "pyproject.toml", *words, *options, "-o", str(into), ".")
    return read(into)


def update() -> None:
    """Merge new texts into every catalogue and compile it. Texts that are gone are dropped."""
    with tempfile.TemporaryDirectory() as temporary:
        template = Path(temporary) / "messages.pot"
        extract(template)
        for locale in LOCALES:
            verb = ["update", "--no-fuzzy-matching", "--ignore-obsolete"] if catalogue(locale).exists() else ["init"]
            babel(*verb, "-i", str(template), "-d", str(FOLDER), "-l", locale)
            catalogue(locale).with_suffix(".mo").write_bytes(compiled(read(catalogue(locale), locale)))


def compiled(found: Catalog) -> bytes:
    """What the compiled file of a catalogue must hold."""
    buffer = io.BytesIO()
    write_mo(buffer, found)
    return buffer.getvalue()


def is_whole(message: Message | None) -> bool:
    """Whether a message is translated, in all its plural forms, and nobody doubts it."""
    if message is None or message.fuzzy:
        return False
    texts = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return all(texts)


def complaints(locale: str) -> Iterator[str]:
    """What a catalogue lacks, one line each."""
    path = catalogue(locale)
    if not path.exists():
        yield f"{locale}: there is no catalogue"
        return
    found = read(path, locale)
    with tempfile.TemporaryDirectory() as temporary:
        wanted = extract(Path(temporary) / "messages.pot")
    for message in wanted:
        if message.id and not is_whole(found.get(message.id, message.context)):
            yield f"{locale}: not translated: {message.id!r} ({', '.join(sorted({name for name, _ in message.locations}))})"
    for message in found:
        yield from (f"{locale}: {message.id!r}: {error}" for error in message.check(found))
    binary = path.with_suffix(".mo")
    if not binary.exists() or binary.read_bytes() != compiled(found):
        yield f"{locale}: {binary.name} is not what the catalogue compiles to; run `make translations`"


def main() -> None:
    if sys.argv[1:] == ["update"]:
        update()
    elif sys.argv[1:] != ["check"]:
        sys.exit(__doc__)
    lines = [line for locale in LOCALES for line in complaints(locale)]
    for line in lines[:50]:
        print(line)
    if lines:
        print(f"{len(lines)} complaints about the translations.")
    else:
        print("Every text is translated.")
    if lines and sys.argv[1:] == ["check"]:
        sys.exit(1)


if __name__ == "__main__":
    main()
