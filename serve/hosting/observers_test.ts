import { deepStrictEqual, strictEqual } from "node:assert";
import { Pid } from "@rusm/otp";
import { BUILT_IN_PROFILES, type Component } from "@rusm/wasm";
import { createLog, type Log, type LogLevel } from "../log.ts";
import {
  engineObserver,
  type Informed,
  supervisionObserver,
} from "./observers.ts";

const COMPONENT: Component = {
  name: "api",
  capability: BUILT_IN_PROFILES.get("sandboxed")!,
  isHandler: false,
};
const OWN = new Pid(0, 1, 1);
const OTHER = new Pid(0, 1, 2);
// Nothing is a bundle here.
const sourceMaps: Informed["sourceMaps"] = {
  locate: (_component, text) => text,
  locateReason: (_component, reason) => reason,
};
const CRASH = { type: "crashed", name: "Error", message: "boom" } as const;

/** A log, and what it has written, without times and who speaks. */
function logOf(level: LogLevel): { log: Log; lines: string[] } {
  const lines: string[] = [];
  const sink = (text: string) => void lines.push(text.slice(24).trimEnd());
  return { log: createLog({ level, sink }), lines };
}

/** What is written at a level of one that starts, crashes, is ended by a link, and ends well. */
// deno-fmt-ignore
const LIVES: readonly (readonly [LogLevel, readonly string[]])[] = [
  ["off",   []],
  ["error", ["exit   api#0.1.2 crashed: Error: boom"]],
  ["warn",  ["exit   api#0.1.2 crashed: Error: boom",
             "exit   api#0.1.2 crashed: Error: boom by link to #0.1.1"]],
  ["info",  ["exit   api#0.1.2 crashed: Error: boom",
             "exit   api#0.1.2 crashed: Error: boom by link to #0.1.1",
             "exit   api#0.1.1 normal"]],
  ["debug", ["spawn  api#0.1.2 sandboxed mem=64M",
             "exit   api#0.1.2 crashed: Error: boom",
             "exit   api#0.1.2 crashed: Error: boom by link to #0.1.1",
             "exit   api#0.1.1 normal",
             "exit   api#0.1.2 normal"]],
];

for (const [level, expected] of LIVES) {
  Deno.test(`engineObserver() at ${level} tells of lives`, () => {
    const { log, lines } = logOf(level);
    const observer = engineObserver(log, {
      isOwn: (pid) => pid.equals(OWN),
      census: undefined,
      sourceMaps,
    });
    observer.spawned?.(OTHER, COMPONENT);
    observer.exited!(OTHER, "api", CRASH);
    observer.exited!(OTHER, "api", CRASH, OWN);
    observer.exited!(OWN, "api", "normal");
    observer.exited!(OTHER, "api", "normal");
    deepStrictEqual(lines, expected);
  });
}

Deno.test("engineObserver() is not told of spawns when nobody wants to know", () => {
  const { log } = logOf("warn");
  const isOwn = () => false;
  const { spawned } = engineObserver(log, {
    isOwn,
    census: undefined,
    sourceMaps,
  });
  strictEqual(spawned, undefined);
});

Deno.test("engineObserver() has all counted, whoever started them", () => {
  const { log, lines } = logOf("off");
  const counted: string[] = [];
  const census = {
    spawned: (name: string) => void counted.push(`+${name}`),
    exited: (name: string) => void counted.push(`-${name}`),
  };
  const observer = engineObserver(log, {
    ...{ isOwn: () => false, census, sourceMaps },
  });
  observer.spawned!(OTHER, COMPONENT);
  observer.exited!(OTHER, "api", "normal");
  deepStrictEqual(counted, ["+api", "-api"]);
  deepStrictEqual(lines, []);
});

Deno.test("engineObserver() has guests log at their levels", () => {
  const lines: string[] = [];
  const sink = (text: string) => void lines.push(text.slice(9).trimEnd());
  const log = createLog({ level: "debug", sink });
  const observer = engineObserver(log, {
    isOwn: () => false,
    census: undefined,
    sourceMaps,
  });
  for (const level of [0, 1, 2, 3, 9]) {
    observer.logged!(OTHER, "api", level, "text");
  }
  observer.logged!(undefined, "api", 1, "text");
  deepStrictEqual(lines, [
    "api#0.1.2      error  text",
    "api#0.1.2      warn   text",
    "api#0.1.2      info   text",
    "api#0.1.2      debug  text",
    "api#0.1.2      info   text",
    "api#load       warn   text",
  ]);
});

Deno.test("engineObserver() tells what was lost", () => {
  const { log, lines } = logOf("warn");
  const observer = engineObserver(log, {
    isOwn: () => false,
    census: undefined,
    sourceMaps,
  });
  observer.refused!(OTHER);
  observer.schedulerLost!(3, "it was silent");
  deepStrictEqual(lines, [
    `warn   Cannot copy a message to another scheduler: for ${OTHER}`,
    "error  Lost scheduler 3: it was silent",
  ]);
});

Deno.test("supervisionObserver() tells restarts from giving up", () => {
  const { log, lines } = logOf("warn");
  const observer = supervisionObserver(log);
  const restart = {
    ...{ supervisor: OWN, child: "clock", reason: CRASH, waitMs: 0 },
    ...{ count: 3, countMax: 3 },
  };
  observer.restarted!({ ...restart, isGivenUp: false });
  observer.restarted!({ ...restart, isGivenUp: true });
  deepStrictEqual(lines, [
    "restart clock 3 of 3 crashed: Error: boom",
    "gaveup clock: crashed: Error: boom",
  ]);
});
