import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { type Down, type MonitorRef, Pid, type Signal } from "@rusm/otp";
import fc from "fast-check";

import {
  type Command,
  frameOf,
  isSignal,
  pidOf,
  pidParts,
  type Report,
  signalOf,
} from "./wire.ts";

// Records as the code makes them.
const NAMED = { noNullPrototype: true };

const pid = fc.tuple(
  fc.nat(1_023),
  fc.nat(255),
  fc.nat(2 ** 46 - 1),
  fc.oneof(fc.constant(0), fc.maxSafeNat()),
).map((parts) => new Pid(...parts));

const ref = fc.nat().map((number) => number as MonitorRef);

const text = fc.string();

const reason = fc.oneof(
  fc.constantFrom("normal", "shutdown", "kill", "killed", "noproc"),
  fc.record({
    type: fc.constant("crashed" as const),
    name: text,
    message: text,
    stack: text,
  }, NAMED),
  fc.record({
    type: fc.constant("limit" as const),
    limit: fc.constantFrom("cpu", "memory", "system"),
    message: text,
  }, NAMED),
  fc.record(
    { type: fc.constant("exit" as const), payload: fc.jsonValue() },
    NAMED,
  ),
) as fc.Arbitrary<Down["reason"]>;

const message = fc.oneof(
  fc.uint8Array(),
  fc.string({ unit: "binary" }),
  fc.jsonValue(),
  fc.constantFrom(undefined, null, NaN, -0, 5n),
);

const signal: fc.Arbitrary<Signal> = fc.oneof(
  fc.record({ type: fc.constant("message" as const), to: pid, message }, NAMED),
  fc.record({
    type: fc.constant("exit" as const),
    to: pid,
    from: fc.option(pid, { nil: undefined }),
    via: fc.constantFrom("exit" as const, "link" as const),
    reason,
  }, NAMED),
  fc.record({
    type: fc.constant("message" as const),
    to: pid,
    message,
    options: fc.constant({ metadata: { claims: ["a"] }, priority: true }),
  }, NAMED),
  fc.record({ type: fc.constant("link" as const), to: pid, from: pid }, NAMED),
  fc.record({
    type: fc.constantFrom("unlink" as const, "unlinked" as const),
    to: pid,
    from: pid,
    id: fc.nat(),
  }, NAMED),
  fc.record(
    { type: fc.constant("monitor" as const), to: pid, watcher: pid, ref },
    NAMED,
  ),
  fc.record({ type: fc.constant("demonitor" as const), to: pid, ref }, NAMED),
  fc.record({
    type: fc.constant("down" as const),
    to: pid,
    down: fc.record(
      { type: fc.constant("down" as const), pid, ref, reason },
      NAMED,
    ),
  }, NAMED),
);

Deno.test("signalOf() undoes frameOf() after a crossing", () => {
  fc.assert(fc.property(signal, (sent) => {
    const frame = structuredClone(frameOf(sent));
    ok(isSignal(frame));
    deepStrictEqual(signalOf(frame), sent);
  }));
});

Deno.test("pidOf() undoes pidParts()", () => {
  fc.assert(fc.property(pid, (named) => {
    ok(pidOf(structuredClone(pidParts(named))).equals(named));
  }));
});

const NO_SIGNALS = [
  { type: "start", node: 0, scheduler: 1 },
  { type: "spawn", pid: [0, 1, 0], component: 0, start: { entry: "run" } },
  { type: "ping" },
  { type: "ready" },
  { type: "exited", pid: [0, 1, 0], component: 0, reason: "normal" },
  { type: "log", pid: [0, 1, 0], component: 0, level: 2, text: "" },
  { type: "pong" },
] as const satisfies readonly (Command | Report)[];

for (const frame of NO_SIGNALS) {
  Deno.test(`isSignal() of ${frame.type} is false`, () => {
    strictEqual(isSignal(frame), false);
  });
}
