"""Settings from the environment and ``.env``; an unknown ``REQTRACK_*`` name is an error."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

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
    "SSO_ISSUER": "sso_issuer",
    "SSO_CLIENT_ID": "sso_client_id",
    "SSO_CLIENT_SECRET": "sso_client_secret",
    "SSO_NAME": "sso_name",
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
    # Signing in at the organisation's own provider (OpenID Connect); all but the name are needed for it.
    sso_issuer: str = ""
    sso_client_id: str = ""
    sso_client_secret: str = ""
    sso_name: str = ""
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
    _check_provider(settings)
    return settings.model_copy(update={"data": data, "database_url": url, "secret_key": secret})


def _check_database(url: str) -> None:
    try:
        make_url(url).get_dialect().import_dbapi()
    except (ArgumentError, ImportError, ValueError) as error:
        raise SystemExit(f"DATABASE_URL leads to no database that there is a driver for: {error}") from None


def _check_provider(settings: Settings) -> None:
    needed = {
        "SSO_ISSUER": settings.sso_issuer, "SSO_CLIENT_ID": settings.sso_client_id,
        "SSO_CLIENT_SECRET": settings.sso_client_secret, "BASE_URL": settings.base_url,
    }  # fmt: skip
    if not any(value for name, value in needed.items() if name != "BASE_URL"):
        return
    missing = [name for name, value in needed.items() if not value]
    if missing:
        raise SystemExit(f"Signing in at a provider also needs {', '.join(missing)}.")
    parts = urlsplit(settings.sso_issuer)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1")):
        raise SystemExit("SSO_ISSUER is the provider's address and begins with https://.")
    if not (find_spec("authlib") and find_spec("joserfc") and find_spec("requests")):
        raise SystemExit("Signing in at a provider needs further packages: pip install reqtrack[sso].")


def _kept_secret(data: Path) -> str:
    path = data / "secret-key"
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return path.read_text("ascii")
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_urlsafe(48))
    return path.read_text("ascii")
