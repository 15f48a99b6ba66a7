// Runs a model again and again with the official Node client, and writes a line for each run:
// its number, `result` or `error` or `hung`, and the output or the error's name, between tabs.
// Arguments: BASE RUNS AT_ONCE DEADLINE_MS
const Replicate = require("replicate");

const [base, runs, atOnce, deadline] = [
  process.argv[2],
  ...process.argv.slice(3).map(Number),
];
const replicate = new Replicate({ auth: "r8_chaos", baseUrl: `${base}/v1` });

function after(milliseconds, value) {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds, value).unref();
  });
}

async function run(number) {
  const running = replicate
    .run("acme/app:v1", {
      input: { run: number },
      wait: { mode: "poll", interval: 20 },
      signal: AbortSignal.timeout(deadline),
    })
    .then(
      (output) => `result\t${Array.isArray(output) ? output.join("") : output}`,
      (error) => `error\t${error.name}`,
    );
  return Promise.race([running, after(deadline + 1000, "hung\t")]);
}

let next = 0;
async function worker() {
  while (next < runs) {
    const number = next++;
    process.stdout.write(`${number}\t${await run(number)}\n`);
  }
}

Promise.all(Array.from({ length: atOnce }, worker)).then(() => process.exit(0));
