"""Search over 100 000 requirements and 60 000 acceptance scenarios: how fast, and that it finds what a plain scan finds."""

from __future__ import annotations

import json
import random
import re
import unicodedata
from collections.abc import Sequence
from urllib.parse import quote

import pytest
from sqlalchemy import text

from reqtrack.accounts.queries import project_for, user_by_login
from reqtrack.accounts.sessions import actor_of
from reqtrack.db import db, reading
from reqtrack.items import lists
from tests.benchmarks.conftest import Served
from tests.benchmarks.databases import LOGIN, PROJECT, Prepared, app_on
from tests.benchmarks.figures import Figures, held
from tests.support.world import OPERATOR

pytestmark = pytest.mark.bench
TEXTS = ("title", "statement", "rationale", "given", "when", "then")
HAN = "\u4e00-\u9fff"


def queries(data: Prepared) -> list[str]:
    """Some forty: two to six Chinese characters out of texts (across words too), English words and pairs of them, and none that is
    not there."""
    dice = random.Random(7)
    with app_on(data.data) as app, app.app_context(), reading():
        rows = (
            db.session.execute(text("SELECT statement FROM requirements WHERE id % 977 = 3 LIMIT 120")).scalars().all()
        )
    chinese = [run for row in rows for run in re.findall(f"[{HAN}]{{8,}}", row)]
    english = [word for row in rows for word in re.findall(r"\b[a-z]{4,}\b", row.lower())]
    found = [_part(dice, dice.choice(chinese)) for _ in range(20)]
    found += [dice.choice(english) for _ in range(10)] + [
        f"{dice.choice(english)} {dice.choice(english)}" for _ in range(8)
    ]
    return list(dict.fromkeys([*found, "龘靐齉", "zzyzx"]))


def _part(dice: random.Random, run: str) -> str:
    size = dice.randint(2, 6)
    at = dice.randrange(len(run) - size)
    return run[at : at + size]


def test_fast(figures: Figures, large: Prepared, on_large: Served) -> None:
    taken = on_large.ask(*(f"/search?q={quote(query)}" for query in queries(large)), number=200)
    held(figures.take("search, Chinese and English words, 100 000 items: p95", taken.p95, "ms", 30,
                      note=f"p50 {taken.median:.1f} ms, CPU {taken.cpu:.1f} ms"))  # fmt: skip


def test_no_hit_missed_and_none_false(figures: Figures, large: Prepared) -> None:
    asked = queries(large)
    with app_on(large.data) as app, app.app_context(), reading():
        actor, project = actor_of(user_by_login(LOGIN))[0], project_for(OPERATOR, PROJECT)
        wanted = scan(asked)
        missed, false = 0, 0
        for query in asked:
            found = {row.id for row in lists.find(actor, project.id, query, limit=100_000) if row.kind in KINDS}
            missed += len(wanted[query] - found)
            false += len(found - wanted[query])
    assert sum(map(bool, wanted.values())) == len(asked) - 2 and not wanted["zzyzx"]
    note = f"{len(asked)} queries, {sum(map(len, wanted.values()))} hits by a plain scan"
    held(
        figures.take("search: hits missed", missed, "hits", 0, note=note),
        figures.take("search: false hits", false, "hits", 0),
    )


KINDS = ("requirement", "acceptance")


def scan(asked: Sequence[str]) -> dict[str, set[int]]:
    """The items that hold each query, read from the newest version of each, without any index."""
    found: dict[str, set[int]] = {query: set() for query in asked}
    terms = {query: [_pattern(term) for term in query.split()] for query in asked}
    rows = db.session.execute(
        text("SELECT items.id, items.key, content FROM items JOIN versions ON item_id = items.id AND versions.number = version "
             "WHERE kind IN ('requirement', 'acceptance') AND NOT retired")
    )  # fmt: skip
    for row in rows:
        content = json.loads(row.content)
        parts = [content[name] for name in TEXTS if name in content]
        whole = "\n".join([row.key, *(line for part in parts for line in ([part] if isinstance(part, str) else part))])
        folded = unicodedata.normalize("NFKC", whole).lower()
        for query, patterns in terms.items():
            if all(pattern.search(folded) for pattern in patterns):
                found[query].add(row.id)
    return found


def _pattern(term: str) -> re.Pattern[str]:
    """Chinese anywhere, other words from their beginning."""
    return re.compile(re.escape(term) if re.match(f"[{HAN}]", term) else rf"\b{re.escape(term)}")
