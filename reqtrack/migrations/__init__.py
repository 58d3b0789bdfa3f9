"""Alembic's migrations, run by ``reqtrack db upgrade``. Their mark is the table ``migration_mark``."""

from __future__ import annotations

from pathlib import Path

from alembic.config import Config


def migrations() -> Config:
    """Alembic's configuration: where our migrations lie."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    return config
