"""Small files of results, made in a line or two."""

import json

from reqtrack.exchange.parsing.results.inside import read_bytes
from reqtrack.files.door import open_upload


def read(data, name="a.xml"):
    """What a file holds, read in this process, so that a test may make hundreds."""
    upload = open_upload(data.encode() if isinstance(data, str) else data, name)
    return read_bytes(upload.data, upload.kind, upload.name, upload.limits)


def junit(body, **attributes):
    """A JUnit file of one suite."""
    said = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuite name="S"{said}>\n{body}\n</testsuite>'


def step(status="passed", **more):
    return {"keyword": "Given ", "name": "a", "result": {"status": status, "duration": 2_000_000_000}, **more}


def element(name="S", *steps, **more):
    return {
        "keyword": "Scenario",
        "type": "scenario",
        "name": name,
        "steps": list(steps or [step()]),
        "line": 3,
        **more,
    }


def cucumber(*elements, **more):
    """A Cucumber JSON report of one feature."""
    return json.dumps([{"keyword": "Feature", "name": "F", "uri": "f.feature", "elements": list(elements), **more}])


def lines(*messages):
    """Messages, one in each line."""
    return "\n".join(json.dumps(message) for message in messages) + "\n"


def run(*attempts, retried=(), end=True, pickle=None):
    """The messages of one case: the statuses of its steps for each attempt."""
    steps = range(max(map(len, attempts), default=0))
    messages = [
        {"meta": {"protocolVersion": "33.0.4"}},
        {"pickle": pickle or {"id": "p", "name": "S", "uri": "f.feature", "astNodeIds": [], "tags": [], "steps": []}},
        {"testRunStarted": {"id": "r"}},
        {"testCase": {"id": "c", "pickleId": "p", "testSteps": [{"id": f"s{at}"} for at in steps]}},
    ]
    for attempt, statuses in enumerate(attempts):
        messages.append({"testCaseStarted": {"id": f"t{attempt}", "testCaseId": "c", "attempt": attempt}})
        for at, status in enumerate(statuses):
            result = {
                "status": status,
                "message": f"{status} {attempt}",
                "duration": {"seconds": 1, "nanos": 500_000_000},
            }
            messages.append(
                {
                    "testStepFinished": {
                        "testCaseStartedId": f"t{attempt}",
                        "testStepId": f"s{at}",
                        "testStepResult": result,
                    }
                }
            )
        messages.append({"testCaseFinished": {"testCaseStartedId": f"t{attempt}", "willBeRetried": attempt in retried}})
    return [*messages, {"testRunFinished": {"success": True}}] if end else messages
