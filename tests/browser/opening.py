"""The journey's first half: people, what they tell, what is wanted, how one will see that it works, and the scope that is signed."""

from __future__ import annotations

import io

import zxingcpp
from PIL import Image
from playwright.sync_api import expect

from tests.browser.conftest import INVITED, ROLES, Company
from tests.browser.walker import Walker
from tests.support.world import PASSWORD, Site

P = "/p/CRM"


# -- 1: a project and its people -----------------------------------------------------------------------------------------


def project_and_people(company: Company) -> None:
    """The project manager makes the project, adds whoever has an account, invites the others by link and by QR code."""
    story, zhou = company.story, company.zhou
    zhou.goto("/projects/new")
    zhou.fill(name=story.project)
    zhou.unfold()
    zhou.fill(key="CRM", capacity_days="40", day_rate="1800")
    zhou.submit("/projects")
    assert zhou.page.url.endswith(f"{P}/")
    company.world.sites["CRM"] = Site(1, "CRM", story.project)
    expect(zhou.page.locator(".rq-first li")).to_have_count(5)
    zhou.goto(f"{P}/settings")
    for login, role in ROLES.items():
        if login not in INVITED and login != "zhou":
            zhou.fill(f'form[action$="{P}/members"]', login=login)
            zhou.choose("roles", role, f'form[action$="{P}/members"]')
            zhou.submit(f"{P}/members")
    expect(zhou.page.locator("#people tbody tr")).to_have_count(6)
    by_link, by_code = invited(company, "chen"), invited(company, "he", code=True)
    joined(company, "chen", by_link)
    joined(company, "he", by_code)
    zhou.goto(f"{P}/settings")
    expect(zhou.page.locator("#people tbody tr")).to_have_count(8)

    for login in ("li", "chen", "shen"):
        other: Walker = getattr(company, login)
        other.not_offered(f"{P}/settings", "/invitations", "/members")
        other.refused(f"{P}/invitations", {"roles": "project_manager"})
        other.refused(f"{P}/members", {"login": login, "roles": "project_manager"})
    company.outsider.kept_out(f"{P}/", drawn=True)
    company.outsider.refused(f"{P}/invitations", {"roles": "sponsor"})
    company.chen.goto("/")
    expect(company.chen.page.locator("[data-item]")).to_have_count(0)


def invited(company: Company, login: str, code: bool = False) -> str:
    """A new link for one person; read from the picture that a telephone would take, or as it is written."""
    zhou = company.zhou
    zhou.goto(f"{P}/settings")
    form = f'form[action$="{P}/invitations"]'
    zhou.fill(form, name=company.story.people[login])
    zhou.choose("roles", ROLES[login], form)
    zhou.press(f"{form} button[type=submit]", 201)
    written = zhou.page.locator("#link").inner_text()
    if not code:
        return written
    zhou.page.wait_for_function("document.querySelector('.rq-qr img').naturalWidth > 0")
    drawn = Image.open(io.BytesIO(zhou.page.locator(".rq-qr img").screenshot()))
    (read,) = zxingcpp.read_barcodes(drawn.resize((drawn.width * 3, drawn.height * 3)))
    assert read.text.lower() == written.lower()
    return str(read.text)


def joined(company: Company, login: str, link: str) -> None:
    """Whoever opened the link makes an account and is in the project; the link is used up by the button alone."""
    guest = company.stranger(login)
    path = "/" + link.split("/", 3)[-1]
    guest.goto(path)
    guest.goto(path)
    guest.fill(login=login, name=company.story.people[login], password=PASSWORD)
    guest.press("main form[method=post] button[type=submit]")
    assert guest.page.url.endswith(f"{P}/")
    assert company.stranger(login).page.request.get(path).status == 404
    company.walkers[login] = guest


# -- 2: what people tell -------------------------------------------------------------------------------------------------


def interview(company: Company) -> None:
    """The analyst writes an interview down and makes a scenario and requirements of what was said."""
    story, lin = company.story, company.lin
    lin.goto(f"{P}/stakeholders")
    lin.fill(name=story.people["li"] + "1", department=story.department, job_role=story.job_role)
    lin.choose("level", "frontline")
    lin.submit("/stakeholders")
    lin.goto(f"{P}/interviews/new")
    lin.fill(title=story.interview, held_on="2026-11-02", notes=story.notes)
    lin.choose("interviewer", "lin")
    lin.choose("stakeholders", "1")
    lin.submit("/interviews/new")
    lin.goto(f"{P}/discover")
    lin.press("main a.rq-key")
    marked(lin, story.quotes[2])
    lin.press('[data-quote-to="q-excerpt"]')
    marked(lin, story.quotes[0])
    lin.page.click('[data-quote-to="q-scenario"]')
    assert lin.page.input_value("#q-scenario-quote") == story.quotes[0]
    title, actor, steps, outcome = story.scenario
    lin.fill("#q-scenario", title=title, actor=actor, steps="\n".join(steps), outcome=outcome)
    lin.submit("/scenarios")
    for at, (title, statement) in enumerate(story.requirements):
        marked(lin, story.quotes[at])
        lin.page.click('[data-quote-to="q-requirement"]')
        lin.fill("#q-requirement", title=title, statement=statement, scenarios="SCN-1")
        lin.submit("/requirements")
    made = lin.page.locator("#made")
    for key in ("SCN-1", "REQ-1", "REQ-2"):
        expect(made.locator(f'a[href$="/i/{key}"]').first).to_be_visible()
    lin.page.reload()
    for number, tier, days in ((1, "must", "3"), (2, "should", "2")):
        lin.goto(f"{P}/i/REQ-{number}/edit")
        lin.choose("tier", tier)
        lin.choose("phase", lin.page.locator("select[name=phase] option").nth(1).get_attribute("value") or "")
        lin.choose("owner", "lin")
        lin.fill(effort_days=days)
        lin.submit("/edit")
    who_sees_whom(company)


def marked(walker: Walker, quote: str) -> None:
    """Select a passage of the notes, as with a mouse: the bar comes up."""
    walker.page.evaluate(
        """(quote) => {
            const root = document.querySelector("[data-notes]");
            const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
            while (walk.nextNode()) {
                const at = walk.currentNode.data.indexOf(quote);
                if (at < 0) continue;
                walk.currentNode.parentElement.scrollIntoView({block: "center"});
                return getSelection().setBaseAndExtent(walk.currentNode, at, walk.currentNode, at + quote.length);
            }
            throw new Error("not in the notes: " + quote);
        }""",
        quote,
    )
    expect(walker.page.locator("[data-quote-bar]")).to_be_visible()


def who_sees_whom(company: Company) -> None:
    """Names are for analysts; others see the department, as one alone holds the job role; implementers see no interview."""
    name = company.story.people["li"] + "1"
    company.lin.goto(f"{P}/interview/INT-1")
    assert name in company.lin.text()
    company.he.goto(f"{P}/interview/INT-1")
    for login in ("zhou", "chen", "he"):
        other: Walker = getattr(company, login)
        for path in ("/interview/INT-1", "/stakeholders", "/i/REQ-1"):
            read = other.page.request.get(P + path).text()
            assert name not in read, f"{login} {path}"
            assert company.story.department in read, f"{login} {path}"
    company.he.kept_out(f"{P}/interviews/new")
    company.he.refused(f"{P}/interviews/new", {"title": "x"})
    company.he.refused(f"{P}/interview/INT-1/requirements", {"quote": company.story.quotes[0]})
    company.chen.refused(f"{P}/stakeholders", {"name": "x", "level": "frontline"})
    for path in ("/interview/INT-1", "/i/INT-1", "/i/SCN-1", "/i/REQ-1"):
        company.zhao.kept_out(P + path)
    company.zhao.kept_out(f"{P}/stakeholders")


# -- 3: how one will see that it works -------------------------------------------------------------------------------------


def acceptance(company: Company) -> None:
    """The analyst says with real data how one will see that it works."""
    story, lin = company.story, company.lin
    company.chen.not_offered(f"{P}/acceptance", "/acceptance/new")
    company.chen.kept_out(f"{P}/acceptance/new")
    company.he.refused(f"{P}/acceptance/new", {"title": "x"})
    lin.goto(f"{P}/i/REQ-2")
    lin.press('#acceptance a[href*="/acceptance/new"]')
    lin.fill(title=story.acceptance, accepts="REQ-1 REQ-2")
    lin.fill_all("given", [story.given])
    # Written in the wrong order, and put right.
    lin.fill_all("then", [story.environment, story.sees])
    then = lin.page.locator('[data-rows="then"]')
    then.locator("[data-row-up]").nth(1).click()
    assert then.locator("[name=then]").first.input_value() == story.sees
    then.locator("[data-row-remove]").nth(1).click()
    lin.fill_all("when", [story.does])
    lin.page.locator("[data-examples] [data-row-at='0'][data-column-at='0']").focus()
    lin.page.evaluate(
        """(text) => {
            const data = new DataTransfer();
            data.setData("text/plain", text);
            document.activeElement.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
        }""",
        story.cells,
    )
    lin.submit("/acceptance/new")
    assert lin.page.url.endswith(f"{P}/i/ACC-1")
    expect(lin.page.locator("#examples tbody tr")).to_have_count(2)
    said = lin.text()
    assert story.sees in said and story.environment not in said


# -- 4: the scope, signed ---------------------------------------------------------------------------------------------------


def signed_scope(company: Company) -> None:
    """A baseline is taken and signed by the business owner; from then on it changes by a change request."""
    story, lin, zhou, chen = company.story, company.lin, company.zhou, company.chen
    company.he.not_offered(f"{P}/baselines", f'action="{P}/baselines')
    company.he.refused(f"{P}/baselines", {"name": "x"})
    lin.goto(f"{P}/baselines")
    lin.fill(name=story.baseline)
    lin.submit("/baselines")
    assert "/baselines/1#" in lin.page.url
    company.li.refused(f"{P}/signoffs", {"subject": "BL-1", "meaning": "x", "signers": "chen"})
    zhou.goto(f"{P}/baselines/1")
    ask_to_sign(zhou, "BL-1")
    for login in ("fang", "lin", "shen"):
        other: Walker = getattr(company, login)
        other.not_offered(f"{P}/signoffs/1", f'action="{P}/signoffs/1')
        other.refused(f"{P}/signoffs/1", {"outcome": "signed", "password": PASSWORD})
    later(company, chen)
    sign(chen, "/signoffs/1")
    for number in (1, 2):
        lin.goto(f"{P}/i/REQ-{number}/edit")
        assert lin.page.locator("[name=statement]").count() == 0, "what was signed is locked"
        expect(lin.page.locator("[name=rationale]")).to_be_visible()
    lin.goto(f"{P}/i/REQ-1")
    version = lin.page.locator("[name=seen]").first.get_attribute("value") or "1"
    lin.refused(f"{P}/i/REQ-1/edit", {"seen": version, "_fields": "statement", "statement": "x"}, (409,))


def ask_to_sign(walker: Walker, subject: str) -> None:
    """From the page of a baseline or a round: the business owner is chosen beforehand."""
    if not walker.offered("/signoffs"):
        walker.press(f'main a[href*="/signoffs/new?subject={subject}"]')
    assert walker.page.locator("[name=signers][value=chen]").is_checked()
    walker.submit("/signoffs")


def later(company: Company, walker: Walker) -> None:
    """More than ten minutes after the password was given: it is asked for again."""
    from datetime import timedelta

    from sqlalchemy import update

    from reqtrack import clock
    from reqtrack.accounts.models import SignIn, User
    from reqtrack.db import db

    with company.world.write():
        user = db.session.query(User.id).where(User.login == walker.login)
        db.session.execute(
            update(SignIn)
            .where(SignIn.user_id == user.scalar_subquery())
            .values(proved_at=clock.now() - timedelta(hours=1)),
            execution_options={"spine": True},
        )


def sign(walker: Walker, place: str) -> None:
    """From My work to the signature: without the password it is refused, with it it stands."""
    walker.goto("/")
    walker.press(f'[data-item] a[href$="{place}"]')
    form = f'form[action$="{place}"]:has(button[value=signed])'
    walker.press(f"{form} button[value=signed]", 403)
    walker.fill(f"{form}:visible", password="not the password")
    walker.press(f"{form} button[value=signed]", 403)
    walker.fill(password=PASSWORD)
    walker.submit(place)
    assert walker.page.url.endswith(place) and not walker.offered(place)
