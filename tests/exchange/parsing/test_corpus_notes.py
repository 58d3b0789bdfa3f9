"""Research write-ups that nobody here wrote: kept letter by letter, quotes and speakers found."""

import re

from reqtrack.exchange.parsing.drafts import NotesDraft
from reqtrack.exchange.parsing.notes import read_notes
from reqtrack.exchange.parsing.reading import read_upload

CORPUS = {"test_pip_ux": "interviews/pip_ux/", "test_the_child_says_the_same": "interviews/pip_ux/"}


def test_pip_ux(real):
    text = real.data.decode("utf-8")
    draft = read_notes(text, real.path.name)
    expected = real.expected
    assert draft.notes == text
    assert [draft.headings.get(level, 0) for level in (1, 2, 3, 4)] == [
        expected["h1"], expected["h2"], expected["h3"], expected["h4"],
    ]  # fmt: skip
    assert text.startswith(f"# {draft.title}\n")
    assert sum(quote.lines for quote in draft.quotes) == expected["blockquote_lines"]
    for quote in draft.quotes:
        assert quote.raw in text
        assert quote.text
        assert not quote.text.endswith("**")
    assert set(draft.participants) == set(re.findall(r"articipant (\d+)", text))
    # What is expected counts the numbers that begin with 240; one file has six others.
    numbers = [number for number in draft.participants if number.startswith("240")]
    assert len(numbers) == expected["distinct_participant_numbers"]
    assert {quote.participant for quote in draft.quotes} - {""} == set(draft.participants)


def test_the_child_says_the_same(real):
    kind, draft = read_upload(real.upload())
    assert kind == "notes"
    assert isinstance(draft, NotesDraft)
    assert draft.quotes == read_notes(real.data.decode("utf-8"), real.path.name).quotes
