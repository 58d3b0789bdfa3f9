"""XML from outside: no DTD, no entities, no odd encodings, no endless depth; genuine files pass."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from reqtrack.files.limits import Limits
from reqtrack.files.problems import FileProblem, Place
from reqtrack.files.xml import parse_xml


def refused(data, **limits):
    with pytest.raises(FileProblem) as caught:
        parse_xml(data, Limits(**limits), Place(file="a.reqif"))
    return caught.value.problems[0]


def test_external_entities_are_refused(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("canary")
    data = f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{secret}">]><x>&e;</x>'.encode()
    assert refused(data).code == "xml_dtd"


def test_a_remote_dtd_is_never_asked_for():
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(404)
            self.end_headers()

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            base = f"http://127.0.0.1:{server.server_port}"
            assert refused(f'<!DOCTYPE x [<!ENTITY % p SYSTEM "{base}/p.dtd"> %p;]><x/>'.encode()).code == "xml_dtd"
            assert refused(f'<!DOCTYPE x SYSTEM "{base}/x.dtd"><x/>'.encode()).code == "xml_dtd"
        finally:
            server.shutdown()
            thread.join()
    assert asked == []


def test_entity_bombs_are_refused_at_once():
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    assert refused(f'<!DOCTYPE x [<!ENTITY e0 "lol">{levels}]><x>&e9;</x>'.encode()).code == "xml_dtd"
    long = f'<!DOCTYPE x [<!ENTITY e "{"x" * 10_000}">]><x>{"&e;" * 1000}</x>'
    assert refused(long.encode()).code == "xml_dtd"


def test_deep_nesting_is_refused_without_a_crash():
    assert refused(b"<a>" * 100_000).code == "xml_depth"
    assert refused(b"<a>" * 5_000 + b"</a>" * 5_000).code == "xml_depth"


def test_too_many_elements_are_refused():
    assert refused(b"<a>" + b"<b/>" * 1001 + b"</a>", xml_elements=1000).code == "xml_count"


@pytest.mark.parametrize("encoding", ["UTF-7", "cp037", "utf-32", "x-user-defined"])
def test_odd_encodings_are_refused(encoding):
    assert refused(f'<?xml version="1.0" encoding="{encoding}"?><a/>'.encode()).code == "xml_encoding"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1"])
def test_usual_encodings_are_read(encoding):
    data = f'<?xml version="1.0" encoding="{encoding}"?><a>Müller</a>'.encode(encoding)
    assert parse_xml(data).text == "Müller"


def test_chinese_encodings_are_read():
    assert parse_xml('<?xml version="1.0" encoding="GB2312"?><a>需求</a>'.encode("gbk")).text == "需求"
    data = b'<?xml version="1.0" encoding="gbk"?><a>\xff\xff</a>'
    assert refused(data).code == "xml_encoding"


def test_a_mistake_has_its_line():
    problem = refused(b"<a>\n<b>\n</a>")
    assert (problem.code, problem.place) == ("xml", Place(file="a.reqif", line=3))
    assert refused(b"").place.line == 1


def test_elements_know_their_lines():
    root = parse_xml(b'<a\n x="1">\n<b/>t<!--\n--><c>\n</c></a>')
    assert [(element.tag, element.line) for element in root.iter()] == [("a", 1), ("b", 3), ("c", 4)]
