// Runs cases one after another and writes a line of JSON for each.

import assert from "node:assert/strict";

const cases = [];

export function testCase(name, run) {
  cases.push([name, run]);
}

export async function runAll() {
  for (const [name, run] of cases) {
    let line;
    try {
      await run();
      line = { case: name, ok: true };
    } catch (error) {
      line = { case: name, ok: false, error: String(error?.message ?? error) };
    }
    console.log(JSON.stringify(line));
  }
}

/** The error that a promise ends in; that it succeeds is a failure. */
export async function errorOf(promise) {
  const value = await promise.then(
    (value) => ({ value }),
    (error) => ({ error }),
  );
  assert.ok("error" in value, `succeeded: ${JSON.stringify(value.value)}`);
  return value.error;
}

/** Calls `read` until `isEnough` accepts its result, for at most ten seconds. */
export async function until(read, isEnough) {
  const end = Date.now() + 10_000;
  for (;;) {
    const result = await read();
    if (isEnough(result)) return result;
    assert.ok(Date.now() < end, `still ${JSON.stringify(result)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
