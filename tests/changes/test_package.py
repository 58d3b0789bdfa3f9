"""The canonical package, and how edits meet what moved meanwhile. Without a database."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reqtrack.changes import models as _models  # noqa: F401 - registers the kinds
from reqtrack.changes import package
from reqtrack.changes.package import Edit, merge, merge_links
from reqtrack.interviews import models as _interviews  # noqa: F401
from reqtrack.items.kinds import KINDS
from reqtrack.scenarios import models as _scenarios  # noqa: F401

FIELD = {name: KINDS["requirement"].field(name) for name in ("statement", "scenarios", "tags", "tier", "effort_days")}


def edit(**more: Any) -> Edit:
    told = {"id": 1, "position": 1, "op": "set", "item": "REQ-1", "kind": "requirement", "field": "statement",
            "base_version": 1, "old": "a", "new": "b", "author": "x"}  # fmt: skip
    return Edit(**{**told, **more})


def told(*edits: Edit, title: str = "t", reason: str = "r", touches: tuple[str, ...] = ()) -> str:
    return package.print_of(package.package(title, reason, touches, edits))


def test_the_print_stands_for_what_is_said_not_for_what_it_began_from() -> None:
    one = edit()
    assert told(one) == told(replace(one, id=7, base_version=3, old="z", author="y"))
    for other in (replace(one, new="c"), replace(one, field="title"), replace(one, item="REQ-2")):
        assert told(one) != told(other)
    assert told(one) != told(one, title="u") != told(one, reason="q")
    assert told(one) != told(one, touches=("REQ-3",))
    assert told(one) != told()


def test_order_does_not_matter() -> None:
    one, two = edit(), edit(id=2, position=2, field="title", new="T")
    assert told(one, two) == told(two, one)


@pytest.mark.parametrize(
    ("old", "new", "current", "state", "value"),
    [
        ("a", "b", "a", "clean", "b"),
        ("a", "b", "b", "done", "b"),
        ("a", "b", "c", "conflict", "c"),
        (None, "b", None, "clean", "b"),
        ("a", None, "a", "clean", None),
        ("a", None, "c", "conflict", "c"),
    ],
)
def test_a_field_merges_unless_it_moved(old: Any, new: Any, current: Any, state: str, value: Any) -> None:
    found = merge(FIELD["statement"], old, new, current)
    assert (found.state, found.value) == (state, value)


def test_lists_of_keys_merge_by_what_came_and_went() -> None:
    found = merge(FIELD["scenarios"], ["SCN-1", "SCN-2"], ["SCN-2", "SCN-3"], ["SCN-1", "SCN-2", "SCN-9"])
    assert (found.state, found.value) == ("clean", ["SCN-2", "SCN-3", "SCN-9"])
    assert merge(FIELD["scenarios"], ["SCN-1"], None, ["SCN-1"]).value is None


words = st.lists(st.sampled_from("abcdef"), unique=True).map(lambda found: sorted(found) or None)


# A loaded machine is no reason to fail.
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@PATIENT
@given(words, words, words)
def test_a_merge_of_sets_has_what_came_and_lacks_what_went(old, new, current) -> None:
    found = merge(FIELD["tags"], old, new, current)
    assert found.state != "conflict"
    had, has, is_now = set(old or ()), set(new or ()), set(found.value or ())
    assert has - had <= is_now and not (had - has) & is_now
    assert is_now - has - had == set(current or ()) - has - had


@PATIENT
@given(
    st.sampled_from(["a", "b", "c", None]),
    st.sampled_from(["a", "b", "c", None]),
    st.sampled_from(["a", "b", "c", None]),
)
def test_a_text_is_never_overwritten_unseen(old, new, current) -> None:
    found = merge(FIELD["statement"], old, new, current)
    if found.state == "clean":
        assert current == old and found.value == new
    elif found.state == "done":
        assert current == new
    else:
        assert found.value == current and current != old


def test_links() -> None:
    assert merge_links(["A", "B"], ["C"], ["A"]) == ["B", "C"]
    assert merge_links(None, [], ["A"]) is None
    kept = package.link_field("accepts")
    assert kept is not None and (kept.kind, kept.name, kept.end) == ("acceptance", "accepts", "source")
    kept = package.link_field("gives_rise_to")
    assert kept is not None and (kept.kind, kept.name, kept.end) == ("requirement", "scenarios", "target")
    assert package.link_field("depends_on") is None


def test_what_can_be_edited() -> None:
    assert {name for name, kind in KINDS.items() if package.editable(kind)} >= {"requirement", "acceptance", "scenario"}
    assert not package.editable(KINDS["change"]) and not package.editable(KINDS["interview"])
    assert "touches" not in package.linkable() and "depends_on" in package.linkable()
