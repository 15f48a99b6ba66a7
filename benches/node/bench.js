// The official Node client. Arguments: CASE URL COUNT; prints one line of JSON.
import { createWriteStream, readFileSync, readFile } from "node:fs";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import Replicate from "replicate";

const [name, url, number] = process.argv.slice(2);
const count = Number(number);
const base = name === "pages" ? `${url}/pages-${count}` : `${url}/v1`;
const replicate = new Replicate({ auth: "r8_bench", baseUrl: base });
const input = { prompt: "an astronaut riding a horse", steps: 4, seed: 1 };

function stream(bytes, chunk) {
  return async () => {
    const model = `acme/stream-${count}-${bytes}-${chunk}`;
    let length = 0;
    for await (const event of replicate.stream(model, { input })) {
      if (event.event === "output") length += event.data.length;
    }
    if (length === 0) throw new Error("no text");
  };
}

function get(id) {
  return async () => {
    for (let i = 0; i < count; i++) await replicate.predictions.get(id);
  };
}

const delays = [];
const cases = {
  get: get("small"),
  "get-large": get("large"),
  run: async () => {
    for (let i = 0; i < count; i++) {
      await replicate.predictions.create({ model: "acme/now", input, wait: true });
    }
  },
  latency: async () => {
    for (let i = 0; i < count; i++) {
      const output = await replicate.run("acme/held-20", { input });
      delays.push((Date.now() * 1000 - Number(output)) / 1e6);
    }
  },
  stream: stream(5, 1024),
  "stream-64k": stream(5, 65536),
  "stream-100k": stream(100000, 65536),
  "stream-1b": stream(5, 1),
  upload: async () => {
    const content = await promisify(readFile)(process.env.BENCH_FILE);
    await replicate.files.create(new Blob([content]));
  },
  download: async () => {
    const response = await fetch(`${url}/bytes/${count}`);
    await pipeline(response.body, createWriteStream(process.env.BENCH_FILE));
  },
  pages: async () => {
    let items = 0;
    for await (const page of replicate.paginate(replicate.predictions.list)) items += page.length;
    if (items !== count * 100) throw new Error(`${items} items`);
  },
  many: async () => {
    const run = () => replicate.predictions.create({ model: "acme/held-3000", input, wait: true });
    await Promise.all(Array.from({ length: count }, run));
  },
};

function memory(key) {
  const status = readFileSync("/proc/self/status", "utf8");
  return Number(new RegExp(`${key}:\\s*(\\d+)`).exec(status)[1]);
}

if (name !== "pages") await replicate.predictions.get("small");
const before = memory("VmRSS");
const cpu = process.cpuUsage();
const wall = performance.now();
await cases[name]();
const used = process.cpuUsage(cpu);
const line = {
  wall: (performance.now() - wall) / 1000,
  cpu: (used.user + used.system) / 1e6,
  peak: memory("VmHWM"),
  growth: Math.max(0, memory("VmHWM") - before),
  delays,
};
process.stdout.write(`${JSON.stringify(line)}\n`, () => process.exit(0));
