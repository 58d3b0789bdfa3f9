"""The end of the journey: the documents, the sheet that comes in on a page, and finding all of it again."""

from __future__ import annotations

import io
from typing import Any

from playwright.sync_api import expect
from pypdf import PdfReader

from tests.browser.conftest import Company
from tests.browser.texts import ROWS_PASTED
from tests.browser.walker import Walker

P = "/p/CRM"
DOCUMENTS = (
    ("specification", "BL-1"),
    ("change-record", "CR-1"),
    ("acceptance-report", "RND-1"),
    ("certificate", "SGN-1"),
)
JOB_MS = 90_000


# -- 7: proof ------------------------------------------------------------------------------------------------------------


def papers(company: Company) -> None:
    """The auditor has the four documents made: each says what it is about, in the reader's language."""
    shen = company.shen
    company.zhao.kept_out(f"{P}/documents")
    company.zhao.refused(f"{P}/documents", {"document": "specification", "subject": "BL-1"})
    story = company.story
    said = {
        "specification": (story.baseline, story.requirements[0][0]),
        "change-record": (story.changes[0][0],),
        "acceptance-report": (story.acceptance,),
        "certificate": (story.people["chen"],),
    }
    for document, subject in DOCUMENTS:
        text = printed(shen, document, subject)
        told = "".join(text.split())
        for words in said[document]:
            assert "".join(words.split()) in told, f"{document}: “{words}” is not in it: {text[:600]}"
    number = shen.page.url.rsplit("/", 1)[1]
    company.zhao.kept_out(f"{P}/documents/{number}/file")
    company.chen.kept_out(f"{P}/documents/{number}/file")


def printed(walker: Walker, document: str, subject: str) -> str:
    """Asked for, waited for while it shows how far it is, opened: the text of its pages."""
    walker.goto(f"{P}/documents")
    form = f'form:has(input[name=document][value="{document}"])'
    walker.choose("subject", subject, form)
    walker.press(f"{form} button[type=submit]")
    ready = walker.page.locator('main a[href$="/file"]')
    expect(
        ready.or_(walker.page.locator("main progress, main [role=progressbar], main [data-poll]")).first
    ).to_be_visible()
    expect(ready).to_be_visible(timeout=JOB_MS)
    walker.look()
    answer = walker.page.request.get(ready.get_attribute("href") or "")
    data = answer.body()
    assert answer.headers["content-type"] == "application/pdf" and data.startswith(b"%PDF")
    pages = PdfReader(io.BytesIO(data)).pages
    return "\n".join(page.extract_text() for page in pages)


# -- 8: a sheet, on a page -------------------------------------------------------------------------------------------------


def sheet(company: Company) -> None:
    """Cells as they were copied: guessed columns, every row's problem, the ready rows in, all of it undone, and in again."""
    story, lin = company.story, company.lin
    for login in ("chen", "he", "shen"):
        other: Walker = getattr(company, login)
        other.not_offered(f"{P}/scope", "/import/new")
        other.kept_out(f"{P}/import/new")
        other.refused(f"{P}/import/new", {"text": story.sheet(2), "as": "requirements"})
    brought(lin, story.sheet(4, empty=(2,)))
    wrong = lin.page.locator("main table").filter(has=lin.page.locator("td p"))
    expect(wrong.locator("tbody tr")).to_have_count(1)
    company.chen.refused(f"{P}/import/1/items", {})
    # What nobody knows is kept as a note, and can be left out.
    assert lin.page.locator('select[name="column-3"]').input_value() in ("id", "note")
    lin.choose("column-3", "note")
    lin.submit("/import/1/columns")
    lin.submit("/import/1/items")
    expect(lin.page.locator('main a.rq-key[href*="/i/REQ-"]')).to_have_count(3)
    lin.page.once("dialog", lambda dialog: dialog.accept())
    lin.submit("/import/1/undoing")
    lin.goto(f"{P}/requirements")
    expect(lin.page.locator("main tbody tr")).to_have_count(2)

    brought(lin, story.sheet(ROWS_PASTED + 1, empty=(7,)))
    lin.submit("/import/2/items")
    assert lin.page.locator('main a.rq-key[href*="/i/REQ-"]').count() == ROWS_PASTED
    first = lin.page.locator('main a.rq-key[href*="/i/REQ-"]').first.inner_text()
    lin.goto(f"{P}/requirements?tier=must")
    expect(lin.page.locator("main tbody tr")).to_have_count(1)  # nothing becomes must by import alone
    company.he.refused(f"{P}/scope/tiers", {"run": "2"})
    lin.goto(f"{P}/import/2")
    lin.submit("/scope/tiers")
    lin.goto(f"{P}/requirements?tier=must")
    expect(lin.page.locator("main tbody tr")).to_have_count(1 + ROWS_PASTED // 2)
    lin.goto(f"{P}/i/{first}")
    assert "A1" in lin.text(), "the column that no field takes is kept as a note"
    # Somebody touched one: the run is not undone any more.
    lin.goto(f"{P}/i/{first}/edit")
    lin.fill(rationale=story.notes[:20])
    lin.submit("/edit")
    lin.goto(f"{P}/import/2")
    lin.refused(f"{P}/import/2/undoing", {}, (409,))


def brought(walker: Walker, cells: str) -> None:
    """Paste cells and look at what they are taken for."""
    walker.goto(f"{P}/import")
    walker.press('main a[href$="/import/new"]')
    walker.fill(text=cells)
    walker.choose("as", "requirements")
    walker.submit("/import/new")
    chosen = [walker.page.locator(f'select[name="column-{at}"]').input_value() for at in range(3)]
    assert chosen == ["title", "statement", "tier"]


# -- 9: finding ------------------------------------------------------------------------------------------------------------


def finding(company: Company) -> None:
    """Two characters find it in the palette; lists filter, sort and go on; what one may not see is not found."""
    story, he, lin = company.story, company.he, company.lin
    assert any("/i/REQ-" in one for one in palette(lin, story.search))
    assert any("/INT-1" in one for one in palette(lin, story.search_notes))
    # The implementer sees approved requirements alone, and no interview.
    assert not any("/i/REQ-" in one for one in palette(company.zhao, story.search))
    assert not any("/INT-1" in one for one in palette(company.zhao, story.search_notes))
    jumped(he, "req1", "/i/REQ-1")
    company.outsider.kept_out(f"{P}/search?q=REQ-1")

    he.goto(f"{P}/search?q={story.search}")
    expect(he.page.locator("main tbody tr").first).to_be_visible()
    he.goto(f"{P}/requirements")
    assert he.page.locator("main tbody tr").count() == 50
    before = keys(he)
    he.press("main a[rel=next]")
    after = keys(he)
    assert len(after) == 2 + ROWS_PASTED - 50 and not set(before) & set(after)
    he.goto(f"{P}/requirements")
    he.choose("sort", "-number")
    he.choose("tier", "later")
    he.press("main form[data-filter] button[type=submit]")
    shown = [int(key.split("-")[1]) for key in keys(he)]
    assert shown == sorted(shown, reverse=True) and len(shown) == ROWS_PASTED // 2
    for plural, count in (("scenarios", 1), ("acceptance", 1), ("interviews", 1), ("changes", 2)):
        he.goto(f"{P}/{plural}{'?view=list' if plural == 'changes' else ''}")
        assert he.page.locator("main tbody tr").count() == count, plural


def keys(walker: Walker) -> list[str]:
    """The keys of a list's rows."""
    return walker.page.locator("main tbody td:first-child a.rq-key").all_inner_texts()


def palette(walker: Walker, words: str) -> list[Any]:
    """What the palette offers, as addresses."""
    walker.goto(f"{P}/")
    if walker.page.viewport_size["width"] < 500:  # type: ignore[index]
        walker.page.locator(".rq-topbar [data-palette-open]").click()
    else:
        walker.page.keyboard.press("Control+k")
    dialog = walker.page.locator("#rq-palette")
    dialog.locator("input").fill(words)
    # What was listed before, what was last looked at, stands until these words are answered.
    expect(dialog.locator("[data-palette-hits]")).to_have_attribute("data-asked", words)
    expect(dialog.locator("[role=option]").first).to_be_visible()
    walker.look()
    return [one.get_attribute("href") for one in dialog.locator("a[role=option]").all()]


def jumped(walker: Walker, typed: str, place: str) -> None:
    """A key typed without its dash, Enter: there."""
    palette(walker, typed)
    with walker.page.expect_navigation():
        walker.page.keyboard.press("Enter")
    assert walker.page.url.endswith(place)
