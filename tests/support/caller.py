"""A program that calls the API."""

from __future__ import annotations

from typing import Any

from reqtrack.accounts import actions as accounts
from reqtrack.accounts.queries import user_by_login
from tests.support.described import Description
from tests.support.world import OPERATOR, World

P = "/api/v1/projects/CRM"


class Caller:
    """A program with somebody's token; whatever it is answered must be as the description tells."""

    def __init__(self, world: World, login: str = "", scope: str = "write") -> None:
        self.client, self.described = world.app.test_client(), Description(world.app)
        self.headers: dict[str, str] = {}
        if login:
            with world.write(project=""):
                secret = accounts.create_token(OPERATOR, user_by_login(login), scope)
            self.headers["Authorization"] = f"Bearer {secret}"

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        url = path if path.startswith("/api") else P + path
        answer = self.client.open(url, method=method, json=body, headers={**self.headers, **named})
        assert self.described.complaints(method, url, answer) == []
        return answer
