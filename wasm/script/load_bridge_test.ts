import { deepStrictEqual, rejects, strictEqual, throws } from "node:assert";

import { MEBIBYTE, STACK_BYTES_MAX } from "../limits.ts";
import { LoadBridge } from "./load_bridge.ts";
import { OPS } from "./ops.ts";
import { quickjs } from "./quickjs.ts";
import { GuestThrew } from "./guest_error.ts";
import { Vm } from "./vm.ts";

Deno.test("LoadBridge ends a component that takes too long, which cannot catch it", async () => {
  const bridge = new LoadBridge("slow", 20, () => {});
  const vm = new Vm(await quickjs(8 * MEBIBYTE), bridge);
  vm.initialize(6 * MEBIBYTE, STACK_BYTES_MAX);
  await rejects(
    vm.evaluate("for (;;) { try { for (;;); } catch {} }", "slow.js"),
    new GuestThrew({
      name: "TimeoutError",
      message: "Used more than 20 ms to load",
      stack: "",
    }),
  );
});

Deno.test("LoadBridge logs, makes random bytes, and does what is pure", () => {
  const logs: [number, string][] = [];
  const bridge = new LoadBridge("c", 1e6, (...entry) => logs.push(entry));
  bridge.call(OPS.log, [1, "text"]);
  deepStrictEqual(logs, [[1, "text"]]);
  strictEqual((bridge.call(OPS.randomBytes, [9]) as Uint8Array).length, 9);
  strictEqual(bridge.call(OPS.encodingName, ["UTF8"]), "utf-8");
  strictEqual(bridge.interrupt(), false);
});

const REFUSED = Object.entries(OPS).filter(([name]) =>
  /^(timer|fetch|env|file|self|send|receive|reply|done|fail)/.test(name)
);

for (const [name, op] of [...REFUSED, ["99", 99] as const]) {
  Deno.test(`LoadBridge refuses ${name}`, () => {
    throws(() => new LoadBridge("c", 1e6, () => {}).call(op, []), {
      name: "TypeError",
      message:
        `Cannot do this while a component loads, only in its functions: ${name} in c`,
    });
  });
}
