"""Field values: from what people and programs send, to what columns hold, to what content holds."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, select

from reqtrack.accounts.models import Membership, Project, User
from reqtrack.db import clean_text, db, plain_decimal
from reqtrack.errors import Invalid, Reason
from reqtrack.items import successions
from reqtrack.items.kinds import KINDS, Field, Kind
from reqtrack.items.models import Item, Succession
from reqtrack.items.steps import BY, FIGURES, LARGEST_FIGURE, MOST_STEPS, PARTS, PLANNED, TEXTS, from_text

LONGEST_LINE = 400
LONGEST_TEXT = 200_000
MOST_LINES = 500
MOST_ROWS = 2_000
# Fields that hold a list: empty, they are an empty list.
LISTS = ("lines", "tags", "links", "stakeholders", "numbers", "steps")
_FORBIDDEN = re.compile("[\x00\ud800-\udfff]")

# Set by the requirements area: (project, name or id) → phase id. Raises ValueError with a sentence.
resolve_phase: Callable[[Project, Any], int] | None = None
# Set by the interviews area: (project, list of ids) → those ids. Raises ValueError with a sentence.
resolve_stakeholders: Callable[[Project, Any], list[int]] | None = None


class Unfit(ValueError):
    """A value that does not fit its field: a msgid and its parameters."""

    def __init__(self, message: str, **params: Any) -> None:
        super().__init__(message)
        self.message, self.params = message, params


def parse(kind: Kind, project: Project, raw: Mapping[str, Any]) -> dict[str, Any]:
    """Turn sent values (strings, lists, numbers by field name) into field values.

    Raises:
        Invalid: with one reason per field that does not fit, and one per name that the kind does not have.
    """
    values: dict[str, Any] = {}
    reasons: list[Reason] = []
    for name, given in raw.items():
        if name not in kind.names:
            reasons.append(
                Reason("unknown_field", "%(kind)s has no field %(name)s.", {"kind": kind.name, "name": name}, name)
            )
            continue
        try:
            values[name] = _parse_one(kind.field(name), project, given)
        except Unfit as unfit:
            reasons.append(Reason("invalid", unfit.message, unfit.params, name))
    if reasons:
        raise Invalid(reasons)
    return values


def _parse_one(field: Field, project: Project, given: Any) -> Any:
    parser = PARSERS[field.type]
    if given is None or given == "" or given == []:
        return [] if field.type in LISTS else "" if field.type == "personal" else None
    return parser(field, project, given)


def text_of(given: Any, longest: int = LONGEST_TEXT) -> str:
    """A text in normal form.

    Raises:
        Unfit: not a text, too long, or with NUL or lone surrogates.
    """
    if not isinstance(given, str):
        raise Unfit("This must be a text.")
    if len(given) > longest:
        raise Unfit("This is %(length)s characters long; at most %(longest)s fit.", length=len(given), longest=longest)
    if _FORBIDDEN.search(given):
        raise Unfit("This holds a character that is not text (NUL or half of a pair).")
    return clean_text(given)


def _line(field: Field, project: Project, given: Any) -> str:
    return " ".join(text_of(given, LONGEST_LINE).split())


def _text(field: Field, project: Project, given: Any) -> str:
    return text_of(given).strip("\n")


def _choice(field: Field, project: Project, given: Any) -> str:
    if given not in field.choices:
        raise Unfit("%(given)s is not one of: %(choices)s.", given=str(given)[:80], choices=tuple(field.choices))
    return str(given)


def _decimal(field: Field, project: Project, given: Any) -> Decimal:
    if isinstance(given, bool):
        raise Unfit("This must be a number.")
    try:
        number = Decimal(str(given).strip().replace("，", ","))
    except InvalidOperation:
        raise Unfit("%(given)s is not a number.", given=str(given)[:80]) from None
    if not number.is_finite() or not 0 <= number <= 10_000_000:
        raise Unfit("This must be between 0 and 10 000 000.")
    return (number * 100).to_integral_value() / 100


def _number(field: Field, project: Project, given: Any) -> int:
    number = _decimal(field, project, given)
    if number != int(number):
        raise Unfit("This must be a whole number.")
    return int(number)


def _date(field: Field, project: Project, given: Any) -> datetime.date:
    if isinstance(given, datetime.date):
        return given
    try:
        return datetime.date.fromisoformat(str(given).strip())
    except ValueError:
        raise Unfit("%(given)s is not a date such as 2026-11-20.", given=str(given)[:80]) from None


def _lines(field: Field, project: Project, given: Any) -> list[str]:
    parts = given.split("\n") if isinstance(given, str) else given
    if not isinstance(parts, list) or len(parts) > MOST_LINES:
        raise Unfit("This must be a list of at most %(most)s lines.", most=MOST_LINES)
    return [line for line in (text_of(part, 20_000).strip() for part in parts) if line]


def _tags(field: Field, project: Project, given: Any) -> list[str]:
    parts = re.split(r"[,，、;；\n]", given) if isinstance(given, str) else given
    if not isinstance(parts, list):
        raise Unfit("This must be a list of words.")
    return sorted({" ".join(text_of(part, 60).split()) for part in parts} - {""})


def _examples(field: Field, project: Project, given: Any) -> dict[str, Any] | None:
    if isinstance(given, str):
        # A pasted table: the first line is the header, cells are parted by tabs.
        lines = [line.split("\t") for line in given.split("\n") if line.strip()]
        given = {"header": lines[0], "rows": lines[1:]} if lines else {}
    if not isinstance(given, dict) or set(given) - {"header", "rows"}:
        raise Unfit('An example table has a "header" and "rows".')
    header = [text_of(cell, LONGEST_LINE).strip() for cell in given.get("header") or []]
    rows = [[text_of(cell, 20_000).strip() for cell in row] for row in given.get("rows") or []]
    rows = [row for row in rows if any(row)]
    if not header and not rows:
        return None
    if len(rows) > MOST_ROWS:
        raise Unfit("An example table has at most %(most)s rows.", most=MOST_ROWS)
    for at, row in enumerate(rows, 1):
        if len(row) != len(header):
            raise Unfit(
                "Row %(row)s of the example table has %(cells)s cells, the header has %(columns)s.",
                row=at, cells=len(row), columns=len(header),
            )  # fmt: skip
    if len(set(header)) != len(header) or not all(header):
        raise Unfit("Each column of the example table needs a name of its own.")
    return {"header": header, "rows": rows}


def _phase(field: Field, project: Project, given: Any) -> int:
    if resolve_phase is None:
        raise Unfit("This project has no phases.")
    return resolve_phase(project, given)


def _stakeholders(field: Field, project: Project, given: Any) -> list[int]:
    if resolve_stakeholders is None:
        raise Unfit("This project has no stakeholders.")
    return resolve_stakeholders(project, given)


def _user(field: Field, project: Project, given: Any) -> int:
    login = text_of(given, 200).strip()
    found = db.session.execute(
        select(User.id)
        .join(Membership, Membership.user_id == User.id)
        .where(User.login == login, Membership.project_id == project.id, Membership.ended_at.is_(None))
        .limit(1)
    ).scalar()
    if found is None:
        raise Unfit("%(login)s is not a member of this project.", login=login)
    return found


def _links(field: Field, project: Project, given: Any) -> list[Item]:
    parts = re.split(r"[\s,，、;；]+", given) if isinstance(given, str) else given
    if not isinstance(parts, list):
        raise Unfit("This must be a list of keys.")
    keys = [text_of(part, 40).strip().upper() for part in parts]
    keys = list(dict.fromkeys(key for key in keys if key))
    merged = and_(Succession.old_id == Item.id, Succession.way == successions.MERGED)
    rows = db.session.execute(
        select(Item, Succession.id.label("merged"))
        .outerjoin(Succession, merged)
        .where(
            Item.project_id == project.id,
            Item.key.in_(keys),
            Item.kind.in_(KINDS if field.linked == "*" else [field.linked]),
        )
    )
    # Who names what was merged means what it is now.
    found = {row.Item.key: successions.now(row.Item) if row.merged else row.Item for row in rows}
    missing = [key for key in keys if key not in found]
    if missing:
        word = str(KINDS[field.linked].label if field.linked in KINDS else _l("Item"))
        raise Unfit("There is no %(kind)s %(keys)s in this project.", kind=word, keys=tuple(missing))
    return list({found[key].id: found[key] for key in keys}.values())


def _numbers(field: Field, project: Project, given: Any) -> list[int]:
    parts = re.split(r"[\s,，、;；]+", given) if isinstance(given, str) else given
    if not isinstance(parts, list) or len(parts) > MOST_LINES:
        raise Unfit("This must be a list of whole numbers.")
    return sorted({_number(field, project, part) for part in parts if part != ""})


def _steps(field: Field, project: Project, given: Any) -> list[dict[str, Any]]:
    if isinstance(given, str):
        given = from_text(text_of(given))
    if not isinstance(given, list) or not all(isinstance(step, dict) for step in given):
        raise Unfit("The steps of a process are a list of objects, each with a name.")
    if len(given) > MOST_STEPS:
        raise Unfit("A process has at most %(most)s steps.", most=MOST_STEPS)
    # Steps without a number are new; the store gives them one that was never used.
    steps = [_step(project, step, at) for at, step in enumerate(given, 1)]
    ids = [step["id"] for step in steps if "id" in step]
    for number in ids:
        if ids.count(number) > 1:
            raise Unfit("Two steps have the number %(number)s.", number=number)
    return steps


def _step(project: Project, given: Mapping[str, Any], at: int) -> dict[str, Any]:
    unknown = sorted(set(given) - PARTS)
    if unknown:
        raise Unfit("Step %(at)s: a step has no %(names)s.", at=at, names=tuple(str(name)[:40] for name in unknown))
    step: dict[str, Any] = {}
    for name in TEXTS:
        text = " ".join(text_of(given.get(name) or "", LONGEST_LINE).split())
        if text:
            step[name] = text
    if "name" not in step:
        raise Unfit("Step %(at)s needs a name: what is done in it.", at=at)
    if given.get("by"):
        if given["by"] not in BY:
            raise Unfit("Step %(at)s: it is done by %(choices)s.", at=at, choices=BY)
        step["by"] = given["by"]
    for name in ("id", *FIGURES, *PLANNED):
        if given.get(name) not in (None, ""):
            step[name] = _figure(project, given[name], at)
    if step.get("id") == 0:
        raise Unfit("Step %(at)s: steps are numbered from 1.", at=at)
    return step


def _figure(project: Project, given: Any, at: int) -> int:
    try:
        number = _number(Field("figure", "number", ""), project, given)
    except Unfit:
        number = -1
    if not 0 <= number <= LARGEST_FIGURE:
        raise Unfit("Step %(at)s: a figure is a whole number up to %(largest)s.", at=at, largest=LARGEST_FIGURE)
    return number


PARSERS: dict[str, Callable[[Field, Project, Any], Any]] = {
    "line": _line,
    "text": _text,
    "markdown": _text,
    "choice": _choice,
    "decimal": _decimal,
    "number": _number,
    "date": _date,
    "lines": _lines,
    "tags": _tags,
    "examples": _examples,
    "phase": _phase,
    "user": _user,
    "links": _links,
    "personal": _text,
    "stakeholders": _stakeholders,
    "numbers": _numbers,
    "steps": _steps,
}


def encode(field: Field, value: Any) -> Any:
    """A field value as canonical content holds it; None when it is empty (and so left out)."""
    if field.type == "links":
        return sorted(item.key for item in value) or None
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return plain_decimal(value)
    return value if value or value == 0 else None
