"""Which items are meant: by key, by title, and what is said where that is not clear."""

from __future__ import annotations

import pytest

from reqtrack.errors import Invalid
from reqtrack.items import naming
from reqtrack.web.problems import sentence
from tests.support.world import World


@pytest.fixture
def titles(world: World) -> list[str]:
    world.cast()
    told = ("Print the quote", "Print, and send it", "Print", "报价单打印", "报价单打印", "FAX the order")
    return [world.requirement(title=title, statement="It prints.") for title in told]


def meant(world: World, typed: str, *kinds: str, by: str = "contributor") -> list[str]:
    with world.read(by) as scene:
        return naming.meant(scene.actor, scene.project.id, typed, kinds)


def refused(world: World, typed: str, *kinds: str) -> str:
    with world.read("contributor") as scene:
        with pytest.raises(Invalid) as error:
            naming.meant(scene.actor, scene.project.id, typed, kinds)
        assert [one.field for one in error.value.reasons] == ["item"]
        return sentence(error.value.reasons[0])


def test_a_key_or_a_title_names_an_item(world: World, titles: list[str]) -> None:
    quote, comma, short, _one, _two, fax = titles
    assert meant(world, "") == []
    assert meant(world, f" {quote.lower()} {fax}，{quote}") == [quote, fax]
    # Whether there is such an item says whoever uses it.
    assert meant(world, "REQ-99 req12") == ["REQ-99", "REQ-12"]
    assert meant(world, "print the QUOTE") == [quote]
    # The whole text first: a title may hold a comma; and one that begins others is still itself.
    assert meant(world, "Print, and send it") == [comma]
    assert meant(world, "Print") == [short]
    assert meant(world, "Print the quote, ｆａｘ the order") == [quote, fax]
    assert meant(world, f"{fax} FAX the order") == [fax]


def test_what_fits_several_or_none_lists_what_there_is(world: World, titles: list[str]) -> None:
    one, two = titles[3:5]
    told = refused(world, "报价单打印")
    assert told.startswith("Several are called") and one in told and two in told
    told = refused(world, "the quote")
    assert told.startswith("No item is called “the quote”. These come near") and f"{titles[0]} Print the quote" in told
    assert refused(world, "teleport") == "No item is called “teleport”: type its key or its title."
    # A key before words that are not its title is no name.
    assert "No item is called" in refused(world, f"{titles[0]} teleport")
    # Of other kinds it is no name either.
    assert "type its key or its title" in refused(world, "Print the quote", "scenario")


def test_titles_come_first_and_kinds_narrow(world: World, titles: list[str]) -> None:
    mention = world.requirement(title="Another", statement="As with: print the quote.")
    place = world.scenario(title="Print the quote at the counter")

    def offered(words: str, *kinds: str, by: str = "contributor") -> list[str]:
        with world.read(by) as scene:
            return [row.key for row in naming.offered(scene.actor, scene.project.id, words, kinds)]

    assert offered("print the quote") == [place, titles[0], mention]
    assert offered("print the quote", "requirement") == [titles[0], mention]
    assert offered(titles[0])[0] == titles[0]
    assert offered("打印") == [titles[4], titles[3]]
    for number in range(12):
        world.requirement(title=f"Print {number}", statement="x")
    assert len(offered("print")) == naming.OFFERED


def test_the_address_offers_what_one_may_see(world: World, titles: list[str]) -> None:
    client = world.client("contributor")
    shown = client.get("/p/CRM/search?pick=requirement&q=print+the+quote").text
    assert f'data-key="{titles[0]}"' in shown and 'role="option"' in shown and "<html" not in shown
    assert 'role="option"' not in client.get("/p/CRM/search?pick=scenario&q=print+the+quote").text
    assert 'role="option"' not in client.get("/p/CRM/search?pick=&q=").text
    # Requirements that are not theirs are offered to nobody: an implementer sees approved ones alone.
    assert 'role="option"' not in world.client("implementer").get("/p/CRM/search?pick=&q=print+the+quote").text
