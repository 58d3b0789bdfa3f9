"""Verbs on projects and their settings."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import select

from reqtrack import workdays
from reqtrack.accounts import names, policy
from reqtrack.accounts.actions.members import join
from reqtrack.accounts.models import Project
from reqtrack.audit.record import REOPENED, recorded
from reqtrack.db import db
from reqtrack.errors import Verdict, invalid, no
from reqtrack.permissions import Actor

# Called with (actor, project) when a project was made, by areas above that give it its first content (a phase).
PROJECT_MADE: list[Callable[[Actor, Project], None]] = []
# Called with the project when one of these settings was changed, in the same transaction, by areas above that work with it.
SETTING_CHANGED: dict[str, Callable[[Project], None]] = {}
MACHINE_COUNTS = ("alone", "beside")
MOST_REPLY_DAYS = 365
SETTINGS = (
    "name", "zone", "currency", "day_rate", "starts_on", "ends_on", "first_week_skipped", "most_pages", "most_required_fields",
    "most_approvals", "reply_days", "calendar", "most_must", "change_budget_days", "change_budget_cost", "waiting_days",
    "emergency_days", "machine_counts",
)  # fmt: skip
DAYS, MOST_WORKING_DAYS = ("waiting_days", "emergency_days"), 60
BUDGET = ("most_pages", "most_required_fields", "most_approvals")


def propose_key(name: str) -> str:
    """A project key from a name: its first abbreviation (CRM), else its Latin initials or letters, else ``P`` and a number; free
    in the installation."""
    words = re.findall(r"[A-Za-z0-9]+", unicodedata.normalize("NFKC", name))
    short = (
        next((word for word in words if re.fullmatch(r"[A-Z][A-Z0-9]{1,5}", word)), "") if name != name.upper() else ""
    )
    base = short or ("".join(word[0] for word in words) if len(words) > 1 else "".join(words)).upper()[:8]
    base = base if re.fullmatch(r"[A-Z][A-Z0-9]+", base) else "P1"
    taken = set(db.session.execute(select(Project.key)).scalars())
    key, number = base, 2
    while key in taken:
        key, number = f"{base.rstrip('0123456789') or 'P'}{number}", number + 1
    return key


def create_project(actor: Actor, name: str, key: str = "", settings: Mapping[str, Any] | None = None) -> Project:
    """Make a project; its maker becomes project manager. A name is enough.

    Raises:
        Invalid: no name, a key that is taken or not 2-10 capital letters and digits, a setting that does not fit.
    """
    policy.may_create_project(actor).require()
    name = names.title_of(name)
    if not name:
        raise invalid("name", "A project needs a name.", "required")
    key = key.strip().upper() or propose_key(name)
    if not re.fullmatch(r"[A-Z][A-Z0-9]{1,9}", key):
        raise invalid("key", "A key is 2 to 10 capital letters and digits, beginning with a letter.")
    if db.session.execute(select(Project.id).where(Project.key == key)).first():
        raise invalid("key", "There is a project with the key %(key)s already.", "taken", key=key)
    given = _fit({}, {one: value for one, value in (settings or {}).items() if one != "name" and value is not None})
    with recorded(actor, 0, "project.created", key) as entry:
        project = Project(key=key, name=name, created_at=entry.at, **given)
        db.session.add(project)
        entry.after = {"key": key, "name": name}
    with recorded(actor, project.id, "project.created", key) as entry:
        entry.after = {"key": key, "name": name}
        if actor.kind == "user":
            join(entry.at, project, actor.id, "project_manager")
    for made in PROJECT_MADE:
        made(actor, project)
    return project


def change_project(actor: Actor, project: Project, values: Mapping[str, Any], seen: int | None = None) -> None:
    """Change settings of a project (names in ``SETTINGS``).

    Raises:
        Refused: no permission, or 409 when they were changed since version ``seen``. Invalid: no name, dates out of order.
    """
    policy.may_manage_project(actor, project.id).require()
    if seen is not None and seen != project.version:
        no("stale", "The settings were changed while you edited them.").require(409)
    values = _fit({name: getattr(project, name) for name in ("starts_on", "ends_on")}, values)
    before = {name: _shown(getattr(project, name)) for name in values}
    changed = {name: value for name, value in values.items() if getattr(project, name) != value}
    if not changed:
        return
    with recorded(actor, project.id, "project.changed", project.key, before=before) as entry:
        for name, value in changed.items():
            setattr(project, name, value)
        entry.after = {name: _shown(value) for name, value in changed.items()}
        db.session.flush()
        for name in sorted(changed.keys() & SETTING_CHANGED.keys()):
            SETTING_CHANGED[name](project)


def archive_project(actor: Actor, project: Project) -> None:
    """Put a project away: from now on it is read and exported, and nothing in it changes.

    Raises:
        Refused: no permission, or it is archived already (409).
    """
    _require(policy.may_archive(actor, project.id, project.archived_at is not None))
    with recorded(actor, project.id, "project.archived", project.key) as entry:
        project.archived_at = entry.at


def reopen_project(actor: Actor, project: Project) -> None:
    """Take a project out of the archive.

    Raises:
        Refused: no permission, or it is not archived (409).
    """
    _require(policy.may_reopen(actor, project.id, project.archived_at is not None))
    with recorded(actor, project.id, REOPENED, project.key):
        project.archived_at = None


def _require(verdict: Verdict) -> None:
    verdict.require(403 if any(one.code == "no_permission" for one in verdict.reasons) else 409)


def _fit(kept: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """The known settings among the values, checked; ``kept`` are the dates that stay."""
    fit = {name: value for name, value in values.items() if name in SETTINGS}
    if "name" in fit:
        fit["name"] = names.title_of(fit["name"] or "")
        if not fit["name"]:
            raise invalid("name", "A project needs a name.", "required")
    if "zone" in fit:
        fit["zone"] = names.check_zone(fit["zone"] or "")
    if "currency" in fit:
        fit["currency"] = names.check_currency(fit["currency"] or "")
    if "reply_days" in fit and not 1 <= (fit["reply_days"] or 0) <= MOST_REPLY_DAYS:
        raise invalid("reply_days", "Days to reply are a number from 1 to %(most)s.", most=MOST_REPLY_DAYS)
    _check_days(fit)
    for name in BUDGET:
        if name in fit and not (isinstance(fit[name], int) and 0 <= fit[name] <= 999):
            raise invalid(name, "This is a whole number up to %(largest)s.", largest=999)
    if "most_must" in fit and not (isinstance(fit["most_must"], int) and 0 <= fit["most_must"] <= 100):
        raise invalid("most_must", "This is a share from 0 to 100 per cent.")
    if "machine_counts" in fit and fit["machine_counts"] not in MACHINE_COUNTS:
        raise invalid("machine_counts", "A machine's pass counts alone, or beside a person's.")
    if fit.get("calendar"):
        fit["calendar"] = _calendar(fit["calendar"])
    starts_on, ends_on = ({**kept, **fit}.get(name) for name in ("starts_on", "ends_on"))
    if starts_on is not None and ends_on is not None and ends_on < starts_on:
        raise invalid("ends_on", "A project cannot end before it begins.")
    return fit


def _check_days(fit: Mapping[str, Any]) -> None:
    for name in DAYS:
        if name in fit and not (isinstance(fit[name], int) and 1 <= fit[name] <= MOST_WORKING_DAYS):
            message = "This is a whole number of working days, from 1 to %(most)s."
            raise invalid(name, message, most=MOST_WORKING_DAYS)


def _calendar(given: Mapping[str, Any]) -> dict[str, list[str]] | None:
    """A calendar as it is kept, from days or their ISO texts."""
    told = workdays.of({name: [str(day) for day in given.get(name) or ()] for name in ("off", "on")})
    both = sorted(told.off & told.on)
    if both:
        days = tuple(map(str, both[:20]))
        raise invalid("calendar", "%(days)s cannot be a day off and a day worked instead, too.", days=days)
    if max(len(told.off), len(told.on)) > workdays.MOST_DAYS:
        raise invalid("calendar", "A calendar holds at most %(most)s days of each kind.", most=workdays.MOST_DAYS)
    return workdays.kept(told.off, told.on)


def _shown(value: Any) -> Any:
    return value if value is None or isinstance(value, str | int | dict) else str(value)
