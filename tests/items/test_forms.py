"""Forms of items: what people type is taken as they part it."""

from __future__ import annotations

import pytest

from tests.support.world import World


@pytest.mark.sqlite  # what a form is read as does not depend on the database
@pytest.mark.parametrize("typed", ["REQ-1 REQ-2", "req-1, req-2", "REQ-1、REQ-2", "REQ-1\nREQ-2"])
def test_keys_in_one_field_are_parted_by_blanks_and_commas(world: World, typed: str) -> None:
    world.cast()
    world.requirement()
    world.requirement()
    answer = world.client("analyst").send(
        "/p/CRM/acceptance/new", {"title": "Both", "accepts": typed, "_fields": "title accepts"}
    )
    assert answer.status_code in (302, 303), answer.get_data(as_text=True)
    shown = world.client("analyst").get("/p/CRM/i/ACC-1").get_data(as_text=True)
    assert "/i/REQ-1" in shown and "/i/REQ-2" in shown


@pytest.mark.sqlite
def test_a_key_that_is_not_there_is_told_in_the_readers_words(world: World) -> None:
    world.cast()
    client = world.client("analyst", language="zh")
    answer = client.send("/p/CRM/acceptance/new", {"title": "Both", "accepts": "REQ-7", "_fields": "title accepts"})
    assert answer.status_code == 422
    assert "没有 需求 REQ-7" in answer.get_data(as_text=True)
