"""Alembic's migrations, run by ``reqtrack db upgrade``. Their mark is the table ``migration_mark``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from alembic.config import Config


def migrations() -> Config:
    """Alembic's configuration: where our migrations lie."""
    # Loaded where it is used: serving and working need none of it, and it takes as long to load as a third of the rest.
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    return config
