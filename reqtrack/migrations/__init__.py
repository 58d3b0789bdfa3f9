"""Alembic's migrations, run by ``reqtrack db upgrade``. Their mark is the table ``migration_mark``."""
