import { deepStrictEqual, match, strictEqual } from "node:assert";

import { type Down, type ExitReason, formatReason, Runtime } from "@rusm/otp";
import { BUILT_IN_PROFILES, type Preopen } from "../capability.ts";
import { LocalComponent } from "../component/testdata/run.ts";
import { Engine } from "../engine.ts";
import { WASI_P2 } from "./p2/mod.ts";

const COPY = fixture("copy");
const LEFTOVERS = fixture("leftovers");

function fixture(name: string): Uint8Array<ArrayBuffer> {
  return Deno.readFileSync(new URL(`testdata/${name}.wasm`, import.meta.url));
}

interface Run {
  readonly reason: ExitReason;
  readonly logs: readonly string[];
}

// In a Worker that may read and write no more than the preopens.
async function runCopy(preopens: readonly Preopen[]): Promise<Run> {
  const logs: string[] = [];
  const runtime = new Runtime();
  const engine = new Engine(runtime, {
    schedulersPerPool: 1,
    observer: {
      logged: (_pid, _name, level, text) => void logs.push(`${level} ${text}`),
    },
  });
  const capability = { ...BUILT_IN_PROFILES.get("sandboxed")!, preopens };
  const component = await engine.loadComponent("copy", COPY, capability);
  let reason: ExitReason | undefined;
  const watcher = runtime.spawn<Down>(async (self) => {
    self.monitor(engine.spawn(component, "run"));
    ({ reason } = await self.receive());
  });
  await watcher.join();
  await engine.close();
  return { reason: reason!, logs };
}

async function inDirectory(
  run: (host: string) => Promise<void>,
): Promise<void> {
  const host = Deno.realPathSync(Deno.makeTempDirSync());
  Deno.writeTextFileSync(`${host}/from`, "some text");
  try {
    await run(host);
  } finally {
    Deno.removeSync(host, { recursive: true });
  }
}

Deno.test("a command of WASI 0.2 copies a file, prints, sleeps and exits with a code", () =>
  inDirectory(async (host) => {
    const { reason, logs } = await runCopy([
      { host, guest: "/dir", readOnly: false },
    ]);
    // Its input is at its end, which it says by its code.
    deepStrictEqual(reason, { type: "exit", payload: { exitCode: 1 } });
    deepStrictEqual(logs, ["2 some text"]);
    strictEqual(Deno.readTextFileSync(`${host}/to`), "some text");
  }));

Deno.test("a command of WASI 0.2 changes nothing in a read-only preopen", () =>
  inDirectory(async (host) => {
    const { reason, logs } = await runCopy([
      { host, guest: "/dir", readOnly: true },
    ]);
    strictEqual(typeof reason === "object" && reason.type, "crashed");
    deepStrictEqual(logs, []);
    deepStrictEqual([...Deno.readDirSync(host)].map(({ name }) => name), [
      "from",
    ]);
  }));

Deno.test("a command of WASI 0.2 without a preopen opens nothing", () =>
  inDirectory(async () => {
    const { reason } = await runCopy([]);
    strictEqual(typeof reason === "object" && reason.type, "crashed");
  }));

Deno.test("a process can end with resources in hand, whatever their order", async () => {
  const component = await LocalComponent.load(LEFTOVERS, { hosts: WASI_P2 });
  strictEqual(await component.run("leave"), "normal");
  deepStrictEqual(component.logs, []);
});

Deno.test("a process that drops a stream before its pollable crashes", async () => {
  const component = await LocalComponent.load(LEFTOVERS, { hosts: WASI_P2 });
  const reason = await component.run("drop-early");
  match(
    formatReason(reason),
    /Cannot drop an input-stream before its pollables: 1/,
  );
});

// The sanitizers find the timeout, were it left.
Deno.test("a process that waits for a clock can be killed, and leaves no timer", async () => {
  const component = await LocalComponent.load(LEFTOVERS, { hosts: WASI_P2 });
  const { runtime, pool } = component;
  const process = component.spawn("wait");
  await new Promise((resolve) => setTimeout(resolve, 0));
  runtime.kill(process.pid);
  strictEqual(await process.join(), "killed");
  // The instance is given back when the guest has noticed.
  while (pool.idleCount === 0) {
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
});
