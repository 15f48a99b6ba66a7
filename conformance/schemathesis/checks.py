"""Hooks and checks of schemathesis: existing resources, no third-party hosts, the form of errors.

`CONFORMANCE_THINGS` is a JSON list of existing resources, each an object of parameters that belong
together.
"""

import json
import os
import random

import schemathesis

THINGS = json.loads(os.environ["CONFORMANCE_THINGS"])
# Refuses connections: generated URLs might belong to third parties.
REFUSING_URL = "http://127.0.0.1:9/hook"
# Values of request bodies that the emulator accepts.
KNOWN = {
    "input": {"prompt": "some words", "train_data": "data:text/plain,words"},
    "hardware": "cpu",
    "visibility": "private",
    "model": "emulator/text",
    "destination": "local/trained-0",
}
VERSION = next(t["version_id"] for t in THINGS if t.get("model_name") == "text")
chance = random.Random(20260101)
# Operations that have succeeded once: until then every request is a valid one.
succeeded = set()


def is_good(context, share):
    """Whether to send a valid request: this share of them is, and so are the first."""
    return context.operation.label not in succeeded or chance.random() < share


def fitting(label, names):
    """Existing resources with these parameters; for DELETE, only the second half of them."""
    things = [thing for thing in THINGS if set(thing) >= names]
    if label.endswith("/download"):
        return [thing for thing in things if "signature" in thing]
    if not label.startswith("DELETE"):
        return things
    # Only resources of the account that nothing else depends on can be deleted.
    things = [t for t in things if set(t) == names and "emulator" not in t.values()]
    # The other operations use the first half.
    return things[len(things) // 2 :]


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    """Two of three calls name an existing resource."""
    if not path_parameters:
        return path_parameters
    label = context.operation.label
    names = set(path_parameters)
    things = fitting(label, names)
    if things and is_good(context, 2 / 3):
        # Most operations succeed on the first.
        first = things[0] if chance.random() < 1 / 2 else chance.choice(things)
        return {name: first[name] for name in names}
    # schemathesis also uses values of earlier responses: keep it from deleting what others need.
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
    """Half of the bodies use known values; none makes the emulator call a third-party host."""
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
        body["webhook"] = REFUSING_URL
    return body


@schemathesis.hook
def map_headers(context, headers):
    """Shortens blocking creates, which may wait for a minute, to one second."""
    if headers and str(headers.get("Prefer", "")).startswith("wait"):
        return {**headers, "Prefer": "wait=1"}
    return headers


@schemathesis.check
def errors_are_problems(ctx, response, case):
    """An error is application/problem+json with a title and a detail."""
    status = response.status_code
    if status < 300:
        return
    assert status >= 400, f"redirected with {status}"
    if case.method.upper() == "HEAD":
        return
    kind = response.headers.get("content-type", [""])[0]
    assert kind == "application/problem+json", f"{status} has content type {kind!r}"
    problem = json.loads(response.content)
    assert problem["status"] == status, problem
    assert problem["title"] and problem["detail"], problem


@schemathesis.check
def successes_are_documented(ctx, response, case):
    """A success has one of the documented statuses of its operation."""
    if 200 <= response.status_code < 300:
        succeeded.add(case.operation.label)
        documented = case.operation.definition.raw["responses"]
        assert str(response.status_code) in documented, response.status_code
