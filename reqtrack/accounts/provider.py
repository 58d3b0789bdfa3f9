"""Signing in at the organisation's own provider: OpenID Connect, authorization code with PKCE.

A person is known by issuer and subject, never by an address. The question (state, nonce, verifier) is kept in ``challenges``
and bound to the browser that asked; the answer is taken once. Nothing here runs unless the provider is set (``SSO_…``).
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, session, url_for

from reqtrack import clock
from reqtrack.accounts import challenges
from reqtrack.accounts.links import absolute
from reqtrack.accounts.sessions import digest_of
from reqtrack.errors import no

SIGN_IN, PROVE, LINK, JOIN = "sso_sign_in", "sso_prove", "sso_link", "sso_join"
ASKED = "sso"
# Of asymmetric keys only: with the others (or "none") whoever knows the client could make a token.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
SKEW_SECONDS = 60
TIMEOUT_SECONDS = 10
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
KEPT_SECONDS = 3600


@dataclass(frozen=True)
class Told:
    """What the provider said of a person; ``at`` is when they last signed in there, if it says so. ``detail`` is our own."""

    issuer: str
    subject: str
    shown_as: str
    name: str
    login: str
    at: datetime | None
    detail: dict[str, Any]


def name() -> str:
    """What people call the provider; "" where none is set."""
    settings = current_app.config["SETTINGS"]
    return str(settings.sso_name or urlsplit(settings.sso_issuer).hostname or "") if settings.sso_issuer else ""


def discovered(fresh: bool = False) -> dict[str, Any]:
    """What the provider publishes of itself, with its keys; kept for an hour. Call it when no transaction is open.

    Raises:
        Refused: 409, none is set, it does not answer, or it is another one than is set.
    """
    settings = current_app.config["SETTINGS"]
    if not settings.sso_issuer:
        no("no_provider", "No provider is set here. Sign in with your password.").require(409)
    kept = current_app.extensions.setdefault("reqtrack_provider", {})
    if fresh or kept.get("until", 0) < time.monotonic():
        about = _got(settings.sso_issuer.rstrip("/") + "/.well-known/openid-configuration")
        if about.get("issuer") != settings.sso_issuer:
            no("provider", "The provider calls itself otherwise than the settings do: see SSO_ISSUER.").require(409)
        if not all(isinstance(about.get(part), str) for part in _ENDPOINTS):
            no("provider", "The provider does not say where to sign in.").require(409)
        kept.update(about=about, keys=_got(str(about.get("jwks_uri", ""))), until=time.monotonic() + KEPT_SECONDS)
    return kept  # type: ignore[no-any-return]


def _got(url: str) -> dict[str, Any]:
    import requests

    try:
        answer = requests.get(url, timeout=TIMEOUT_SECONDS, allow_redirects=False)
        answer.raise_for_status()
        found = answer.json()
    except (requests.RequestException, ValueError):
        found = None
    if not isinstance(found, dict):
        no("provider", "The provider does not answer just now. Try again, or sign in with your password.").require(409)
        raise AssertionError("unreachable")
    return found


def begin(purpose: str, about: dict[str, Any], user_id: int | None = None, **detail: Any) -> str:
    """Where to send the browser. ``about`` is ``discovered()``; in the transaction of the request.

    To prove oneself anew, the provider is told to ask again, however long ago it asked last.
    """
    nonce, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
    asked_at = int(clock.now().timestamp())
    state = challenges.make(purpose, user_id, {**detail, "nonce": nonce, "verifier": verifier, "asked_at": asked_at})
    session[ASKED] = {"state": digest_of(state), "purpose": purpose, "user": user_id, "next": detail.get("next", "")}
    more = {"prompt": "login", "max_age": "0"} if purpose == PROVE else {}
    url, _state = _client().create_authorization_url(
        about["about"]["authorization_endpoint"], state=state, code_verifier=verifier, nonce=nonce, **more
    )
    return str(url)


def sent_for() -> tuple[str, str]:
    """For what this browser was sent to the provider, and where it goes on; ("", "") where it was not."""
    asked = session.get(ASKED) or {}
    return asked.get("purpose", ""), asked.get("next", "")


def finish(answer: dict[str, str], user_id: int) -> tuple[str, Told]:
    """What the browser of ``user_id`` (0: nobody) brought back (``state``, ``code``, ``iss``): for what it was asked, and what the
    provider says.

    Opens transactions of its own, and asks the provider: call it when none is open.

    Raises:
        Refused: 403, nothing of it may be believed; 409, the provider does not answer.
    """
    asked = session.pop(ASKED, None) or {}
    state = answer.get("state", "")
    if not state or digest_of(state) != asked.get("state") or asked["user"] not in (None, user_id):
        no("challenge", "This was asked too long ago, or answered already. Try once more.").require(403)
    detail = challenges.use(state, asked["purpose"], asked["user"])
    about = discovered()["about"]
    told_issuer = answer.get("iss", "")
    missing = about.get("authorization_response_iss_parameter_supported") is True and not told_issuer
    if missing or (told_issuer and told_issuer != about["issuer"]):
        _refuse()
    if not answer.get("code"):
        no("provider_no", "The provider did not let you in. Try once more, or use another way.").require(403)
    claims = _claims(_token(about, answer["code"], detail["verifier"]), detail["nonce"])
    told = _told(claims, detail)
    if asked["purpose"] == PROVE and (told.at is None or told.at.timestamp() < detail["asked_at"] - SKEW_SECONDS):
        no(
            "not_anew", "The provider did not ask you to sign in again. Use another way, or tell your administrator."
        ).require(403)
    return asked["purpose"], told


def _client() -> Any:
    from authlib.integrations.requests_client import OAuth2Session

    settings = current_app.config["SETTINGS"]
    return OAuth2Session(
        settings.sso_client_id,
        settings.sso_client_secret,
        scope="openid profile email",
        redirect_uri=absolute(url_for("accounts.back")),
        code_challenge_method="S256",
    )


def _token(about: dict[str, Any], code: str, verifier: str) -> str:
    from authlib.common.errors import AuthlibBaseError
    from requests import RequestException

    client = _client()
    ways = about.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    client.token_endpoint_auth_method = "client_secret_basic" if "client_secret_basic" in ways else "client_secret_post"
    try:
        token = client.fetch_token(
            about["token_endpoint"], code=code, code_verifier=verifier, timeout=TIMEOUT_SECONDS, allow_redirects=False
        )
        return str(token["id_token"])
    except (AuthlibBaseError, RequestException, KeyError, TypeError, ValueError):
        _refuse()
        raise


def _claims(token: str, nonce: str) -> dict[str, Any]:
    from joserfc import jwt
    from joserfc.errors import InvalidKeyIdError, JoseError

    settings = current_app.config["SETTINGS"]
    try:
        try:
            read = jwt.decode(token, _keys(fresh=False), algorithms=ALGORITHMS)
        except (InvalidKeyIdError, ValueError):
            # A key that is not known yet: the provider may have changed it within the hour.
            read = jwt.decode(token, _keys(fresh=True), algorithms=ALGORITHMS)
        claims = dict(read.claims)
        jwt.JWTClaimsRegistry(
            now=int(clock.now().timestamp()),
            leeway=SKEW_SECONDS,
            iss={"essential": True, "value": settings.sso_issuer},
            sub={"essential": True},
            aud={"essential": True, "value": settings.sso_client_id},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        ).validate(claims)
    except (JoseError, ValueError, TypeError, KeyError):
        _refuse()
        raise
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if (several or "azp" in claims) and claims.get("azp") != settings.sso_client_id:
        _refuse()
    return claims


def _keys(fresh: bool) -> Any:
    from joserfc.jwk import KeySet

    return KeySet.import_key_set(discovered(fresh)["keys"])


def _told(claims: dict[str, Any], detail: dict[str, Any]) -> Told:
    subject, at = claims["sub"], claims.get("auth_time")
    if not isinstance(subject, str) or not 0 < len(subject) <= 255:
        _refuse()
    said = {part: str(claims.get(part) or "") for part in ("name", "email", "preferred_username")}
    login = said["preferred_username"] or said["email"]
    when = datetime.fromtimestamp(at, UTC) if isinstance(at, int) and 0 < at < 2**36 else None
    shown_as = (said["email"] or login or said["name"])[:254]
    return Told(claims["iss"], subject, shown_as, said["name"] or login, login, when, detail)


def proved_at(told: Told) -> datetime:
    """Since when a browser counts as proved that signed in by the provider: when the person last signed in there, as far as it
    says so; else they prove themselves anew before they sign anything."""
    now = clock.now()
    return min(now, told.at) if told.at is not None else now - timedelta(days=1)


def unknown(told: Told) -> None:
    """Nobody here is who signed in there.

    Raises:
        Refused: 403.
    """
    message = "No account here is linked with %(who)s. Sign in with your password and link it in your account, or ask for an invitation."
    no("not_linked", message, who=told.shown_as or told.subject).require(403)


def not_you() -> None:
    """Somebody else signed in there than is signed in here.

    Raises:
        Refused: 403.
    """
    no("not_you", "At the provider somebody else signed in than here. Sign in there as yourself.").require(403)


def _refuse() -> None:
    no("provider_answer", "What the provider answered does not hold. Try once more, or use another way.").require(403)
