// The list of cases, through the official Node client.

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import Replicate, { parseProgressFromLogs, validateWebhook } from "replicate";
import { errorOf, runAll, testCase, until } from "./report.js";

const baseUrl = `${process.env.REPLICATE_BASE_URL}/v1`;
const replicate = new Replicate({ baseUrl });

const text = { prompt: "Once upon a time", max_tokens: 4 };
const words = ["Once", " upon", " a", " time"];

async function newest(owner, name) {
  return (await replicate.models.get(owner, name)).latest_version.id;
}

async function hello() {
  return `replicate/hello-world:${await newest("replicate", "hello-world")}`;
}

testCase("run_model_blocking", async () => {
  assert.deepEqual(await replicate.run("emulator/text", { input: text }), words);
});

testCase("run_model_polling", async () => {
  const wait = { mode: "poll", interval: 20 };
  assert.deepEqual(await replicate.run("emulator/text", { input: text, wait }), words);
});

testCase("run_version_blocking", async () => {
  const output = await replicate.run(await hello(), { input: { text: "Alice" } });
  assert.equal(output, "hello Alice");
});

testCase("run_version_polling", async () => {
  const wait = { mode: "poll", interval: 20 };
  const output = await replicate.run(await hello(), { input: { text: "Bob" }, wait });
  assert.equal(output, "hello Bob");
});

testCase("background", async () => {
  const made = await replicate.predictions.create({ model: "emulator/text", input: text });
  assert.equal(made.status, "starting");
  const done = await replicate.wait(made, { interval: 20 });
  assert.equal(done.status, "succeeded");
  const got = await replicate.predictions.get(made.id);
  assert.deepEqual(got.output, words);
  assert.ok(got.metrics.predict_time >= 0);
});

testCase("progress", async () => {
  const seen = [];
  await replicate.run(
    "emulator/slow",
    { input: { seconds: 0.8, steps: 4 }, wait: { mode: "poll", interval: 50 } },
    (prediction) => seen.push(parseProgressFromLogs(prediction)),
  );
  assert.ok(seen.some((progress) => progress && progress.current > 0 && progress.current < 4));
  assert.deepEqual(seen.at(-1), { percentage: 1, current: 4, total: 4 });
});

testCase("stream", async () => {
  const input = { ...text, delay: 0.02 };
  const output = [];
  let last;
  for await (const event of replicate.stream("emulator/text", { input })) {
    if (event.event === "output") output.push(`${event}`);
    last = event;
  }
  assert.deepEqual(output, words);
  assert.equal(last.event, "done");
  assert.deepEqual(JSON.parse(last.data), {});
});

testCase("file_upload", async () => {
  const file = new File(["some words"], "words.txt", { type: "text/plain" });
  const made = await replicate.files.create(file, { purpose: "conformance" });
  assert.equal(made.size, 10);
  assert.match(made.content_type, /^text\/plain/);
  assert.deepEqual(made.metadata, { purpose: "conformance" });
  const digest = createHash("sha256").update("some words").digest("hex");
  assert.equal(made.checksums.sha256, digest);
  assert.equal((await replicate.files.get(made.id)).id, made.id);
  const all = await replicate.files.list();
  assert.ok(all.results.some((file) => file.id === made.id));
  assert.equal(await replicate.files.delete(made.id), true);
  const gone = await errorOf(replicate.files.get(made.id));
  assert.equal(gone.response.status, 404);
});

testCase("file_input_upload", async () => {
  const file = new File(["stressed"], "words.txt", { type: "text/plain" });
  const output = await replicate.run("emulator/reverse", { input: { file } });
  assert.equal(await (await fetch(output)).text(), "desserts");
});

// The client's own strategy `data-uri` sends the client in place of the input.
testCase("file_input_inline", async () => {
  const file = `data:text/plain;base64,${Buffer.from("stressed").toString("base64")}`;
  const output = await replicate.run("emulator/reverse", { input: { file } });
  assert.equal(await (await fetch(output)).text(), "desserts");
});

testCase("file_output", async () => {
  const input = { prompt: "a red bicycle", num_outputs: 2 };
  const output = await replicate.run("emulator/image", { input });
  assert.equal(output.length, 2);
  for (const url of output) {
    const response = await fetch(url);
    assert.equal(response.headers.get("content-type"), "image/png");
    const bytes = Buffer.from(await response.arrayBuffer());
    assert.equal(bytes.subarray(1, 4).toString(), "PNG");
  }
});

testCase("predictions_list", async () => {
  const made = await replicate.predictions.create({ model: "emulator/text", input: text });
  const page = await replicate.predictions.list();
  assert.equal(page.results[0].id, made.id);
});

testCase("paginate", async () => {
  const made = new Set();
  for (let n = 0; n < 120; n += 1) {
    const input = { prompt: `${n}`, max_tokens: 1 };
    made.add((await replicate.predictions.create({ model: "emulator/text", input })).id);
  }
  let pages = 0;
  const seen = [];
  for await (const page of replicate.paginate(replicate.predictions.list)) {
    pages += 1;
    seen.push(...page.map((prediction) => prediction.id));
  }
  assert.ok(pages >= 2, `${pages} pages`);
  assert.equal(new Set(seen).size, seen.length);
  assert.ok([...made].every((id) => seen.includes(id)));
});

testCase("models", async () => {
  const model = await replicate.models.get("emulator", "image");
  assert.equal(model.name, "image");
  const page = await replicate.models.list();
  assert.ok(page.results.some((model) => model.owner === "replicate"));
  const made = await replicate.models.create("local", "mine-node", {
    visibility: "private",
    hardware: "cpu",
    description: "a model of ours",
  });
  assert.equal(made.visibility, "private");
  const got = await replicate.models.get("local", "mine-node");
  assert.equal(got.description, "a model of ours");
});

testCase("versions", async () => {
  const page = await replicate.models.versions.list("replicate", "hello-world");
  const [version] = page.results;
  const got = await replicate.models.versions.get("replicate", "hello-world", version.id);
  assert.equal(got.id, version.id);
  assert.ok(got.openapi_schema.components.schemas.Input.properties.text);
});

testCase("search", async () => {
  const page = await replicate.models.search("picture of circles");
  assert.equal(page.results[0].name, "image");
});

testCase("deployments", async () => {
  const version = await newest("emulator", "text");
  const made = await replicate.deployments.create({
    name: "deployed-node",
    model: "emulator/text",
    version,
    hardware: "cpu",
    min_instances: 0,
    max_instances: 1,
  });
  const { owner, name } = made;
  assert.equal(made.current_release.number, 1);
  const changed = await replicate.deployments.update(owner, name, { max_instances: 2 });
  assert.equal(changed.current_release.configuration.max_instances, 2);
  const got = await replicate.deployments.get(owner, name);
  assert.equal(got.current_release.number, 2);
  const all = await replicate.deployments.list();
  assert.ok(all.results.some((deployment) => deployment.name === name));
  const prediction = await replicate.deployments.predictions.create(owner, name, { input: text });
  const done = await replicate.wait(prediction, { interval: 20 });
  assert.deepEqual(done.output, words);
  assert.equal(await replicate.deployments.delete(owner, name), true);
});

testCase("trainings", async () => {
  const version = await newest("emulator", "text");
  await replicate.models.create("local", "trained-node", {
    visibility: "private",
    hardware: "cpu",
  });
  const options = {
    destination: "local/trained-node",
    input: { train_data: "data:text/plain,words" },
  };
  const made = await replicate.trainings.create("emulator", "text", version, options);
  const done = await until(
    () => replicate.trainings.get(made.id),
    (training) => training.status === "succeeded",
  );
  const output = await replicate.run(done.output.version, { input: text });
  assert.deepEqual(output, words);
  const all = await replicate.trainings.list();
  assert.ok(all.results.some((training) => training.id === made.id));
  const other = await replicate.trainings.create("emulator", "text", version, options);
  await replicate.trainings.cancel(other.id);
  assert.equal((await replicate.trainings.get(other.id)).status, "canceled");
});

testCase("collections", async () => {
  const page = await replicate.collections.list();
  const { slug } = page.results[0];
  const collection = await replicate.collections.get(slug);
  assert.ok(collection.models.length > 0);
});

testCase("hardware", async () => {
  const all = await replicate.hardware.list();
  assert.ok(all.some((hardware) => hardware.sku === "cpu" && hardware.name));
});

testCase("account", async () => {
  const account = await replicate.accounts.current();
  assert.equal(account.username, "local");
});

testCase("cancel", async () => {
  const input = { seconds: 60 };
  const made = await replicate.predictions.create({ model: "emulator/slow", input });
  await replicate.predictions.cancel(made.id);
  const got = await replicate.predictions.get(made.id);
  assert.equal(got.status, "canceled");
  assert.ok(got.completed_at);
});

testCase("cancel_run", async () => {
  const controller = new AbortController();
  let id;
  await replicate.run(
    "emulator/slow",
    {
      input: { seconds: 60 },
      wait: { mode: "poll", interval: 20 },
      signal: controller.signal,
    },
    (prediction) => {
      id = prediction.id;
      if (prediction.status === "processing") controller.abort();
    },
  ).catch((error) => assert.equal(error.name, "AbortError"));
  const got = await until(
    () => replicate.predictions.get(id),
    (prediction) => prediction.status !== "processing",
  );
  assert.equal(got.status, "canceled");
});

testCase("webhook", async () => {
  const secret = (await replicate.webhooks.default.secret.get()).key;
  const received = [];
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
    response.end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    const made = await replicate.predictions.create({
      model: "emulator/text",
      input: text,
      webhook: `http://127.0.0.1:${server.address().port}/hook`,
      webhook_events_filter: ["start", "completed"],
    });
    await until(
      () => received.map(({ body }) => JSON.parse(body).status),
      (statuses) => statuses.includes("succeeded"),
    );
    const last = received.at(-1);
    assert.equal(JSON.parse(last.body).id, made.id);
    for (const request of received) assert.equal(await validateWebhook(request, secret), true);
    const forged = { ...last, body: last.body.replace("succeeded", "failed") };
    assert.equal(await validateWebhook(forged, secret), false);
  } finally {
    server.close();
    server.closeAllConnections();
  }
});

testCase("failed", async () => {
  const input = { reason: "out of ink" };
  const error = await errorOf(replicate.run("emulator/fail", { input }));
  assert.match(error.message, /out of ink/);
});

testCase("invalid_input", async () => {
  const error = await errorOf(
    replicate.run("emulator/text", { input: { prompt: "a", max_tokens: "many" } }),
  );
  assert.equal(error.response.status, 422);
  assert.match(error.message, /max_tokens/);
});

testCase("bad_token", async () => {
  const unknown = new Replicate({ baseUrl, auth: "r8_unknown" });
  const error = await errorOf(unknown.accounts.current());
  assert.equal(error.response.status, 401);
});

testCase("not_found", async () => {
  const error = await errorOf(replicate.models.get("missing", "missing"));
  assert.equal(error.response.status, 404);
});

await runAll();
