// Makes each call of the list once. The token is the call's name, so that the recording server can
// assign each request to its call.

import Replicate from "replicate";

const baseUrl = `${process.env.REPLICATE_BASE_URL}/v1`;
const version = "5c7d5dc6dd8bf75c1acaa8565735e7986bc5b66206b55cca93cb72c9bf15ccaa";
const input = { prompt: "Once upon a time", number: 1.5, list: [1, "two", null], text: "Ünïcode ☃" };
const hook = {
  webhook: "https://example.com/hook?x=1",
  webhook_events_filter: ["start", "completed"],
};
const model = { visibility: "private", hardware: "cpu", description: "a model of ours" };
const deployment = {
  name: "mine",
  model: "acme/app",
  version,
  hardware: "cpu",
  min_instances: 0,
  max_instances: 1,
};

const calls = {
  run_model: (r) => r.run("acme/app", { input }),
  run_version: (r) => r.run(`acme/app:${version}`, { input }),
  run_wait_10: (r) => r.run("acme/app", { input, wait: { mode: "block", timeout: 10 } }),
  run_polling: (r) => r.run("acme/app", { input, wait: { mode: "poll" } }),
  run_webhook: (r) => r.run("acme/app", { input, ...hook }),
  stream: async (r) => {
    for await (const _ of r.stream("acme/app", { input }));
  },
  create_by_version: (r) => r.predictions.create({ version, input, ...hook, stream: true }),
  create_by_model: (r) => r.predictions.create({ model: "acme/app", input, ...hook, stream: true }),
  create_by_deployment: (r) =>
    r.deployments.predictions.create("acme", "mine", { input, ...hook, stream: true }),
  create_wait_5: (r) => r.predictions.create({ version, input, wait: 5 }),
  create_with_file: (r) =>
    r.predictions.create({
      version,
      input: { file: new File(["some words"], "words.txt", { type: "text/plain" }) },
    }),
  predictions_get: (r) => r.predictions.get("p1"),
  predictions_cancel: (r) => r.predictions.cancel("p1"),
  predictions_list: (r) => r.predictions.list(),
  predictions_list_filtered: (r) =>
    r.request("/predictions", {
      params: {
        created_after: "2025-01-01T00:00:00Z",
        created_before: "2025-02-01T00:00:00Z",
        source: "web",
      },
    }),
  paginate: async (r) => {
    for await (const _ of r.paginate(r.predictions.list));
  },
  models_get: (r) => r.models.get("acme", "app"),
  models_list: (r) => r.models.list(),
  models_list_sorted: (r) =>
    r.request("/models", { params: { sort_by: "model_created_at", sort_direction: "asc" } }),
  models_create: (r) => r.models.create("acme", "new", model),
  models_search: (r) => r.models.search("red \"bicycle\" ☃"),
  versions_list: (r) => r.models.versions.list("acme", "app"),
  versions_get: (r) => r.models.versions.get("acme", "app", version),
  deployments_create: (r) => r.deployments.create(deployment),
  deployments_update: (r) => r.deployments.update("acme", "mine", { max_instances: 2 }),
  deployments_get: (r) => r.deployments.get("acme", "mine"),
  deployments_list: (r) => r.deployments.list(),
  deployments_delete: (r) => r.deployments.delete("acme", "mine"),
  trainings_create: (r) =>
    r.trainings.create("acme", "app", version, {
      destination: "acme/trained",
      input: { train_data: "https://example.com/data.zip" },
      ...hook,
    }),
  trainings_get: (r) => r.trainings.get("t1"),
  trainings_cancel: (r) => r.trainings.cancel("t1"),
  trainings_list: (r) => r.trainings.list(),
  files_create: (r) =>
    r.files.create(new File(["some words"], "words.txt", { type: "text/plain" }), { purpose: "test" }),
  files_get: (r) => r.files.get("f1"),
  files_list: (r) => r.files.list(),
  files_delete: (r) => r.files.delete("f1"),
  collections_list: (r) => r.collections.list(),
  collections_get: (r) => r.collections.get("official"),
  hardware_list: (r) => r.hardware.list(),
  account_get: (r) => r.accounts.current(),
  webhooks_secret: (r) => r.webhooks.default.secret.get(),
  raw_request: (r) => r.request("/search", { params: { query: "red bicycle", limit: 3 } }),
};

for (const [name, call] of Object.entries(calls)) {
  let line = { case: name, ok: true };
  try {
    await call(new Replicate({ baseUrl, auth: name }));
  } catch (error) {
    line = { case: name, ok: false, error: String(error?.message ?? error) };
  }
  console.log(JSON.stringify(line));
}
