"""REST: the same actions as the pages, with the same verdicts."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import Any, cast

from apiflask import APIFlask
from flask import Flask

# Of the API, as its addresses say it; not of the program.
VERSION = "1"


def init(app: Flask) -> None:
    """Put the API into the app; each module of ``resources`` declares its routes when imported."""
    from reqtrack.api import description, resources
    from reqtrack.api.area import ApiRequest, area

    app.config.update(
        OPENAPI_VERSION="3.1.0",
        AUTO_TAGS=False,
        AUTO_404_RESPONSE=False,
        AUTO_VALIDATION_ERROR_RESPONSE=False,
        INFO={
            "description": "Requirements, change requests and acceptance. Errors are application/problem+json.",
            "license": {"name": "Apache-2.0"},
        },
        SERVERS=[{"url": "/"}],
    )
    app.request_class = ApiRequest
    described = cast(APIFlask, app)
    described.title, described.version = "reqtrack", VERSION
    described.security_schemes = {"token": {"type": "http", "scheme": "bearer"}}
    for module in iter_modules(resources.__path__):
        import_module(f"{resources.__name__}.{module.name}")
    from reqtrack.api.resources.site import site

    app.register_blueprint(area)
    app.register_blueprint(site)

    def complete(spec: dict[str, Any]) -> dict[str, Any]:
        return description.complete(app, spec)

    described.spec_processor(complete)  # type: ignore[arg-type]
