/**
 * Spawns processes of many different codes, one after the other, and prints
 * what is held after each step. Needs `--expose-gc`.
 *
 * Arguments: the kind of the code, how many of it make a step, and how many
 * steps there are.
 *
 * @module
 */

import { deepStrictEqual } from "node:assert";
import { Runtime } from "@rusm/otp";
import { MemoryStore } from "../../actor/testdata/memory_store.ts";
import { BUILT_IN_PROFILES } from "../../capability.ts";
import { componentOf } from "../../component/testdata/source.ts";
import { Engine } from "../../engine.ts";
import { assemble } from "../../testdata/wat.ts";
import type { TemplateKind } from "../template.ts";

/** What is held after a step, as one line of JSON. */
export interface Held {
  /** Bytes of the heap of the main thread. */
  readonly heapBytes: number;
  /** Bytes of memory of all threads. */
  readonly rssBytes: number;
  /** Files, sockets and pipes. */
  readonly fileCount: number;
  /** Maps of memory. */
  readonly mapCount: number;
}

const MODULE = '(module (memory 1) (func (export "run")))';

const CODES: Record<string, [TemplateKind, () => Promise<Uint8Array>]> = {
  js: ["js", () => Promise.resolve(encode("exports.default = () => {};//"))],
  module: ["wasm", () => assemble(MODULE)],
  component: [
    "wasm",
    () => componentOf({ main: '(memory 1) (func (export "run"))' }),
  ],
};

const [what = "js", step = "100", steps = "3"] = Deno.args;
const [kind, code] = CODES[what]!;
const runtime = new Runtime();
const store = new MemoryStore();
const bytes = await code();
const engine = new Engine(runtime, { schedulersPerPool: 2, store });
const [capability, trusted] = ["sandboxed", "trusted"].map((name) =>
  BUILT_IN_PROFILES.get(name)!
);
await engine.registerTemplate({ name: "x", kind, capability: capability! });
const spawner = await engine.load(
  "spawner",
  `exports.default = () => {
    const to = BigInt(Process.receiveText());
    for (;;) {
      Process.monitor(Process.spawnFrom("x", "kv:b/" + Process.receiveText()));
      Process.send(to, JSON.parse(Process.receiveText()).reason);
    }
  };`,
  trusted!,
);

const main = runtime.spawn<Uint8Array>(async (self) => {
  const pid = engine.spawn(spawner, "run");
  runtime.send(pid, `${self.pid.toBigInt()}`);
  for (let at = 0, key = 0; at < Number(steps); at++) {
    for (let count = 0; count < Number(step); count++, key++) {
      await store.set("b", `${key}`, withSection(bytes, `n${key}`));
      runtime.send(pid, `${key}`);
      const reason = new TextDecoder().decode(await self.receive());
      deepStrictEqual(["normal", "noproc"].includes(reason), true, reason);
      await store.delete("b", `${key}`);
    }
    console.log(JSON.stringify(await held()));
  }
});
deepStrictEqual(await main.join(), "normal");
await engine.close();

// A custom section makes other code of the same.
function withSection(bytes: Uint8Array, name: string): Uint8Array {
  if (kind === "js") return new Uint8Array([...bytes, ...encode(name)]);
  const length = name.length + 1;
  return new Uint8Array([...bytes, 0, length, name.length, ...encode(name)]);
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

async function held(): Promise<Held> {
  // A WeakRef keeps what it gave until the turn is over.
  await new Promise((resolve) => setTimeout(resolve, 0));
  (globalThis as unknown as { gc(): void }).gc();
  const maps = await Deno.readTextFile("/proc/self/maps");
  return {
    heapBytes: Deno.memoryUsage().heapUsed,
    rssBytes: Deno.memoryUsage().rss,
    fileCount: [...Deno.readDirSync("/proc/self/fd")].length,
    mapCount: maps.split("\n").length,
  };
}
