"""A marked passage keeps its place when the notes around it are edited; the same words elsewhere are another passage."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reqtrack.interviews import anchors
from reqtrack.interviews.anchors import Place

SENTENCES = (
    "系统很慢。", "客户说便宜两个点就签。", "The form is eleven pages. ", "Nobody calls me back.\n", "王芳：我们用微信。\n",
    "慢。", "\n\n", "**Wang Fang** 10:05: It is slow.\n", "慢慢来，", "aaaa",
)  # fmt: skip
notes_of = st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=14).map("".join)


@dataclass(frozen=True)
class Edit:
    """``text[start:end]`` becomes ``put``."""

    start: int
    end: int
    put: str

    def on(self, text: str) -> str:
        return text[: self.start] + self.put + text[self.end :]

    def touches(self, place: Place) -> bool:
        """Whether it deletes from the words of a place, or puts something into them."""
        if self.start == self.end:
            return place.start < self.start < place.end
        return self.start < place.end and self.end > place.start


@st.composite
def edits(draw: st.DrawFn, text: str) -> Edit:
    start = draw(st.integers(0, len(text)))
    end = min(len(text), start + draw(st.sampled_from((0, 0, 1, 4, 9, 30))))
    put = draw(st.sampled_from(("", "", "x", "了", "慢。", text[start:end][1:], *SENTENCES)))
    return Edit(start, end, put)


@st.composite
def places(draw: st.DrawFn, text: str, most: int = 4) -> list[Place]:
    found = []
    for _ in range(draw(st.integers(1, most))):
        start = draw(st.integers(0, len(text) - 1))
        found.append(Place(start, text[start : start + draw(st.integers(1, 15))]))
    return list(dict.fromkeys(found))


def readings(old: str, new: str, edit: Edit) -> list[Edit]:
    """Every single edit, as wide as the one made or narrower, that makes the same text: the one that was made is among them, and
    nobody who sees both texts can tell which it was."""
    by = len(new) - len(old)
    found = []
    for width in range(edit.end - edit.start + 1):
        for start in range(len(old) - width + 1) if width + by >= 0 else ():
            tried = Edit(start, start + width, new[start : start + width + by])
            if tried.on(old) == new:
                found.append(tried)
    return found


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_words_that_an_edit_does_not_touch_stay_where_they_are(data: st.DataObject) -> None:
    """The oracle is told the edit: it counts, where the other compares texts."""
    old = data.draw(notes_of)
    marked = data.draw(places(old))
    edit = data.draw(edits(old))
    new = edit.on(old)
    found = anchors.follow(old, new, marked)
    others = list(zip(marked, found, strict=True))
    told = readings(old, new, edit)
    for place, start in others:
        assert start is None or new[start:].startswith(place.words)
        if edit.touches(place):
            continue
        # Of the same words marked twice, one of which was deleted, nobody can tell which: one of them stays.
        twin = any(one.words == place.words and there is not None for one, there in others if one != place)
        assert start is not None or twin, (old, edit, place)
        if start is not None:
            by = len(new) - len(old)
            said = {place.start + (by if one.end <= place.start else 0) for one in told if not one.touches(place)}
            assert start in said, (old, edit, place, start, said)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_over_many_edits_each_shows_its_words_or_says_that_it_moved(data: st.DataObject) -> None:
    """Several edits a save, several saves; no two excerpts of the same words ever share a place."""
    notes = data.draw(notes_of)
    good: dict[Place, tuple[str, int] | None] = {one: (notes, one.start) for one in data.draw(places(notes))}
    stood = {one: (notes, one.start) for one in good}
    for _ in range(data.draw(st.integers(1, 4))):
        new = notes
        for _ in range(data.draw(st.integers(1, 3))):
            new = data.draw(edits(new)).on(new) if new else "慢。"
        held: set[tuple[str, int]] = set()
        for place in sorted(good, key=lambda one: good[one] is None):
            before, start = stood[place]
            (found,) = anchors.follow(before, new, [Place(start, place.words)], held)
            if found is not None:
                assert new[found : found + len(place.words)] == place.words
                assert (place.words, found) not in held
                held.add((place.words, found))
                stood[place] = (new, found)
            good[place] = stood[place] if found is not None else None
        notes = new


@pytest.mark.parametrize(
    ("old", "new", "words", "near", "found"),
    [
        # Another speaker says the same: deleted here, it is not found there.
        ("王：慢。\n李：慢。", "李：慢。", "慢。", 0, None),
        ("王：慢。\n李：慢。", "李：慢。", "慢。", 5, 2),
        # The words became other words.
        ("王：系统很慢。完。", "王：系统很快。完。", "系统很慢。", 0, None),
        # Carried elsewhere with what stands before it.
        ("a\n王工：系统很慢。\nb\nc\nd\n", "a\nb\nc\nd\n王工：系统很慢。\n", "系统很慢。", 0, 11),
        # The short word is said again, by somebody else, elsewhere: that is not it.
        ("王：慢。\n完了就好。", "完了就好。\n李：我觉得太慢。", "慢。", 0, None),
        ("one two", "", "two", 0, None),
    ],
)
def test_what_is_another_passage(old: str, new: str, words: str, near: int, found: int | None) -> None:
    start = old.find(words, near)
    assert anchors.follow(old, new, [Place(start, words)]) == [found]


def test_the_same_passage_twice_is_not_swapped() -> None:
    old = "王：系统很慢，每天都慢。\n\n林：还有呢？\n\n李：系统很慢，每天都慢。\n"
    words = "系统很慢，每天都慢。"
    first, second = Place(old.find(words), words), Place(old.rfind(words), words)
    above = "开头加一段。\n\n" + old.replace("还有呢", "你们组呢")
    assert anchors.follow(old, above, [second, first]) == [above.rfind(words), above.find(words)]
    gone = old.replace(words, "改了。", 1)
    assert anchors.follow(old, gone, [first, second]) == [None, gone.find(words)]
    assert anchors.follow(old, gone, [second, first]) == [gone.find(words), None]


@pytest.mark.parametrize(
    ("new", "now"),
    [
        ("王：我在客户那儿，客户说便宜三个点就签。后来没签。", "客户说便宜三个点就签"),
        ("林：开头加一行。\n王：我在客户那儿，他说便宜两点就签。后来没签。", "他说便宜两点就签"),
        ("王：我在客户那儿，。后来没签。", ""),
        ("王：我在客户那儿，the printer is on fire。后来没签。", ""),
        ("", ""),
    ],
)
def test_what_stands_there_instead_is_told(new: str, now: str) -> None:
    old, words = "王：我在客户那儿，客户说便宜两个点就签。后来没签。", "客户说便宜两个点就签"
    assert anchors.instead(old, new, [Place(old.find(words), words)]) == [now]


@pytest.mark.parametrize("kind", ["few edits", "many edits", "written anew", "one letter"])
def test_large_notes_are_followed_at_once(kind: str) -> None:
    """200 KB with 100 excerpts: in less than 100 ms of the processor."""
    chance = random.Random(4)
    pieces = [chance.choice(SENTENCES[:5]) + str(chance.random())[2:6] for _ in range(16_000)]
    old = "".join(pieces)[:200_000]
    marked = [Place(at, old[at : at + 40]) for at in chance.sample(range(len(old) - 40), 100)]
    new = {"written anew": "另写一篇。" * 40_000, "one letter": "a" * 200_000}.get(kind, old)
    for _ in range({"few edits": 5, "many edits": 300}.get(kind, 0)):
        at = chance.randint(0, len(new))
        new = new[:at] + "改了" + new[at + chance.randint(0, 6) :]
    took = []
    for _ in range(3):
        began = time.process_time()
        found = anchors.follow(old, new, marked)
        took.append(time.process_time() - began)
    assert min(took) < 0.1, took
    whole = [start for start in found if start is not None]
    assert all(new[start:].startswith(one.words) for one, start in zip(marked, found, strict=True) if start is not None)
    assert len(whole) > 85 if "edits" in kind else not whole
