import { match, strictEqual } from "node:assert";
import { main } from "./command_line.ts";
import type { Io } from "./io.ts";
import type { StopSignal } from "./process/stop.ts";
import { record, withDirectory } from "./testdata/recorder.ts";

const MANIFEST = `[log]
level = "off"

[[serve]]
protocol = "http"
listen = "192.0.2.1:80"
component = "clock"

[components.clock]
resident = true

[components.worker]
`;
const WAITS = "exports.default = () => new Promise((r) => setTimeout(r, 1e9));";
const THROWS = "exports.default = () => { throw new Error('boom'); };";

/** Requests a stop as soon as the app is there. */
const STOPPED: Partial<Io> = {
  listenForStop() {
    const signals: StopSignal[] = ["SIGTERM"];
    return {
      next: () =>
        new Promise((resolve) => {
          const signal = signals.pop();
          if (signal !== undefined) resolve(signal);
        }),
      close: () => {},
    };
  },
};

Deno.test("run says what the app hosts, opens no listener, and stops when asked to", async () => {
  const files = {
    "rusm.toml": MANIFEST,
    "wasm/clock.js": WAITS,
    "wasm/worker.js": WAITS,
  };
  await withDirectory(files, async (app) => {
    const { io, stdout, stderr } = record(app, STOPPED);
    strictEqual(await main(["run"], io), 0);
    strictEqual(stderr(), "");
    match(
      stdout(),
      /^hosting 2 components:\n {2}clock {12}resident {2}script sandboxed mem=64M #0\.\d+\.\d+\n {2}worker {11}on demand script sandboxed mem=64M\nstop: .*\nstopping\nstopped: 1 process started, 1 alive when stopping\n$/,
    );
  });
});

Deno.test("run answers 1 and says why when a resident crashes for ever", async () => {
  const files = {
    "rusm.toml": MANIFEST,
    "wasm/clock.js": THROWS,
    "wasm/worker.js": WAITS,
  };
  await withDirectory(files, async (app) => {
    const { io, stdout, stderr } = record(app);
    strictEqual(await main(["run"], io), 1);
    match(stdout(), /\nstopping\nstopped: 4 processes started, 0 alive/);
    strictEqual(
      stderr(),
      'run failed: Gave up on component "clock", which ended too often: crashed: Error: boom\n',
    );
  });
});

Deno.test("run fails when an artifact is missing", async () => {
  await withDirectory({ "rusm.toml": MANIFEST }, async (app) => {
    const { io, stderr } = record(app, STOPPED);
    strictEqual(await main(["run"], io), 1);
    match(
      stderr(),
      /^run failed: rusm\.toml:9:1: .*: wasm\/clock\.js or \.wasm\nBuild it with `rusm build`\.\n$/,
    );
  });
});

Deno.test("run has nothing to do when there is no manifest", async () => {
  await withDirectory({}, async (app) => {
    const { io, stdout } = record(app, STOPPED);
    strictEqual(await main(["run"], io), 0);
    strictEqual(stdout(), `nothing to run: no rusm.toml in ${app}\n`);
  });
});

Deno.test("run has nothing to do when there are no components", async () => {
  await withDirectory({ "app/rusm.toml": "" }, async (directory) => {
    const { io, stdout } = record(directory, STOPPED);
    strictEqual(await main(["run", "--config", "app/rusm.toml"], io), 0);
    strictEqual(
      stdout(),
      "nothing to run: no [components.NAME] in app/rusm.toml\n",
    );
  });
});
