"""The pack of a decision walked: told when there will be one, asked for where the change is, checked as it was downloaded."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import expect

from reqtrack.proof import check_pack
from tests.browser.proof import JOB_MS
from tests.browser.walker import Walker
from tests.browser.walks import WALKED, Party, sound
from tests.changes.conftest import Desk
from tests.changes.test_packs import edits, ring
from tests.support.browser import ZH_PHONE, Device, Windows

P = "/p/CRM"
TITLE, NEW = "Two levels of approval", "Two levels."
PACK = 'form[action$="/documents"]:has([name=document][value=decision-pack])'
# What is said of what there is not: before the decision, and to who may not see all of it.
SAID = {
    "zh": ("CR-1 尚未作出决定：决定之后才能生成档案包。", "无权查看的内容，而档案包不能有所省略"),
    "en": ("CR-1 is not decided yet: its pack can be made then.", "It holds what you may not see, and a pack leaves nothing out"),
}  # fmt: skip


def downloaded(walker: Walker) -> bytes:
    """From the change to the file: asked for, waited for, opened."""
    walker.press(f"{PACK} button")
    ready = walker.page.locator('main a[href$="/file"]')
    expect(ready).to_be_visible(timeout=JOB_MS)
    walker.look()
    sound(walker)
    answer = walker.page.request.get(ready.get_attribute("href") or "")
    assert answer.headers["content-type"] == "application/pdf"
    return answer.body()


def held(desk: Desk, made: bytes) -> dict[str, Any]:
    """The archive in a file that is genuine."""
    report = check_pack.check(made, ring(desk).trusted)
    assert report.genuine and report.known, [one.sentence() for one in report.findings]
    return report.document or {}


@WALKED
def test_a_decision_is_proved_by_its_pack(windows: Windows, desk: Desk, req: str, device: Device) -> None:
    key = desk.deciding(likely=3, edits=edits(req, NEW), assessors=["implementer"])
    party = Party(windows, device, [TITLE, NEW, "Quotes are approved", "Phase 1"])
    zhou, chen, zhao = (party(who) for who in ("project_manager", "business_owner", "implementer"))
    early, hidden = SAID[zhou.language]
    at = f"{P}/changes/{key}"
    for walker in (zhou, chen):
        walker.goto(at)
        assert early in walker.text() and not walker.page.locator(PACK).count(), "nothing is offered before"
    zhao.goto(at)
    assert early not in zhao.text() and hidden not in zhao.text()
    desk.decide(key, by="business_owner", reason="Good.")

    zhou.goto(f"{P}/changes?view=list")
    zhou.press(f'main a[href$="/changes/{key}"]')
    sound(zhou)
    document = held(desk, downloaded(zhou))
    assert [(one["name"], one["method"]) for one in document["signoff"]["signers"]] == [("陈立群", "password")]
    assert document["redline"]["changes"][0]["item"] == req
    zhou.press(f'main a[href$="/changes/{key}"]')
    chen.goto(at)
    if device is ZH_PHONE:  # to print it once is enough in `make test`
        expect(chen.page.locator(f"{PACK} button")).to_be_visible()
    else:
        assert held(desk, downloaded(chen))["fingerprint"] == document["fingerprint"]
    zhao.goto(at)
    assert hidden in zhao.text() and not zhao.page.locator(PACK).count()
    sound(zhao)
    zhao.kept_out(f"{P}/documents", drawn=True)
    zhao.refused(f"{P}/documents", {"document": "decision-pack", "subject": key})

    # Whoever holds the paper looks its code up, and takes the checker and the keys from where it says.
    code = re.sub("^sha256:", "", document["fingerprint"])[:12]
    reader = party.stranger()
    reader.goto(f"/V/{code}")
    expect(reader.page.locator(".rq-answer--ok")).to_contain_text(
        "决定档案包" if reader.language == "zh" else "Decision pack"
    )
    sound(reader)
    reader.goto("/V/keys")
    assert ring(desk).keys[-1].public.hex() in re.sub(r"\s", "", reader.text())
    sound(reader)
