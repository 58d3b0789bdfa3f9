"""The child that reads hostile files: whatever happens in it, the parent gets one sentence, in time."""

import textwrap
import threading
import time

import pytest

from reqtrack.files.killable import run_killable
from reqtrack.files.problems import FileProblem

READERS = """
import os, sys, time

def double(payload):
    print("noise on standard output")
    return {"twice": [each * 2 for each in payload["values"]], "bytes": payload["data"], "modules": sorted(
        name for name in sys.modules if name.split(".")[0] in ("flask", "sqlalchemy"))}

def sleep(payload):
    time.sleep(60)

def spin(payload):
    while True:
        pass

def eat(payload):
    return len("x" * (2 * 1024 ** 3))

def abort(payload):
    os.abort()

def exits(payload):
    sys.exit(3)

def leaves(payload):
    os._exit(0)

def recurse(payload):
    return recurse(payload)

def object_back(payload):
    return os.system

def flood(payload):
    return b"x" * (8 * 1024 ** 2)

def connects(payload):
    import socket
    socket.create_connection(("127.0.0.1", 9), timeout=1)

def writes(payload):
    open(payload["path"], "w").write("x")

def runs(payload):
    import subprocess
    subprocess.run(["true"])

def reads(payload):
    return open(payload["path"]).read()

def refuses(payload):
    from reqtrack.files.problems import Place, refuse
    if payload and "flask" in sys.modules:
        raise AssertionError("the web application was started")
    raise refuse("mine", "Row %(row)s is wrong.", Place(row=3), "Mend it.", row=3)
"""


@pytest.fixture
def readers(tmp_path, monkeypatch):
    (tmp_path / "hostile_readers.py").write_text(textwrap.dedent(READERS))
    monkeypatch.syspath_prepend(tmp_path)
    return "hostile_readers:"


def code(function, payload=None, **limits):
    with pytest.raises(FileProblem) as caught:
        run_killable(function, payload, name="a.xlsx", **{"seconds": 10, "memory_mb": 256, **limits})
    (problem,) = caught.value.problems
    assert problem.place.file == "a.xlsx"
    assert "Traceback" not in str(problem)
    return problem.code


def test_plain_data_goes_in_and_comes_back(readers):
    answer = run_killable(readers + "double", {"values": [1, "ab"], "data": b"\x00\xff"})
    assert answer["twice"] == [2, "abab"]
    assert answer["bytes"] == b"\x00\xff"


def test_a_reader_of_ours_starts_without_the_web(readers):
    names = run_killable("reqtrack.files.names:clean_name", "a/b.csv")
    assert names == "b.csv"
    assert run_killable(readers + "double", {"values": [], "data": b""})["modules"] == []


@pytest.mark.parametrize("reader", ["sleep", "spin"])
def test_one_that_never_ends_is_ended(readers, reader):
    started = time.monotonic()
    assert code(readers + reader, seconds=1) == "time"
    assert time.monotonic() - started < 6


@pytest.mark.parametrize("reader", ["eat", "flood"])
def test_one_that_takes_too_much_is_stopped(readers, reader):
    assert code(readers + reader, answer_mb=1) == "memory"


@pytest.mark.parametrize("reader", ["abort", "exits", "leaves", "recurse", "object_back", "no_such_reader"])
def test_one_that_fails_in_any_way_is_one_refused_file(readers, reader):
    assert code(readers + reader) == "unreadable"


@pytest.mark.parametrize("reader", ["connects", "writes", "runs"])
def test_network_files_and_programs_are_out_of_reach(readers, reader, tmp_path):
    target = tmp_path / "written.txt"
    assert code(readers + reader, {"path": str(target)}) == "unreadable"
    assert not target.exists()


def test_a_refusal_arrives_with_its_place(readers):
    with pytest.raises(FileProblem) as caught:
        run_killable(readers + "refuses", True, name="a.csv")
    assert str(caught.value) == "a.csv, row 3: Row 3 is wrong. Mend it."
    assert caught.value.reasons[0].code == "mine"


def test_it_works_from_threads_and_several_at_once(readers):
    answers = []

    def work(number):
        answers.append(run_killable(readers + "double", {"values": [number], "data": b""})["twice"])

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(answers) == [[0], [2], [4], [6], [8], [10]]


def test_a_large_payload_passes(readers):
    data = bytes(16 * 1024 * 1024)
    assert run_killable(readers + "double", {"values": [], "data": data})["bytes"] == data
