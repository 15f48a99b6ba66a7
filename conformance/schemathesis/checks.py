"""What schemathesis is told: what exists, whom not to call, and what an error looks like.

`CONFORMANCE_THINGS` is a JSON list of what exists: each an object of parameters that belong
together.
"""

import json
import os
import random

import schemathesis

THINGS = json.loads(os.environ["CONFORMANCE_THINGS"])
# An address that refuses connections: generated ones might be somebody's.
NOBODY = "http://127.0.0.1:9/hook"
# What a request's body may hold that the emulator can do something with.
KNOWN = {
    "input": {"prompt": "some words", "train_data": "data:text/plain,words"},
    "hardware": "cpu",
    "visibility": "private",
    "model": "emulator/text",
    "destination": "local/trained-0",
}
VERSION = next(t["version_id"] for t in THINGS if t.get("model_name") == "text")
chance = random.Random(20260101)
# The operations that have succeeded once: until then requests are as good as can be.
succeeded = set()


def is_good(context, share):
    """Whether a request is to be about what exists: this share of them is, and the first are."""
    return context.operation.label not in succeeded or chance.random() < share


def fitting(label, names):
    """What exists and has these parameters; of what may be deleted, the second half alone."""
    things = [thing for thing in THINGS if set(thing) >= names]
    if label.endswith("/download"):
        return [thing for thing in things if "signature" in thing]
    if not label.startswith("DELETE"):
        return things
    # Only what is the account's own, with nothing that hangs on it, can be deleted.
    things = [t for t in things if set(t) == names and "emulator" not in t.values()]
    # The first half is left to the other operations.
    return things[len(things) // 2 :]


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    """Two of three calls are about something that exists."""
    if not path_parameters:
        return path_parameters
    label = context.operation.label
    names = set(path_parameters)
    things = fitting(label, names)
    if things and is_good(context, 2 / 3):
        # The first is what most can be done with.
        first = things[0] if chance.random() < 1 / 2 else chance.choice(things)
        return {name: first[name] for name in names}
    # It also tries what it has seen in answers: what others need is not to be deleted so.
    needed = any(
        all(thing.get(name) == path_parameters[name] for name in names) for thing in THINGS
    )
    if label.startswith("DELETE") and needed:
        return {name: "nothing" for name in names}
    return path_parameters


@schemathesis.hook
def map_query(context, query):
    """Two of three downloads are signed."""
    if not context.operation.label.endswith("/download") or not is_good(context, 2 / 3):
        return query
    signed = next(thing for thing in THINGS if "signature" in thing)
    return {name: value for name, value in signed.items() if name != "file_id"}


@schemathesis.hook
def map_body(context, body):
    """Half of the bodies speak of what is known; none makes the emulator call a stranger."""
    if not isinstance(body, dict):
        return body
    body = dict(body)
    if is_good(context, 1 / 2):
        body |= {name: value for name, value in KNOWN.items() if name in body}
        if "version" in body:
            body["version"] = VERSION
        if "name" in body:
            body["name"] = f"made-{chance.randrange(10**9)}"
        if "min_instances" in body:
            body["min_instances"] = 0
        if "max_instances" in body:
            body["max_instances"] = 1
        for name in [name for name in body if name.endswith("_url")]:
            del body[name]
    if isinstance(body.get("webhook"), str):
        body["webhook"] = NOBODY
    return body


@schemathesis.hook
def map_headers(context, headers):
    """A blocking create may wait for a minute; here nobody does for more than a second."""
    if headers and str(headers.get("Prefer", "")).startswith("wait"):
        return {**headers, "Prefer": "wait=1"}
    return headers


@schemathesis.check
def errors_are_problems(ctx, response, case):
    """An error comes as application/problem+json that says what is wrong."""
    status = response.status_code
    if status < 300:
        return
    assert status >= 400, f"redirected with {status}"
    if case.method.upper() == "HEAD":
        return
    kind = response.headers.get("content-type", [""])[0]
    assert kind == "application/problem+json", f"{status} came as {kind!r}"
    problem = json.loads(response.content)
    assert problem["status"] == status, problem
    assert problem["title"] and problem["detail"], problem


@schemathesis.check
def successes_are_documented(ctx, response, case):
    """A success has one of the operation's statuses."""
    if 200 <= response.status_code < 300:
        succeeded.add(case.operation.label)
        documented = case.operation.definition.raw["responses"]
        assert str(response.status_code) in documented, response.status_code
