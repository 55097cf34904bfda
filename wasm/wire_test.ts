import { strictEqual } from "node:assert";
import { type MonitorRef, Pid, type Signal } from "@rusm/otp";

import { isSignal } from "./wire.ts";

const to = new Pid(0, 1, 0);
const ref = 0 as MonitorRef;

const SIGNALS: Signal[] = [
  { type: "message", to, message: "" },
  { type: "exit", to, from: undefined, via: "exit", reason: "normal" },
  { type: "link", to, from: to },
  { type: "unlink", to, from: to, id: 0 },
  { type: "unlinked", to, from: to, id: 0 },
  { type: "monitor", to, watcher: to, ref },
  { type: "demonitor", to, ref },
  { type: "down", to, down: { type: "down", ref, pid: to, reason: "normal" } },
];

for (const signal of SIGNALS) {
  Deno.test(`isSignal() of ${signal.type} is true`, () => {
    strictEqual(isSignal(signal), true);
  });
}

const OTHERS: Parameters<typeof isSignal>[0][] = [
  { type: "spawn", pid: to, component: 0, start: { entry: "run" } },
  { type: "left", scheduler: 1, reason: "shutdown" },
  { type: "ping" },
  { type: "unload", component: 7 },
  { type: "ready" },
  { type: "refused", to },
  { type: "exited", pid: to, component: 0, reason: "normal" },
  { type: "log", pid: to, component: 0, level: 2, text: "" },
  { type: "pong" },
];

for (const other of OTHERS) {
  Deno.test(`isSignal() of ${other.type} is false`, () => {
    strictEqual(isSignal(other), false);
  });
}
