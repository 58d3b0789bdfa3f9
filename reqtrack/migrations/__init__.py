"""Alembic's migrations, run by ``reqtrack db upgrade``. Their mark is the table ``migration_mark``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from alembic.config import Config


def migrations() -> Config:
    """Alembic's configuration: where our migrations lie."""
    # Loaded where it is used: serving and working need none of it, and it takes as long to load as a third of the rest.
    from alembic.config import Config

    config = Config(stdout=sys.stderr)  # what it tells is for people; what a command says alone goes out
    config.set_main_option("script_location", str(Path(__file__).parent))
    return config


def revisions() -> list[str]:
    """The marks of the migrations in their order, as their files are named; without Alembic."""
    return sorted(path.stem.partition("_")[0] for path in (Path(__file__).parent / "versions").glob("[0-9]*.py"))
