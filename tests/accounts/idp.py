"""A small OpenID Connect provider on loopback. What it says can be changed, to see it refused."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey

from reqtrack import clock

CLIENT, SECRET = "reqtrack", "a secret of both"


@dataclass
class Provider:
    """Who is signed in there (``person``), and what it does otherwise than it should (``twist``, ``more``, ``key_used``)."""

    issuer: str = ""
    person: dict[str, Any] = field(
        default_factory=lambda: {"sub": "7-wang", "name": "王海涛", "email": "wang@example.com"}
    )
    key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": "first", "use": "sig"}))
    key_used: Any = None
    algorithm: str = "ES256"
    more: dict[str, Any] = field(default_factory=dict)
    twist: Callable[[dict[str, Any]], None] = lambda claims: None
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: dict[str, str] = field(default_factory=dict)

    def authorize(self, url: str, **claims: Any) -> dict[str, str]:
        """The person signs in; returns what the browser takes back."""
        self.asked = dict(parse_qsl(urlsplit(url).query))
        assert url.startswith(f"{self.issuer}/authorize?") and self.asked["client_id"] == CLIENT
        code = secrets.token_urlsafe(12)
        self.codes[code] = self.asked
        return {"code": code, "state": self.asked["state"], "iss": self.issuer}

    def token(self, form: dict[str, str], authorization: str) -> dict[str, Any] | None:
        """The answer to a code: good once, for the client, with its verifier."""
        asked = self.codes.pop(form.get("code", ""), None)
        basic = base64.b64encode(f"{CLIENT}:{SECRET.replace(' ', '+')}".encode()).decode()
        plain = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        known = authorization in (f"Basic {basic}", f"Basic {plain}")
        if (
            asked is None
            or not known
            or challenge != asked["code_challenge"]
            or asked["redirect_uri"] != form["redirect_uri"]
        ):
            return None
        now = int(clock.now().timestamp())
        claims = {
            "iss": self.issuer, "aud": CLIENT, "nonce": asked["nonce"], "iat": now, "exp": now + 300, "auth_time": now, **self.person,
        }  # fmt: skip
        self.twist(claims)
        return {"access_token": "none of ours", "token_type": "Bearer", "id_token": self.signed(claims)}

    def signed(self, claims: dict[str, Any]) -> str:
        if self.algorithm == "none":
            parts = ({"alg": "none"}, claims)
            return (
                ".".join(base64.urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=").decode() for one in parts)
                + "."
            )
        header = {"alg": self.algorithm, "kid": self.key.kid}
        return jwt.encode(header, claims, self.key_used or self.key, algorithms=[self.algorithm])

    def about(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token", "jwks_uri": f"{self.issuer}/keys", **self.more,
        }  # fmt: skip


@contextmanager
def running() -> Iterator[Provider]:
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path, _mark, query = self.path.partition("?")
            if path == "/authorize":
                self._page(f'<a id="enter" href="/entered?{escape(query)}">{provider.person["name"]}</a>')
            elif path == "/entered":
                brought = provider.authorize(f"{provider.issuer}/authorize?{query}")
                self._on(f"{provider.asked['redirect_uri']}?{urlencode(brought)}")
            else:
                keys = {"keys": [provider.key.as_dict(private=False)]}
                self._send({"/.well-known/openid-configuration": provider.about(), "/keys": keys}.get(path))

        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self._send(
                provider.token({name: one[0] for name, one in form.items()}, self.headers.get("Authorization", ""))
            )

        def _page(self, body: str) -> None:
            """Where a browser signs in: one press."""
            sent = f'<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>Acme</title><h1>Acme</h1>{body}</html>'.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        def _on(self, url: str) -> None:
            self.send_response(302)
            self.send_header("Location", url)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def _send(self, found: Any) -> None:
            body = json.dumps(found if found is not None else {"error": "invalid_grant"}).encode()
            self.send_response(200 if found is not None else 400)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
