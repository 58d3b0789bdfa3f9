"""What a worker does for the store of files: remove what no row names any more, or never did.

A picture of a form that was refused, an upload whose transaction was rolled back: bytes are there before the row that names them.
So nothing is touched that was named within a day.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from flask import current_app
from sqlalchemy import Column, Text, select, type_coerce

from reqtrack.db import Base, plain, reading
from reqtrack.files.storage import Storage
from reqtrack.jobs.queue import Chore

DAY = 24 * 3600
_DIGEST = re.compile(r"[0-9a-f]{64}")


def naming() -> Iterator[Column[object]]:
    """The columns that name files of the store."""
    for table in Base.metadata.tables.values():
        yield from (column for column in table.columns if column.info.get("names_files"))


def sweep() -> None:
    """Remove the files that have been lying for a day and that no row names."""
    store = Storage(current_app.config["SETTINGS"].data / "files")
    store.clear(DAY)
    # In this order: what gets its row in between is either in the rows, or was named anew, which ``remove`` sees.
    old = set(store.digests(older_than=DAY))
    left = set(old)
    with reading():
        for column in naming():
            for row in plain(select(type_coerce(column, Text).label("told")).where(column.is_not(None))):
                left.difference_update(_DIGEST.findall(row.told))
    if left == old:
        return  # not one is known: the folder belongs to another database
    for digest in left:
        store.remove(digest, older_than=DAY)


CHORE = Chore("sweeping files", 3600, sweep)
