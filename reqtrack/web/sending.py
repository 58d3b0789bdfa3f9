"""How pages and the files of the frame travel: compressed, and files kept by browsers until they change.

Files have an address with a digest of them all in it (``/static/<digest>/css/base.css``), so that a browser need never ask for
one again, and files that name each other need not know of it.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

import brotli
from flask import Flask, Response, current_app, request, send_from_directory, session
from flask_compress import Compress
from werkzeug.security import safe_join

from reqtrack.permissions import ANYBODY
from reqtrack.web.area import route_of

# Said here: on Windows, the registry may call a script text/plain, and browsers then refuse it.
TEXTS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
ONE_YEAR = 365 * 24 * 3600
# Brotli's best takes twenty times as long, for a tenth.
ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda data: bytes(brotli.compress(data, quality=9)),
    "gzip": lambda data: gzip.compress(data, 9, mtime=0),
}
LEAST = 500
# The script that browsers let answer in place of the network.
WORKER = "js/worker.js"


def init(app: Flask, static: Path) -> None:
    """Serve the files of a folder, and compress what may be compressed."""
    app.static_folder = str(static)
    app.static_url_path = "/static"
    app.add_url_rule("/static/<path:filename>", endpoint="static", view_func=send_file)
    app.config.update(COMPRESS_MIMETYPES=["text/html", "application/json"], COMPRESS_ALGORITHM=["br", "gzip"])
    compress = Compress()
    app.config["COMPRESS_REGISTER"] = False
    compress.init_app(app)

    def after(response: Response) -> Response:
        if request.endpoint == "static":
            session.accessed = False  # a library looked; files are the same for everybody
        return compress.after_request(response) if compressible(response) else response

    app.after_request(after)


def compressible(response: Response) -> bool:
    """Whether an answer may be compressed beside what a reader may send along (BREACH).

    Who guesses at a secret on a page must have the reader's browser ask for it from elsewhere, and see how long the answers
    are. So nothing that another site's page asked for is compressed; nor are pages that show a secret: those before sign-in
    (links that work once) and the answers to what was sent (a new token, a new link).
    """
    if response.is_streamed or request.method != "GET":
        return False
    route = route_of(request.endpoint)
    if route is None or route.permission == ANYBODY:
        return False
    return request.headers.get("Sec-Fetch-Site", "none") in ("none", "same-origin")


@lru_cache(maxsize=8)
def digest_of(folder: str) -> str:
    """A digest of all files below a folder, as they are when this is first asked."""
    whole = sha256()
    for path in sorted(Path(folder).rglob("*")):
        if path.is_file():
            whole.update(f"{path.relative_to(folder).as_posix()}\n".encode() + sha256(path.read_bytes()).digest())
    return whole.hexdigest()[:12]


def address(filename: str) -> str:
    """The name of a file with the digest, as ``url_for("static", filename=…)`` takes it."""
    return f"{digest_of(str(current_app.static_folder))}/{filename}"


@lru_cache(maxsize=256)
def _encoded(path: str, changed: int, encoding: str) -> bytes:
    """A file, compressed; kept, for each is asked for by every new browser."""
    return ENCODERS[encoding](Path(path).read_bytes())


def send_file(filename: str) -> Response:
    """A file of the frame. With the digest of today in its address it may be kept for ever, else it is asked for again.

    Raises:
        NotFound: there is no such file.
    """
    static = str(current_app.static_folder)
    digest, _, rest = filename.partition("/")
    lasting = digest == digest_of(static)
    # An address of before an upgrade is answered with the file of today.
    if lasting or (len(digest) == 12 and set(digest) <= set("0123456789abcdef")):
        filename = rest
    response = _compressed(static, filename)
    if response is None:
        response = send_from_directory(static, filename, mimetype=TEXTS.get(Path(filename).suffix))
    response.headers["Vary"] = "Accept-Encoding"
    if filename == WORKER:
        # It keeps pages of run mode, which lie beside its own folder.
        response.headers["Service-Worker-Allowed"] = f"{request.script_root}/"
    if lasting:
        response.headers["Cache-Control"] = f"public, max-age={ONE_YEAR}, immutable"
    return response


def _compressed(static: str, filename: str) -> Response | None:
    """The file as this browser takes it; None where it is to be sent as it is."""
    kind = TEXTS.get(Path(filename).suffix)
    encoding = next((one for one in ENCODERS if request.accept_encodings[one]), "")
    path = safe_join(static, filename)
    if kind is None or not encoding or path is None or not Path(path).is_file():
        return None
    about = Path(path).stat()
    if about.st_size < LEAST:
        return None
    response = Response(_encoded(path, about.st_mtime_ns, encoding), content_type=f"{kind}; charset=utf-8")
    response.headers["Content-Encoding"] = encoding
    response.headers["Cache-Control"] = "no-cache"
    response.set_etag(f"{about.st_mtime_ns:x}-{about.st_size:x}-{encoding}")
    response.make_conditional(request)
    return response
