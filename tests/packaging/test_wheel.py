"""The wheel carries all that is served, and a copy of it installed elsewhere serves pages and assets."""

import os
import re
import shutil
import socket
import subprocess
import sys
import sysconfig
import time
import urllib.error
import urllib.request
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("templates", "static", "exports")
FILES = ("setup.cfg", "setup.py", "pyproject.toml", "README.md", "LICENSE", "THIRD-PARTY.md")
WAIT_SECONDS = 30


def carried(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts]


def uv(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "uv", "--quiet", "--offline", *arguments], check=True, cwd=ROOT)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built from a copy, so that nothing of an earlier build is in it."""
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in FILES:
        shutil.copy(ROOT / name, source)
    for name in ("reqtrack", *FOLDERS):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    uv("build", "--wheel", "--no-build-isolation", "--python", sys.executable, "--out-dir", str(out), str(source))
    return next(out.glob("reqtrack-*.whl"))


def test_the_wheel_carries_what_the_folders_hold(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    wanted = {f"reqtrack/{path.relative_to(ROOT / 'reqtrack').as_posix()}" for path in carried(ROOT / "reqtrack")}
    for folder in FOLDERS:
        wanted |= {f"reqtrack/{path.relative_to(ROOT).as_posix()}" for path in carried(ROOT / folder)}
    assert {name for name in wanted if not name.endswith(".md")} - names == set()
    assert any(re.fullmatch(r"reqtrack-.*\.dist-info/licenses/LICENSE", name) for name in names)
    assert [name for name in names if name.startswith(("tests/", "docs/")) or "__pycache__" in name] == []


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """An empty environment with the wheel in it; what it depends on is lent by this one."""
    folder = tmp_path_factory.mktemp("elsewhere")
    venv.create(folder / "venv", symlinks=True)
    python = folder / "venv" / "bin" / "python"
    uv("pip", "install", "--no-deps", "--python", str(python), str(wheel))
    site = next((folder / "venv" / "lib").glob("python*/site-packages"))
    # A path in a .pth file is searched last, and .pth files found there are not read: the checkout stays out of it.
    (site / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
    return folder


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(folder / "venv" / "bin" / arguments[0]), *arguments[1:]],
        cwd=folder, env=environment(folder), check=True, capture_output=True, text=True,
    )  # fmt: skip


def environment(folder: Path) -> dict[str, str]:
    """The settings of this process out of the way."""
    ours = ("DATABASE_URL", "BASE_URL", "SECRET_KEY", "PYTHONPATH")
    kept = {name: value for name, value in os.environ.items() if name not in ours and not name.startswith("REQTRACK")}
    return {**kept, "REQTRACK_DATA": str(folder / "data")}


def fetch(url: str, language: str = "en") -> tuple[int, str, bytes]:
    """Status, content type and body."""
    request = urllib.request.Request(url, headers={"Accept-Language": language})
    try:
        with urllib.request.urlopen(request, timeout=WAIT_SECONDS) as answer:
            return answer.status, answer.headers["Content-Type"], answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers["Content-Type"], error.read()


@pytest.fixture(scope="module")
def address(installed):
    """The copy, served from there."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    run(installed, "reqtrack", "db", "upgrade")
    log = installed / "log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [str(installed / "venv" / "bin" / "reqtrack"), "serve", "--port", str(port)],
            cwd=installed, env=environment(installed), stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            deadline = time.monotonic() + WAIT_SECONDS
            while True:
                try:
                    fetch(f"http://127.0.0.1:{port}/healthz")
                    break
                except OSError:
                    assert server.poll() is None, log.read_text("utf-8")
                    assert time.monotonic() < deadline, log.read_text("utf-8")
                    time.sleep(0.2)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(10)


def test_it_serves_pages_in_both_languages_and_their_assets(address):
    assert fetch(f"{address}/healthz")[0] == 200
    status, kind, page = fetch(f"{address}/")
    assert (status, kind) == (200, "text/html; charset=utf-8")
    assets = re.findall(r'(?:href|src)="(/static/[^"#]+)', page.decode())
    assert any(name.partition("?")[0].endswith(".css") for name in assets)
    for name in assets:
        status, _, body = fetch(address + name)
        assert (status, bool(body)) == (200, True), name
    chinese = fetch(f"{address}/", "zh-CN")[2].decode()
    assert 'lang="zh-Hans"' in chinese and re.search(r"<title>[^<]*[\u4e00-\u9fff]", chinese)


def test_it_is_the_copy_that_runs_and_finds_its_fonts(installed):
    script = (
        "import reqtrack; print(reqtrack.__file__, *(reqtrack.folder('exports') / 'fonts').glob('*.ttf'), sep='\\n')"
    )
    code, *fonts = [Path(line) for line in run(installed, "python", "-c", script).stdout.splitlines()]
    assert code.is_relative_to(installed)
    assert {path.name for path in fonts} == {path.name for path in (ROOT / "exports" / "fonts").glob("*.ttf")}
