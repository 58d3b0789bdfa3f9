"""Signed by hand: the sheet goes out, its scan comes back, a second person compares it. Never shown as electronic."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfReader

from reqtrack import clock
from reqtrack.audit.verify import verify
from reqtrack.baselines import actions as baselines
from reqtrack.documents import actions as documents
from reqtrack.errors import Invalid, Refused
from reqtrack.rendering.qr import qr_png
from reqtrack.signoff import actions, queries, scans
from reqtrack.signoff.seats import Wanted
from tests.signoff.test_seats import ask, waiting
from tests.signoff.test_signing import edit, scope, sign, told
from tests.support.world import World

__all__ = ["scope"]
pytestmark = pytest.mark.sqlite


def photo(text: str = "") -> bytes:
    """A page as a phone photographs it: turned a little, with the code of a sheet at its foot where a text is given."""
    sheet = Image.new("RGB", (1240, 1754), "white")
    if text:
        code = Image.open(io.BytesIO(qr_png(text))).convert("RGB")
        sheet.paste(code, (120, 1500))
    out = io.BytesIO()
    sheet.rotate(4, expand=True, fillcolor="white").save(out, "JPEG", quality=80)
    return out.getvalue()


def code_of(world: World, number: int = 1) -> str:
    return str(told(world, number)["fingerprint"]).removeprefix("sha256:")[:12]


def mark(world: World, number: int = 1) -> str:
    return f"https://req.example.com/V/{code_of(world, number)}.SGN-{number}"


def bring(world: World, data: bytes, seat: int = 1, by: str = "project_manager", number: int = 1, **more: Any) -> int:
    with world.app.app_context():
        scan = scans.take_scan(data, "sheet.jpg")
    with world.write(by) as scene:
        signoff = queries.signoff_for(scene.actor, scene.project.id, number)
        day = more.pop("day", clock.today(scene.project.zone))
        return actions.bring_in(scene.actor, scene.project, signoff, scan, seat, day, **more).id


def compare(world: World, sheet: int, by: str = "analyst", reason: str = "", number: int = 1) -> None:
    with world.write(by) as scene:
        signoff = queries.signoff_for(scene.actor, scene.project.id, number)
        row = queries.sheet_for(signoff, sheet)
        if reason:
            actions.refuse(scene.actor, scene.project, signoff, row, reason)
        else:
            actions.confirm(scene.actor, scene.project, signoff, row)


def test_a_scan_finds_its_request_and_counts_when_a_second_person_has_compared_it(scope: World) -> None:
    ask(scope, "business_owner", ways="paper")
    with pytest.raises(Refused) as here:
        sign(scope, "business_owner")
    assert here.value.reasons[0].code == "on_paper"
    sheet = bring(scope, photo(mark(scope)), remarks="With thanks.")
    assert told(scope)["signatures"] == [] and told(scope)["state"] == "requested"
    for by, code in (
        ("project_manager", "own_upload"),
        ("business_owner", "own_signature"),
        ("auditor", "no_permission"),
    ):
        with pytest.raises(Refused) as refused:
            compare(scope, sheet, by)
        assert (refused.value.status, refused.value.reasons[0].code) == (403, code)
    compare(scope, sheet)
    page = told(scope)
    (row,) = page["signatures"]
    assert page["state"] == "signed"
    assert (row["way"], row["method"], row["signer"], row["remarks"]) == (
        "paper",
        "paper",
        "business_owner",
        "With thanks.",
    )
    assert (row["recorded_by"], row["compared_by"], row["signed_on"]) == (
        "project_manager",
        "analyst",
        date.fromisoformat(row["signed_on"]).isoformat(),
    )
    assert "signed on paper" in scope.client("analyst").get("/p/CRM/signoffs/1").text
    with scope.app.app_context():
        assert verify().ok
    with pytest.raises(Refused):
        compare(scope, sheet)


def test_without_a_code_one_types_it_and_a_sheet_of_another_request_is_refused(scope: World) -> None:
    ask(scope, "business_owner", ways="paper")
    ask(scope, "business_owner", ways="paper")
    for data, more, field in (
        (photo(mark(scope, 2)), {}, "file"), (photo(), {}, "code"), (photo(), {"code": "0" * 12}, "code"),
        (photo(mark(scope)), {"day": date(2020, 1, 1)}, "signed_on"), (photo(mark(scope)), {"seat": 9}, "seat"),
        (photo(mark(scope)), {"day": clock.today("UTC") + timedelta(days=3)}, "signed_on"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as found:
            bring(scope, data, **more)
        assert {one.field for one in found.value.reasons} == {field}
    code = code_of(scope)
    sheet = bring(scope, photo(), code=f"{code[:4]} {code[4:8]} {code[8:]}".upper())
    compare(scope, sheet, reason="It bears no seal.")
    assert told(scope)["state"] == "requested"
    compare(scope, bring(scope, photo(mark(scope))))
    assert told(scope)["state"] == "signed"


def test_both_ways_are_both_needed(scope: World) -> None:
    ask(scope, "business_owner", Wanted(name="Ada", organisation="Acme"), ways="both", ordered=True)
    assert waiting(scope)["business_owner"] == ["SGN-1"]
    sign(scope, "business_owner")
    assert told(scope)["state"] == "requested"
    with pytest.raises(Refused) as early:
        bring(scope, photo(mark(scope)), 2)
    assert early.value.reasons[0].code == "not_your_turn"
    compare(scope, bring(scope, photo(mark(scope))))
    compare(scope, bring(scope, photo(mark(scope)), 2))
    assert [(one["seat"], one["way"], one["state"]) for one in told(scope)["seats"]] == [
        (1, "electronic", "signed"), (1, "paper", "signed"), (2, "paper", "signed"), (2, "electronic", "waiting"),
    ]  # fmt: skip
    with scope.app.app_context():
        assert verify().ok


def test_a_role_on_paper_names_who_signed_and_paper_falls_like_any_other(scope: World) -> None:
    ask(scope, Wanted(role="business_owner"), ways="either")
    with pytest.raises(Invalid) as who:
        bring(scope, photo(mark(scope)), signer="analyst")
    assert {one.field for one in who.value.reasons} == {"signer"}
    compare(scope, bring(scope, photo(mark(scope)), signer="business_owner"))
    assert told(scope)["state"] == "signed"
    edit(scope, "REQ-1", change="CR-99", statement="past the lock")
    assert told(scope)["state"] == "superseded"


def test_the_page_takes_the_photo_and_shows_it_beside_what_was_asked(scope: World) -> None:
    ask(scope, "business_owner", ways="paper")
    manager, analyst = scope.client("project_manager"), scope.client("analyst")
    today = clock.today("Asia/Shanghai").isoformat()
    fields = {"seat": "1", "signed_on": today}
    none = manager.send("/p/CRM/signoffs/1/paper", fields)
    assert none.status_code == 422 and "Choose the scan" in none.text
    odd = manager.send("/p/CRM/signoffs/1/paper", {**fields, "file": (io.BytesIO(b"hello"), "a.txt")})
    assert odd.status_code == 422 and "as a photo" in odd.text
    done = manager.send("/p/CRM/signoffs/1/paper", {**fields, "file": (io.BytesIO(photo(mark(scope))), "a.jpg")})
    assert done.status_code == 303
    page = analyst.get("/p/CRM/signoffs/1/paper/1").text
    assert "/p/CRM/signoffs/1/paper/1/scan" in page and "by its QR code" in page and "Requirement 1" in page
    with analyst.get("/p/CRM/signoffs/1/paper/1/scan") as sent:
        assert (sent.mimetype, sent.data[:2]) == ("image/jpeg", b"\xff\xd8")
    assert manager.send("/p/CRM/signoffs/1/paper/1", {"outcome": "confirmed"}).status_code == 403
    assert analyst.send("/p/CRM/signoffs/1/paper/1", {"outcome": "confirmed"}).status_code == 303
    assert told(scope)["state"] == "signed"


def test_the_sheet_that_goes_out_holds_all_that_is_signed(world: World) -> None:
    """Also what an acceptance scenario says, and what stands beside a requirement: by hand one signs what one reads."""
    world.cast()
    requirement = world.requirement(title="Phones", statement="Kept in one form.", tier="must", stage="in_review")
    said = {"given": ["the customer is known"], "when": ["a phone is typed"], "then": ["it is kept as 138"]}
    key = world.acceptance(title="One form", accepts=[requirement], **said)
    with world.write("analyst") as scene:
        baselines.take(scene.actor, scene.project, "Scope 1")
    ask(world, "business_owner", ways="paper")
    with world.app.test_request_context(), world.read("business_owner") as scene:
        data = documents.produce(scene.actor, scene.project, "signature-sheet", "SGN-1", "en")[1]
    text = " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages).split())
    for words in (key, "Kept in one form.", "Must", *(line for lines in said.values() for line in lines)):
        assert words in text, words
