"""The official Python client. Arguments: CASE URL COUNT; prints one line of JSON."""

import json
import os
import sys
import time

import httpx
import replicate as package

name, url, number = sys.argv[1:]
count = int(number)
base = f"{url}/pages-{count}" if name == "pages" else url
replicate = package.Client(api_token="r8_bench", base_url=base)
INPUT = {"prompt": "an astronaut riding a horse", "steps": 4, "seed": 1}
delays = []


def get(id):
    for _ in range(count):
        replicate.predictions.get(id)


def run():
    for _ in range(count):
        replicate.models.predictions.create(model="acme/now", input=INPUT, wait=True)


def latency():
    for _ in range(count):
        output = replicate.run("acme/held-20", input=INPUT)
        delays.append(max(0.0, time.time() - int(output) / 1e6))


def stream(size, chunk):
    length = 0
    for event in replicate.stream(f"acme/stream-{count}-{size}-{chunk}", input=INPUT):
        length += len(str(event))
    assert length > 0


def upload():
    with open(os.environ["BENCH_FILE"], "rb") as file:
        replicate.files.create(file)


def download():
    with httpx.stream("GET", f"{url}/bytes/{count}") as response:
        with open(os.environ["BENCH_FILE"], "wb") as file:
            for chunk in response.iter_bytes():
                file.write(chunk)


def pages():
    items = 0
    page = replicate.predictions.list()
    while True:
        items += len(page.results)
        if page.next is None:
            break
        page = replicate.predictions.list(cursor=page.next)
    assert items == count * 100, items


CASES = {
    "get": lambda: get("small"),
    "get-large": lambda: get("large"),
    "run": run,
    "latency": latency,
    "stream": lambda: stream(5, 1024),
    "stream-64k": lambda: stream(5, 65536),
    "stream-100k": lambda: stream(100000, 65536),
    "stream-1b": lambda: stream(5, 1),
    "stream-10m": lambda: stream(10000000, 1048576),
    "upload": upload,
    "download": download,
    "pages": pages,
}


def memory(key):
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith(key))


if name != "pages":
    replicate.predictions.get("small")
before = memory("VmRSS")
cpu, wall = time.process_time(), time.perf_counter()
CASES[name]()
print(
    json.dumps(
        {
            "wall": time.perf_counter() - wall,
            "cpu": time.process_time() - cpu,
            "peak": memory("VmHWM"),
            "growth": max(0, memory("VmHWM") - before),
            "delays": delays,
        }
    )
)
