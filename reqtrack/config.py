"""Settings from the environment and ``.env``; an unknown ``REQTRACK_*`` name is an error."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dotenv import dotenv_values
from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

NAMES = {
    "DATABASE_URL": "database_url",
    "REQTRACK_DATA": "data",
    "SECRET_KEY": "secret_key",
    "BASE_URL": "base_url",
    "REDIS_URL": "redis_url",
    "MAIL_URL": "mail_url",
    "STORAGE_URL": "storage_url",
    "TRUSTED_PROXIES": "trusted_proxies",
    "OUTBOUND_ALLOW": "outbound_allow",
}


class Settings(BaseModel):
    """What one installation may set. Paths are absolute; ``database_url`` is SQLAlchemy's."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    data: Path = Path("instance")
    database_url: str = ""
    secret_key: str = ""
    base_url: str = ""
    redis_url: str = ""
    mail_url: str = ""
    storage_url: str = ""
    trusted_proxies: int = 0
    outbound_allow: str = ""
    testing: bool = False
    # Tests hash with cheap parameters; nothing else may set it.
    cheap_passwords: bool = False


def load(overrides: Mapping[str, Any] | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """Read the environment (or ``environ``) and ``.env``; ``overrides`` (field names of ``Settings``) win.

    Raises:
        SystemExit: an unknown ``REQTRACK_*`` name, or a value that does not make sense, with a sentence that names it.
    """
    given = dict(environ) if environ is not None else {**_dotenv(), **os.environ}
    values: dict[str, Any] = {}
    for name, value in given.items():
        base = name.removesuffix("_FILE")
        if base in NAMES:
            values[NAMES[base]] = _read(name, value) if name.endswith("_FILE") else value
        elif name.startswith("REQTRACK_"):
            raise SystemExit(f"{name} is not a setting of reqtrack. Known: {', '.join(sorted(NAMES))}.")
    values.update(overrides or {})
    try:
        settings = Settings(**values)
    except ValidationError as problem:
        names = {field: name for name, field in NAMES.items()}
        told = "; ".join(f"{names.get(str(one['loc'][0]), one['loc'][0])}: {one['msg']}" for one in problem.errors())
        raise SystemExit(f"A setting does not make sense: {told}.") from None
    return _completed(settings)


def _read(name: str, path: str) -> str:
    try:
        return Path(path).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SystemExit(f"{name} names {path}, which cannot be read: {error}") from None


def _dotenv() -> dict[str, str]:
    return {name: value for name, value in dotenv_values(".env").items() if value is not None}


def _completed(settings: Settings) -> Settings:
    data = settings.data.absolute()
    try:
        data.mkdir(parents=True, exist_ok=True)
        secret = settings.secret_key or _kept_secret(data)
    except OSError as error:
        raise SystemExit(
            f"The data folder {data} cannot be written: {error.strerror}. REQTRACK_DATA names another."
        ) from None
    url = settings.database_url or f"sqlite:///{data / 'reqtrack.sqlite3'}"
    # Heroku and many guides write postgres://, which SQLAlchemy does not know.
    for old in ("postgres://", "postgresql://"):
        if url.startswith(old):
            url = "postgresql+psycopg://" + url.removeprefix(old)
    _check_database(url)
    return settings.model_copy(update={"data": data, "database_url": url, "secret_key": secret})


def _check_database(url: str) -> None:
    try:
        make_url(url).get_dialect().import_dbapi()
    except (ArgumentError, ImportError, ValueError) as error:
        raise SystemExit(f"DATABASE_URL leads to no database that there is a driver for: {error}") from None


def _kept_secret(data: Path) -> str:
    path = data / "secret-key"
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return path.read_text("ascii")
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_urlsafe(48))
    return path.read_text("ascii")
