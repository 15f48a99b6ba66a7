"""The list of cases, through the official Python client."""

import hashlib
import io
import json
import os
import time
import traceback
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import httpx
import replicate as package
from replicate.exceptions import ModelError, ReplicateError
from replicate.helpers import FileOutput
from replicate.webhook import InvalidSignatureError, Webhooks

replicate = package.Client(base_url=os.environ["REPLICATE_BASE_URL"])
replicate.poll_interval = 0.02

TEXT = {"prompt": "Once upon a time", "max_tokens": 4}
WORDS = ["Once", " upon", " a", " time"]
CASES = {}


def case(run):
    CASES[run.__name__] = run
    return run


def newest(name):
    return replicate.models.get(name).latest_version.id


def hello():
    return f"replicate/hello-world:{newest('replicate/hello-world')}"


def error_of(call):
    try:
        value = call()
    except Exception as error:  # noqa: BLE001 (the case checks its type)
        return error
    raise AssertionError(f"succeeded: {value!r}")


def until(read, is_enough):
    end = time.monotonic() + 10
    while True:
        result = read()
        if is_enough(result):
            return result
        assert time.monotonic() < end, f"still {result!r}"
        time.sleep(0.05)


def named(content, name):
    file = io.BytesIO(content)
    file.name = name
    return file


@case
def run_model_blocking():
    assert replicate.run("emulator/text", input=TEXT) == WORDS


@case
def run_model_polling():
    assert replicate.run("emulator/text", input=TEXT, wait=False) == WORDS


@case
def run_version_blocking():
    assert replicate.run(hello(), input={"text": "Alice"}) == "hello Alice"


@case
def run_version_polling():
    assert replicate.run(hello(), input={"text": "Bob"}, wait=False) == "hello Bob"


@case
def background():
    made = replicate.models.predictions.create("emulator/text", input=TEXT)
    assert made.status == "starting", made.status
    made.wait()
    assert made.status == "succeeded", made.status
    got = replicate.predictions.get(made.id)
    assert got.output == WORDS
    assert got.metrics["predict_time"] >= 0


@case
def progress():
    made = replicate.models.predictions.create(
        "emulator/slow", input={"seconds": 0.8, "steps": 4}
    )
    seen = []
    while made.status not in ("succeeded", "failed", "canceled"):
        time.sleep(0.05)
        made.reload()
        seen.append(made.progress)
    assert any(p and 0 < p.current < 4 for p in seen), seen
    assert (seen[-1].percentage, seen[-1].current, seen[-1].total) == (1, 4, 4)


@case
def stream():
    events = list(replicate.stream("emulator/text", input={**TEXT, "delay": 0.02}))
    output = [str(e) for e in events if e.event == e.EventType.OUTPUT]
    assert output == WORDS, output
    assert events[-1].event == events[-1].EventType.DONE, events[-1]


@case
def file_upload():
    made = replicate.files.create(
        named(b"some words", "words.txt"), metadata={"purpose": "conformance"}
    )
    assert made.size == 10, made
    assert made.metadata == {"purpose": "conformance"}, made
    assert made.checksums["sha256"] == hashlib.sha256(b"some words").hexdigest()
    assert replicate.files.get(made.id).id == made.id
    assert any(f.id == made.id for f in replicate.files.list())
    replicate.files.delete(made.id)
    error = error_of(lambda: replicate.files.get(made.id))
    assert isinstance(error, ReplicateError) and error.status == 404, error


@case
def file_input_upload():
    output = replicate.run(
        "emulator/reverse", input={"file": named(b"stressed", "words.txt")}
    )
    assert httpx.get(output).text == "desserts"


@case
def file_input_inline():
    output = replicate.run(
        "emulator/reverse",
        input={"file": named(b"stressed", "words.txt")},
        file_encoding_strategy="base64",
    )
    assert httpx.get(output).text == "desserts"


@case
def file_output():
    output = replicate.run(
        "emulator/image", input={"prompt": "a red bicycle", "num_outputs": 2}
    )
    assert len(output) == 2
    for url in output:
        # The client wraps only https URLs by itself.
        assert FileOutput(url, replicate).read()[1:4] == b"PNG"


@case
def predictions_list():
    made = replicate.models.predictions.create("emulator/text", input=TEXT)
    assert replicate.predictions.list()[0].id == made.id


@case
def paginate():
    made = [
        replicate.models.predictions.create(
            "emulator/text", input={"prompt": str(n), "max_tokens": 1}
        ).id
        for n in range(120)
    ]
    pages = list(package.paginate(replicate.predictions.list))
    assert len(pages) >= 2, len(pages)
    seen = [prediction.id for page in pages for prediction in page]
    assert len(set(seen)) == len(seen)
    assert set(made) <= set(seen)


@case
def models():
    assert replicate.models.get("emulator/image").name == "image"
    assert any(m.owner == "replicate" for m in replicate.models.list())
    made = replicate.models.create(
        "local",
        "mine-python",
        visibility="private",
        hardware="cpu",
        description="a model of ours",
    )
    assert made.visibility == "private"
    assert replicate.models.get("local/mine-python").description == "a model of ours"
    assert replicate.models.delete("local/mine-python") is True


@case
def versions():
    model = replicate.models.get("replicate/hello-world")
    version = model.versions.list()[0]
    got = model.versions.get(version.id)
    assert got.id == version.id
    assert "text" in got.openapi_schema["components"]["schemas"]["Input"]["properties"]


@case
def search():
    assert replicate.models.search("picture of circles")[0].name == "image"


@case
def deployments():
    made = replicate.deployments.create(
        name="deployed-python",
        model="emulator/text",
        version=newest("emulator/text"),
        hardware="cpu",
        min_instances=0,
        max_instances=1,
    )
    assert made.current_release.number == 1
    changed = replicate.deployments.update(made.owner, made.name, max_instances=2)
    assert changed.current_release.configuration.max_instances == 2
    got = replicate.deployments.get(f"{made.owner}/{made.name}")
    assert got.current_release.number == 2
    assert any(d.name == made.name for d in replicate.deployments.list())
    prediction = replicate.deployments.predictions.create(
        (made.owner, made.name), input=TEXT
    )
    prediction.wait()
    assert prediction.output == WORDS
    assert replicate.deployments.delete(made.owner, made.name) is True


@case
def trainings():
    version = newest("emulator/text")
    replicate.models.create(
        "local", "trained-python", visibility="private", hardware="cpu"
    )

    def create():
        return replicate.trainings.create(
            model=("emulator", "text"),
            version=version,
            input={"train_data": "data:text/plain,words"},
            destination="local/trained-python",
        )

    made = create()
    until(
        lambda: replicate.trainings.get(made.id).status,
        lambda status: status == "succeeded",
    )
    made.reload()
    output = replicate.run(made.output["version"], input=TEXT)
    assert list(output) == WORDS
    assert any(t.id == made.id for t in replicate.trainings.list())
    other = create()
    other.cancel()
    assert replicate.trainings.get(other.id).status == "canceled"


@case
def collections():
    page = replicate.collections.list()
    assert len(replicate.collections.get(page[0].slug).models) > 0


@case
def hardware():
    assert any(h.sku == "cpu" and h.name for h in replicate.hardware.list())


@case
def account():
    assert replicate.accounts.current().username == "local"


@case
def cancel():
    made = replicate.models.predictions.create("emulator/slow", input={"seconds": 60})
    made.cancel()
    got = replicate.predictions.get(made.id)
    assert got.status == "canceled", got.status
    assert got.completed_at


@case
def webhook():
    received = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self):  # noqa: N802 (the name is the server's)
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            received.append((dict(self.headers), body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Receiver)
    Thread(target=server.serve_forever, daemon=True).start()
    made = replicate.models.predictions.create(
        "emulator/text",
        input=TEXT,
        webhook=f"http://127.0.0.1:{server.server_port}/hook",
        webhook_events_filter=["start", "completed"],
    )
    until(
        lambda: [json.loads(body)["status"] for _, body in received],
        lambda statuses: "succeeded" in statuses,
    )
    server.shutdown()
    secret = replicate.webhooks.default.secret()
    for headers, body in received:
        Webhooks.validate(headers=headers, body=body, secret=secret, tolerance=300)
    headers, body = received[-1]
    assert json.loads(body)["id"] == made.id
    forged = body.replace("succeeded", "failed")
    error = error_of(
        lambda: Webhooks.validate(headers=headers, body=forged, secret=secret)
    )
    assert isinstance(error, InvalidSignatureError), error


@case
def failed():
    error = error_of(
        lambda: replicate.run("emulator/fail", input={"reason": "out of ink"})
    )
    assert isinstance(error, ModelError), error
    assert "out of ink" in str(error)


@case
def invalid_input():
    error = error_of(
        lambda: replicate.run(
            "emulator/text", input={"prompt": "a", "max_tokens": "many"}
        )
    )
    assert isinstance(error, ReplicateError) and error.status == 422, error
    assert "max_tokens" in str(error)


@case
def bad_token():
    unknown = package.Client(
        base_url=os.environ["REPLICATE_BASE_URL"], api_token="r8_unknown"
    )
    error = error_of(lambda: unknown.accounts.current())
    assert isinstance(error, ReplicateError) and error.status == 401, error


@case
def not_found():
    error = error_of(lambda: replicate.models.get("missing/missing"))
    assert isinstance(error, ReplicateError) and error.status == 404, error


for name, run in CASES.items():
    line = {"case": name, "ok": True}
    try:
        run()
    except Exception as error:  # noqa: BLE001 (each case reports its own)
        trace = traceback.extract_tb(error.__traceback__)
        at = next(frame for frame in reversed(trace) if frame.filename == __file__)
        text = f"{type(error).__name__} at line {at.lineno}: {error}"
        line = {"case": name, "ok": False, "error": text}
    print(json.dumps(line), flush=True)
