"""What a change costs, in words and drawings for its page: effort, money, days, the phases, the budget, what to move out."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from decimal import Decimal
from math import sqrt
from typing import Any

from babel.numbers import format_currency
from flask import url_for
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from reqtrack.accounts.models import Project
from reqtrack.changes.filed import Said
from reqtrack.changes.load import PhaseLoad
from reqtrack.changes.models import OPTIONS
from reqtrack.changes.pages.asks import ASK_WORDS
from reqtrack.changes.price import Budget, Offer
from reqtrack.changes.queries import ChangePage
from reqtrack.db import trimmed
from reqtrack.items import present
from reqtrack.items.kinds import LINKS
from reqtrack.permissions import Actor
from reqtrack.requirements.queries import in_order
from reqtrack.web.context import day, number
from reqtrack.web.words import listed, pair, person_days

# From these levels on (probability × effect, of 25) a risk stands out, and alarms.
RISKY, ALARMING = 8, 15


def money(page: ChangePage) -> str:
    """The cost in the project's currency, "" where it is not known or not for the reader."""
    return "" if page.cost is None else amount(page.cost, page.project.currency)


def amount(value: Decimal, currency: str) -> str:
    """Money as the reader writes it, without decimals where there are none."""
    whole = value == value.to_integral_value()
    pattern = "¤#,##0" if whole else None
    shown = format_currency(value, currency, pattern, locale=str(get_locale()), currency_digits=not whole)
    return str(shown)


def later_words(one: PhaseLoad) -> str:
    """By how much a phase ends later, or earlier."""
    late = one.days_late or 0
    if late < 0:
        return str(
            ngettext(
                "%(phase)s ends %(num)s working day earlier", "%(phase)s ends %(num)s working days earlier", -late, phase=one.name
            )
        )  # fmt: skip
    return str(
        ngettext("%(phase)s ends %(num)s working day later", "%(phase)s ends %(num)s working days later", late, phase=one.name)
    )  # fmt: skip


def costs(actor: Actor, page: ChangePage) -> dict[str, Any]:
    """Effort, money and days, and who said so."""
    dropped = still_counted(page)
    return {
        "figures": [*_effort(page), *_money(page), *_ends(page)],
        "said": [_said(actor, page, one, dropped) for one in page.dossier.newest_said],
        "asks": _asks(page),
        "checks": checks(page),
        "over": [
            _("%(phase)s would carry %(load)s of its %(most)s person-days.", phase=one.name, load=number(one.after),
              most=number(one.capacity_days))
            for one in page.price.phases
            if one.over and one.capacity_days is not None
        ],
    }  # fmt: skip


# What an assessor may say beside one number of days, all of it in one fold of the form.
_BESIDE = ("three_point", "cost", "schedule_note", "risk")


def _asks(page: ChangePage) -> dict[str, Any]:
    """How the form calls what may be said beside one number: asked for by the project, or left to the assessor."""
    all_asked = page.dossier.flow.asks.get("assess", ())
    asked = [one for one in all_asked if one in _BESIDE]
    limit = small_limit(page)
    if asked:
        what = listed(str(ASK_WORDS[one]) for one in asked)
        words = _("Best and worst case, money, schedule, risk (this project asks for: %(what)s)", what=what)
    elif limit is not None:
        words = _(
            "Best and worst case, money, schedule, risk (optional; helps above %(days)s)", days=person_days(limit)
        )
    else:
        words = _("Best and worst case, money, schedule, risk (optional)")
    return {"open": bool(asked), "words": words, "asked": list(all_asked)}


def small_limit(page: ChangePage) -> Decimal | None:
    """Up to how many days the first line of the delegation table decides: beyond that one number tells little."""
    return page.dossier.table[0].most_days


def _effort(page: ChangePage) -> list[dict[str, Any]]:
    if page.dossier.expected is None:
        return []
    return [{"value": number(page.dossier.expected), "unit": _days_unit(page.dossier.expected), "note": _spread(page)}]


def _days_unit(days: Decimal) -> str:
    return str(ngettext("person-day", "person-days", 1 if days == 1 else 2))


def _spread(page: ChangePage) -> str:
    said = page.dossier.newest_said
    if len(said) == 1 and said[0].variance:
        return _points(said[0])
    told = ngettext("%(num)s assessment", "%(num)s assessments", len(said))
    if page.dossier.variance:
        return f"{told} · ± {_deviation(page.dossier.variance)}"
    return str(told)


def _points(one: Said) -> str:
    if one.best is None and one.worst is None:
        return ""
    return str(
        _(
            "best %(best)s · likely %(likely)s · worst %(worst)s",
            best=number(one.best if one.best is not None else one.likely),
            likely=number(one.likely),
            worst=number(one.worst if one.worst is not None else one.likely),
        )
    )


def _deviation(variance: Decimal) -> str:
    """The root of a variance, to a tenth of a day."""
    return number(round(sqrt(variance), 1))


def _money(page: ChangePage) -> list[dict[str, Any]]:
    price, project = page.price, page.project
    if not price.sees_cost or page.dossier.expected is None:
        return []
    beside = amount(price.beside, project.currency) if price.beside else ""
    if project.day_rate is None:
        note = _("cost: the project has no day rate")
        if beside:
            note = _("cost: the project has no day rate; %(beside)s beside effort", beside=beside)
        return [{"value": None, "unit": "", "note": note}]
    rate = amount(project.day_rate, project.currency)
    note = _("at %(rate)s a person-day", rate=rate)
    if beside:
        note = _("at %(rate)s a person-day, and %(beside)s beside effort", rate=rate, beside=beside)
    return [{"value": money(page), "unit": "", "note": note}]


def _ends(page: ChangePage) -> list[dict[str, Any]]:
    """The phases that end at another time; that of the change also where nobody can say so."""
    found = []
    for one in page.price.phases:
        if one.days_late:
            # A phase so far beyond its capacity that no calendar goes there has no end.
            ends = f"{day(one.end_before) or '…'} → {day(one.end_after) or '…'}"
            unit = ngettext("working day", "working days", abs(one.days_late))
            found.append({"value": f"{one.days_late:+d}", "unit": unit, "note": pair(one.name, ends)})
        elif one.added and not one.projected:
            found.append(
                {
                    "value": None,
                    "unit": "",
                    "note": _("end of %(phase)s: it has no dates or no capacity", phase=one.name),
                }
            )
    return found  # fmt: skip


def still_counted(page: ChangePage) -> set[str]:
    """The logins of those who were taken off the list of who is asked, and whose word of it as it stands counts all the same."""
    newest = next((one for one in page.events if one.action == "change.assessors_named"), None)
    told = json.loads(newest.after) if newest is not None and newest.after else {}
    return set(told.get("spoken", ())) if page.dossier.open else set()


def _said(actor: Actor, page: ChangePage, one: Said, dropped: Collection[str] = ()) -> dict[str, Any]:
    person = next((who for who in page.dossier.people if who.id == one.user_id), None)
    level = one.risk_level

    def mine(text: str) -> str:
        return str(present.mask(actor, page.project.id, text)) if text else ""

    sees_cost = page.price.sees_cost or one.user_id == actor.id
    tone = "" if level is None or level < RISKY else "warn" if level < ALARMING else "bad"
    return {
        "who": one.name,
        "when": day(one.at),
        "days": person_days(one.expected),
        "points": _points(one),
        "spread": _deviation(one.variance) if one.variance else "",
        "cost": amount(one.cost, page.project.currency) if sees_cost and one.cost is not None else "",
        "note": mine(one.note),
        "schedule": mine(one.schedule_note),
        "risk": mine(one.risk),
        "level": _("risk %(level)s of 25", level=level) if level is not None else "",
        "chance": _("probability %(probability)s × effect %(effect)s", probability=one.probability, effect=one.effect),
        "tone": tone,
        "options": [
            (OPTIONS.get(option["name"]) or mine(option["name"]), mine(_option(option))) for option in one.options or ()
        ],
        "dropped": person is not None and person.login in dropped,
        "bare": _bare(page, one),
        "left": person is None and page.dossier.open,
        "old_text": one.package_print != page.dossier.package_print,
    }


def _bare(page: ChangePage, one: Said) -> bool:
    """Whether an assessment beyond the first line's limit says one number and nothing of how sure that is."""
    limit = small_limit(page)
    unsure = (one.best, one.worst, one.risk_level) != (None, None, None) or bool(one.risk)
    return limit is not None and one.expected > limit and not unsure


def _option(option: Mapping[str, Any]) -> str:
    days = person_days(Decimal(option["days"])) if "days" in option else ""
    return " · ".join(str(part) for part in (days, option.get("note")) if part) or "–"


# -- against what was agreed -------------------------------------------------------------------------------------------


def checks(page: ChangePage) -> list[dict[str, Any]]:
    """The must share of the phases that the change adds to or takes from, and the budget of all changes; of one in effect each
    says of when it is: the share is kept by the decision, the budget is today's."""
    if page.change.stage in ("rejected", "withdrawn"):
        return []
    phases = [one for one in page.price.phases if one.added or one.id == page.phase_id]
    found = [_must(page, one) for one in phases if one.must_share_after is not None]
    if page.price.sees_phases:
        found += _budgets(page)
    return found


def _must(page: ChangePage, one: PhaseLoad) -> dict[str, Any]:
    before, after = _per_cent(one.must_share_before), _per_cent(one.must_share_after)
    share = f"{before} → {after}" if before and before != after else after
    over = (one.must_share_after or 0) * 100 > page.price.most_must
    return _check(
        over,
        _("Must share of %(phase)s: %(share)s", phase=one.name, share=share),
        _("at most %(most)s", most=_per_cent(Decimal(page.price.most_must) / 100)),
        _as_of(page),
    )


def _as_of(page: ChangePage) -> str:
    """Of a change in effect: of when what its phases carry is told; "" of an open one, whose figures are of now."""
    if page.dossier.open:
        return ""
    kept = page.price.decided
    return str(_("at the decision, %(day)s", day=day(kept[0])) if kept is not None else _("today"))


def _per_cent(part: Decimal | None) -> str:
    return "" if part is None else f"{number(round(float(part) * 100))}\u00a0%"


def _budgets(page: ChangePage) -> list[dict[str, Any]]:
    price = page.price
    found = []
    if price.days.whole is not None:
        found.append(_budget(page, price.days, _("person-days"), number))
    if price.money is not None and price.money.whole is not None:
        found.append(_budget(page, price.money, "", lambda value: amount(value, page.project.currency)))
    if not found:
        found.append({"icon": "coin", "tone": "3", "text": _("Budget of all changes"), "note": _("not given yet")})
    return found


def _budget(page: ChangePage, one: Budget, unit: str, shown: Any) -> dict[str, Any]:
    assert one.whole is not None and one.left is not None
    own = shown(one.own) if one.own is not None else "–"
    whole = f"{shown(one.whole)} {unit}".strip()
    text = _(
        "Of the %(whole)s for changes: %(spent)s spent, %(this)s for this one",
        whole=whole, spent=shown(one.spent), this=own,
    )  # fmt: skip
    left = f"{shown(abs(one.left))} {unit}".strip()
    note = _("%(left)s too much", left=left) if one.left < 0 else _("%(left)s left", left=left)
    return _check(one.left < 0, text, note, "" if page.dossier.open else _("today"))


def _check(bad: bool, text: Any, note: Any, when: Any) -> dict[str, Any]:
    """``when``: of what day it is, "" where that goes without saying."""
    return {
        "icon": "alert-triangle" if bad else "check",
        "tone": "bad" if bad else "ok",
        "text": text,
        "note": f"{note} · {when}" if when else note,
        "late": bad,
    }


# -- the phases --------------------------------------------------------------------------------------------------------


def bars(page: ChangePage) -> list[dict[str, Any]]:
    """Each phase that the change adds to or takes from: its load without it, with it, and with what is offered to be moved out;
    none for what came to nothing."""
    drawn: list[dict[str, Any]] = []
    if page.change.stage in ("rejected", "withdrawn"):
        return drawn
    without, with_it = _("now") if page.dossier.open else _("without this change"), _("with this change")
    if not page.dossier.open:
        without, with_it = (f"{one} · {_as_of(page)}" for one in (without, with_it))
    offered = {one.phase.id: one for one in page.price.offers if one.items and one.into}
    for one in page.price.phases:
        if one.added or one.id == page.phase_id:
            drawn.append(_bar(one, without, Decimal(0)))
            drawn.append(_bar(one, with_it, one.added))
        if one.id in offered:
            offer = offered[one.id]
            note = _("with this change, %(keys)s moved out", keys=_keys(offer))
            bar = _bar(one, note, one.added, offer)
            drawn.append({**bar, "fits": bar["limit"] is None or bar["load"] is None or bar["load"] <= bar["limit"]})
    return drawn


def _bar(one: PhaseLoad, note: str, added: Decimal, offer: Offer | None = None) -> dict[str, Any]:
    days, gone = dict(one.by_tier), Decimal(0)
    for item in offer.items if offer else ():
        days[item.tier] = days.get(item.tier, Decimal(0)) - item.days
        gone += item.days
    if added < 0:
        days = _less(days, -added)
    parts = [(code, trimmed(part)) for code, part in in_order({**days, "add": max(added, Decimal(0))})]
    load = one.before + added - gone
    return {
        "name": one.name,
        "note": note,
        "load": trimmed(load),
        "limit": one.capacity_days and trimmed(one.capacity_days),
        "parts": parts,
    }


def _less(days: Mapping[str, Decimal], less: Decimal) -> dict[str, Decimal]:
    """What a bar is made of after some days went: of what can wait first, of what approved changes added last."""
    left = dict(days)
    for code in ("", "later", "should", "must", "change"):
        gone = min(left.get(code, Decimal(0)), less)
        left[code] = left.get(code, Decimal(0)) - gone
        less -= gone
    return left


SHOWN = 12


def _keys(offer: Offer) -> str:
    """The keys of an offer, the first of many."""
    more = len(offer.keys) - SHOWN
    told = listed(offer.keys[:SHOWN])
    return f"{told} …" if more > 0 else told


def swaps(project: Project, page: ChangePage) -> list[dict[str, Any]]:
    """What is offered to be moved out of each phase that the change does not fit into."""
    return [_swap(project, page, one) for one in page.price.offers]


def _swap(project: Project, page: ChangePage, one: Offer) -> dict[str, Any]:
    pages = url_for("items.show", project=project.key, key="")
    already = one.phase.capacity_days is not None and one.phase.before > one.phase.capacity_days
    if not one.items:
        text = _("Nothing in it that may be moved out would make room.")
    elif one.into is None:
        text = _("These would make room, but no later phase can take them:")
    elif already:
        text = _(
            "It carries too much already. It carries no more than before when these move to %(phase)s:",
            phase=one.into.name,
        )
    else:
        text = _("It fits when these move to %(phase)s:", phase=one.into.name)
    bound = (
        ngettext(
            "Perhaps %(num)s item fewer would do: there are too many to try them all.",
            "Perhaps up to %(num)s items fewer would do: there are too many to try them all.",
            one.more,
        )
        if one.more
        else ""
    )
    return {
        "head": _too_much(one.phase),
        "text": text,
        "items": [
            {"key": item.key, "href": pages + item.key, "title": item.title, "tier": item.tier, "days": person_days(item.days)}
            for item in one.items
        ],
        "bound": bound,
        "days": number(one.days),
        "fields": {"phase": one.phase.name, "items": " ".join(one.keys)} if one.items and one.into else None,
        "into": one.into.name if one.into else "",
        "short": _short(one, already) if one.items and one.into else "",
        "mine": bool(page.verdicts["decide"]),
    }  # fmt: skip


def _too_much(phase: PhaseLoad) -> str:
    """By how much it carries too much in all, and how much of that comes by this change."""
    over = phase.after - (phase.capacity_days or 0)
    if phase.excess == over:
        return str(
            _("%(phase)s would carry %(days)s too much with this change.", phase=phase.name, days=person_days(over))
        )
    return str(
        _(
            "%(phase)s would carry %(days)s too much in all, %(own)s of that by this change.",
            phase=phase.name, days=person_days(over), own=number(phase.excess),
        )
    )  # fmt: skip


def _short(one: Offer, already: bool) -> str:
    told = {"keys": _keys(one), "phase": one.into.name if one.into else "", "days": person_days(one.days)}
    if already:
        return str(_("With %(keys)s moved to %(phase)s it carries no more than before: %(days)s.", **told))
    return str(_("Moving %(keys)s to %(phase)s makes it fit: %(days)s.", **told))


def moved(page: ChangePage) -> dict[str, Any] | None:
    """What moved since it was assessed, where that is out of date."""
    told = page.moved
    if told is None:
        return None
    pages = url_for("items.show", project=page.project.key, key="")
    links = [
        {
            "text": _("came: %(link)s", link=_link(one)) if one.came else _("ended: %(link)s", link=_link(one)),
        }
        for one in told.links
    ]
    return {
        "package": told.package,
        "items": [{"key": key, "title": title, "href": pages + key} for key, title in told.items],
        "links": links,
        "by_hand": told.by_hand,
        "hidden": told.hidden,
    }


def _link(one: Any) -> str:
    return f"{one.source} {LINKS[one.kind].label} {one.target}"
