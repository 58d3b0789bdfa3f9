"""The checker as one hands it on: one file, the standard library, any Python from 3.9; and the steps by hand."""

import ast
import io
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from reqtrack.files.problems import FileProblem
from reqtrack.proof import check_pack, reading
from tests.proof import sample

ROOT = Path(__file__).parents[2]
CHECKER = ROOT / "reqtrack" / "proof" / "check_pack.py"
TOOLS = ("bash", "openssl", "basenc", "sha256sum", "awk")


def run(folder, *arguments, python=sys.executable, **environment):
    """The copy in the folder, run as by somebody who has nothing but it."""
    shutil.copy(CHECKER, folder / "check_pack.py")
    return subprocess.run(
        [python, "-I", "-S", "check_pack.py", *arguments], cwd=folder, capture_output=True, timeout=120, check=False,
        env={"PATH": os.environ["PATH"], "PYTHONUTF8": "1", **environment},
    )  # fmt: skip


@pytest.fixture
def folder(tmp_path, tested, ring):
    (tmp_path / "pack.pdf").write_bytes(tested.file)
    (tmp_path / "pack.json").write_bytes(tested.archive)
    (tmp_path / "broken.pdf").write_bytes(tested.file.replace(b"approve", b"decline", 1))
    (tmp_path / "keys.json").write_text(json.dumps(ring.public()))
    return tmp_path


def test_it_imports_the_standard_library_alone_and_is_written_for_python_3_9():
    tree = ast.parse(CHECKER.read_text("utf-8"), feature_version=(3, 9))
    names = {one.name for node in ast.walk(tree) if isinstance(node, ast.Import) for one in node.names}
    names |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names
    assert not any(isinstance(node, ast.Match | ast.TryStar) for node in ast.walk(tree))


def test_it_runs_on_the_oldest_python(folder, ring):
    python = shutil.which("python3.9")
    if python is None or subprocess.run([python, "-V"], capture_output=True, check=False).returncode:
        pytest.skip("no Python 3.9 here")
    assert run(folder, "pack.pdf", "--key", ring.current.public.hex(), python=python).returncode == 0
    assert run(folder, "broken.pdf", python=python).returncode == 1


def test_a_genuine_pack(folder, ring):
    for name in ("pack.pdf", "pack.json"):
        done = run(folder, name, "--key", ring.current.public.hex(), "--lang", "en")
        said = done.stdout.decode()
        assert (done.returncode, done.stderr) == (0, b"")
        assert said.startswith(f"{name}: genuine.\nChecked: ") and "2 signatures" in said
        assert (
            "“I approve this scope.”" in said
            and "陈立群" in said
            and "2026-11-28 15:30:00+08:00 (Asia/Shanghai)" in said
        )
        assert "for 方文" in said and "with the reservation “Reports come later.”" in said
        assert "The key is one of those given" in said
        assert ("of the pages it says nothing" in said) == (name == "pack.json")


def test_without_a_key_it_says_that_only_the_pack_vouches_for_itself(folder, ring):
    done = run(folder, "pack.pdf", "--lang", "en")
    assert done.returncode == 0
    assert f"the installation whose key is {ring.current.public.hex()}" in done.stdout.decode()
    assert "https://reqtrack.example.com/V/keys" in done.stdout.decode()


def test_a_list_of_keys(folder):
    done = run(folder, "pack.pdf", "--keys", "keys.json", "--lang", "en")
    assert done.returncode == 0 and b"one of those given" in done.stdout


def test_a_broken_pack_says_where(folder, ring):
    done = run(folder, "broken.pdf", "--key", ring.current.public.hex(), "--lang", "en")
    assert (done.returncode, done.stderr) == (1, b"")
    assert done.stdout.decode().splitlines()[1].startswith("  - the pages: Its bytes are not those that were sealed")


def test_another_key_is_refused(folder):
    done = run(folder, "pack.pdf", "--key", "58" + "66" * 31, "--lang", "en")
    assert done.returncode == 1 and b"none of those given" in done.stdout


def test_it_speaks_the_language_of_the_machine(folder):
    assert "真实有效" in run(folder, "pack.pdf", LANG="zh_CN.UTF-8").stdout.decode()
    assert "genuine" in run(folder, "pack.pdf", LANG="de_DE.UTF-8").stdout.decode()
    assert "页面" in run(folder, "broken.pdf", "--lang", "zh").stdout.decode()


def test_a_terminal_without_chinese_ends_in_no_traceback(folder):
    done = run(
        folder,
        "pack.pdf",
        "--lang",
        "zh",
        PYTHONUTF8="0",
        PYTHONIOENCODING="ascii",
        LC_ALL="C",
        PYTHONCOERCECLOCALE="0",
    )
    assert done.returncode == 0 and b"Traceback" not in done.stderr


def test_for_machines(folder):
    told = json.loads(run(folder, "broken.pdf", "--json").stdout)
    assert not told["genuine"] and [one["where"] for one in told["findings"]] == ["pages"]


@pytest.mark.parametrize(
    "arguments",
    [(), ("none.pdf",), (".",), ("pack.pdf", "--key", "12"), ("pack.pdf", "--keys", "none.json"), ("pack.pdf", "--keys", "pack.pdf"),
     ("pack.pdf", "--keys", "pack.json"), ("pack.pdf", "--lang", "de")],
)  # fmt: skip
def test_called_wrongly_it_says_so(folder, arguments):
    done = run(folder, *arguments)
    assert done.returncode == 2 and b"usage" in done.stderr and b"Traceback" not in done.stderr


def test_every_sentence_is_there_in_both_languages_with_the_same_names():
    for sentences in (check_pack.PLACES, check_pack.SENTENCES, check_pack.LINES):
        for code, (english, chinese) in sentences.items():
            names = [sorted(re.findall(r"%\((\w+)\)s", text)) for text in (english, chinese)]
            assert names[0] == names[1] and english != chinese, code
            assert re.search("[\u4e00-\u9fff]", chinese) or not re.search(
                "[a-z]{3}", re.sub(r"%\(\w+\)s", "", english)
            ), code


def steps(language):
    text = (ROOT / "docs" / language / "check-a-pack.md").read_text("utf-8")
    return "\n".join(re.findall(r"```sh\n(.*?)```", text, re.DOTALL))


@pytest.mark.skipif(not all(map(shutil.which, TOOLS)), reason="needs openssl and coreutils")
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_steps_by_hand_say_the_same(folder, language, ring):
    def by_hand(data):
        (folder / "pack.pdf").write_bytes(data)
        done = subprocess.run(["bash", "-c", steps(language)], cwd=folder, capture_output=True, timeout=60, check=False)
        return done.stdout.decode(errors="replace")

    good, bad = {"en": ("unchanged", "CHANGED"), "zh": ("未改动", "已改动")}[language]
    data = (folder / "pack.pdf").read_bytes()
    said = by_hand(data)
    assert said.count(good) == 6 and bad not in said and "Signature Verified Successfully" in said
    assert f"%key {ring.current.public.hex()}" in said
    said = by_hand((folder / "broken.pdf").read_bytes())
    assert f"pages{': ' if language == 'en' else '：'}{bad}" in said and said.count(good) == 5
    assert "Signature Verified Successfully" not in by_hand(data.replace(b"%part archive", b"%part brchive"))
    assert "Signature Verified Successfully" not in by_hand(data + b"%more\n")


def test_the_fingerprint_by_hand(folder, tested):
    line = re.search(r"python3 -c '(.*?)'", (ROOT / "docs" / "en" / "check-a-pack.md").read_text("utf-8"))
    (folder / "reqtrack-sign-off.json").write_bytes(tested.archive)
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", line.group(1)], cwd=folder, capture_output=True, check=True
    )
    assert "sha256:" + sample.sha(done.stdout) == json.loads(tested.archive)["fingerprint"]


def test_a_pack_that_is_sent_to_the_program_is_checked_in_a_child(tested, ring):
    found = reading.check_upload(io.BytesIO(tested.file), "pack.pdf", ring.trusted, "zh")
    assert found.report["genuine"] and found.report["key_known"] and found.lines[0] == "pack.pdf：真实有效。"
    assert found.document == json.loads(tested.archive)
    broken = reading.check_upload(tested.file.replace(b"approve", b"decline", 1), "pack.pdf", ring.trusted)
    assert [one["where"] for one in broken.report["findings"]] == ["pages"]
    assert not reading.check_upload(b"", "x", ring.trusted).report["genuine"]


def test_a_file_that_is_too_large_is_not_read(monkeypatch, ring):
    monkeypatch.setattr(reading, "MAX_FILE", 1 << 20)
    with pytest.raises(FileProblem):
        reading.check_upload(b"%PDF-" + bytes(1 << 20), "pack.pdf", ring.trusted)
