"""The pages of sign-offs, and the one that says what a printed code is."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, g, jsonify, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from reqtrack.accounts import limits
from reqtrack.baselines import queries as baselines
from reqtrack.db import a_number, reading
from reqtrack.errors import Invalid, NotFound, Refused
from reqtrack.proof import check_pack
from reqtrack.signoff import actions, codes, forms, pages, queries, stamps
from reqtrack.signoff import in_force as force
from reqtrack.web.answers import answer, page
from reqtrack.web.area import Area

area = Area("signoff", __name__, url_prefix="/p/<project>/signoffs")
public = Area("codes", __name__)


def _signoff(number: int) -> Any:
    g.place = "accept"
    return queries.signoff_for(g.actor, g.project_id, number)


def _show_url(number: int) -> str:
    return url_for("signoff.show", project=g.project.key, number=number)


@area.page("", "project.read")
def index(project: str) -> Response:
    g.place = "accept"
    after = request.args.get("after", 0, type=a_number)
    return page("signoff/index.html", **pages.index(g.actor, g.project, max(0, min(after, 10**9))))


@area.page("/in-force", "project.read", endpoint="in_force")
def in_force(project: str) -> Response:
    g.place = "scope"
    return page("signoff/in_force.html", **force.show(g.actor, g.project))


def _prepare() -> baselines.Prepared:
    """The fingerprint is computed before the write lock is taken."""
    with reading():
        return baselines.prepare(g.project_id, drafts=request.form.get("drafts") == "1")


@area.act("/in-force", "baseline.take", prepare=_prepare, endpoint="send_next")
def send_next(project: str) -> Response:
    g.place = "scope"
    given = forms.next_scope(request.form)
    try:
        made = actions.send_next(g.actor, g.project, **given, prepared=g.prepared)
    except Invalid as error:
        return page("signoff/in_force.html", 422, **force.show(g.actor, g.project, given, error.reasons))
    flash(_("It waits in their work now."))
    return answer(_show_url(made.number))


@area.page("/new", "signoff.request")
def new(project: str) -> Response:
    g.place = "accept"
    return page("signoff/new.html", **pages.new(g.actor, g.project, {"subject": request.args.get("subject", "")}))


@area.act("", "signoff.request")
def ask(project: str) -> Response:
    g.place = "accept"
    given = forms.asked(request.form)
    try:
        made = actions.request(g.actor, g.project, **forms.wanted(given))
    except Invalid as error:
        return page("signoff/new.html", 422, **pages.new(g.actor, g.project, given, error.reasons))
    flash(_("It waits in their work now."))
    return answer(_show_url(made.number))


@area.page("/<int:number>", "project.read")
def show(project: str, number: int) -> Response:
    return page("signoff/show.html", **pages.show(g.actor, g.project, _signoff(number)))


@area.act("/<int:number>", "project.read", proof=True, endpoint="sign")
def sign(project: str, number: int) -> Response:
    signoff = _signoff(number)
    where = {"address": request.remote_addr or "", "device": request.user_agent.string}
    try:
        if request.form.get("outcome") == "declined":
            actions.decline(g.actor, g.project, signoff, request.form.get("reason", ""), **where)
            flash(_("Declined, with your reason."))
        else:
            actions.sign(g.actor, g.project, signoff, **{**forms.signed(request.form), **where})
            _signed(signoff)
    except (Invalid, Refused) as error:
        shown = pages.show(g.actor, g.project, signoff, request.form, error.reasons)
        return page("signoff/show.html", error.status, **shown)
    return answer(_show_url(number))


def _signed(signoff: Any) -> None:
    if signoff.state != "signed":
        flash(_("Signed. Others are still asked."))
        return
    number = queries.approved_by(signoff)
    if number:
        flash(
            ngettext(
                "Signed. %(num)s requirement is approved by it.",
                "Signed. %(num)s requirements are approved by it.",
                number,
            )
        )
    else:
        flash(_("Signed."))


@area.act("/<int:number>/withdrawal", "project.read")
def withdraw(project: str, number: int) -> Response:
    signoff = _signoff(number)
    try:
        actions.withdraw(g.actor, g.project, signoff, request.form.get("reason", ""))
    except Invalid as error:
        return page("signoff/show.html", 422, **pages.show(g.actor, g.project, signoff, request.form, error.reasons))
    return answer(_show_url(number))


@public.page("/V/keys", "anybody")
def keys() -> Response:
    """The public keys of the installation: to compare with the one that a pack was sealed with."""
    limits.count("verify")
    held = stamps.held()
    if request.accept_mimetypes.best_match(("text/html", "application/json")) == "application/json":
        return jsonify(held.public() if held is not None else {"keys": []})
    return page("signoff/keys.html", keys=[] if held is None else held.keys[::-1])


@public.page("/V/check_pack.py", "anybody")
def checker() -> Response:
    """The program that checks a pack with nothing but Python."""
    limits.count("verify")
    return send_file(check_pack.__file__, mimetype="text/x-python", as_attachment=True, download_name="check_pack.py")


@public.page("/V/<code>", "anybody")
def code(code: str) -> Response:
    """Upper case, as QR codes hold it best."""
    return _told(code)


@public.page("/v/<code>", "anybody", endpoint="typed")
def typed(code: str) -> Response:
    return _told(code)


def _told(given: str) -> Response:
    limits.count("verify")
    wanted = codes.code_of(given)
    if wanted is None:
        raise NotFound("code")
    return page("signoff/code.html", code=wanted, proofs=codes.lookup(wanted))
