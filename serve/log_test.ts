import { deepStrictEqual, strictEqual } from "node:assert";
import { BUILT_IN_PROFILES, defineProfile } from "@rusm/wasm";
import {
  createLog,
  type LifecycleEvent,
  type LineLevel,
  type Log,
  LOG_LEVELS,
  type LogLevel,
} from "./log.ts";

// What `write` puts into a log of `level`: lines without their time.
function linesOf(level: LogLevel, write: (log: Log) => void): string[] {
  const lines: string[] = [];
  write(createLog({
    level,
    sink: (text) => lines.push(text.replace(/^00:00:07 /, "").trimEnd()),
    now: () => 7_000,
  }));
  return lines;
}

const LEVELS = ["error", "warn", "info", "debug"] as const;

for (const level of LOG_LEVELS) {
  const allowed = LEVELS.slice(0, LOG_LEVELS.indexOf(level));

  Deno.test(`createLog() at ${level} writes ${allowed.join(", ") || "nothing"}`, () => {
    const lines = linesOf(level, (log) => {
      for (const lineLevel of LEVELS) log[lineLevel]("text");
    });
    const expected = allowed.map((lineLevel) =>
      `rusm           ${lineLevel.padEnd(6)} text`
    );
    deepStrictEqual(lines, expected);
  });

  Deno.test(`createLog() at ${level} filters guests alike`, () => {
    const lines = linesOf(level, (log) => {
      for (const lineLevel of LEVELS) log.guest("api", 1, lineLevel, "text");
    });
    strictEqual(lines.length, allowed.length);
  });

  Deno.test(`Log.allows() at ${level} agrees with what is written`, () => {
    const log = createLog({ level, sink: () => {} });
    strictEqual(log.level, level);
    deepStrictEqual(
      LEVELS.filter((lineLevel) => log.allows(lineLevel)),
      allowed,
    );
  });
}

// deno-fmt-ignore
const EVENTS: readonly (readonly [LifecycleEvent, LineLevel, string])[] = [
  [{ type: "spawn", component: "a-long-component", pid: 12n, capability: profile("sandboxed") },
    "debug", "spawn  a-long-component#12 sandboxed mem=64M"],
  [{ type: "exit", component: "api", pid: 12, reason: "normal" },
    "info", "exit   api#12 normal"],
  [{ type: "exit", component: "api", pid: 12, reason: "shutdown" },
    "info", "exit   api#12 shutdown"],
  [{ type: "exit", component: "api", pid: "<0.1.2>", reason: "killed" },
    "warn", "exit   api#<0.1.2> killed"],
  [{ type: "exit", component: "api", pid: 12, reason: "noproc" },
    "warn", "exit   api#12 noproc"],
  [{ type: "exit", component: "api", pid: 12, reason: { type: "limit", limit: "cpu", message: "Too long" } },
    "error", "exit   api#12 limit cpu: Too long"],
  [{ type: "exit", component: "api", pid: 12, reason: { type: "crashed", name: "E", message: "no", stack: "at f\n" } },
    "error", `exit   api#12 crashed: E: no\n${" ".repeat(31)}at f`],
];

for (const [event, level, text] of EVENTS) {
  Deno.test(`Log.lifecycle() writes at ${level}: ${text.split("\n")[0]}`, () => {
    const above = LOG_LEVELS[LOG_LEVELS.indexOf(level) - 1] ?? "off";
    deepStrictEqual(
      linesOf(level, (log) => log.lifecycle(event)),
      [`rusm           ${text}`],
    );
    deepStrictEqual(linesOf(above, (log) => log.lifecycle(event)), []);
  });
}

Deno.test("Log.guest() names the process in ten letters and its pid", () => {
  const lines = linesOf("debug", (log) => {
    log.guest("a-long-component", 12, "debug", "one\ntwo");
  });
  deepStrictEqual(lines, [
    `a-long-com#12  debug  one\n${" ".repeat(31)}two`,
  ]);
});

// deno-fmt-ignore
const STATUSES = [
  [200, "32"], [304, "32"], [404, "33"], [499, "33"], [500, "31"], [503, "31"],
] as const;

for (const [status, color] of STATUSES) {
  Deno.test(`Log.access() colours ${status}`, () => {
    const lines: string[] = [];
    const log = createLog({
      level: "info",
      isColored: true,
      sink: (text) => lines.push(text),
    });
    log.access("GET", "/a?b", status);
    strictEqual(
      lines[0]?.slice(lines[0].indexOf("GET")),
      `GET /a?b → \x1b[${color}m${status}\x1b[0m\n`,
    );
  });
}

Deno.test("Log.access() writes at info", () => {
  deepStrictEqual(linesOf("warn", (log) => log.access("GET", "/", 200)), []);
  deepStrictEqual(linesOf("info", (log) => log.access("GET", "/", 200)), [
    "rusm           http   GET / → 200",
  ]);
});

Deno.test("createLog() calls the sink once per line, with its line end", () => {
  const writes: string[] = [];
  const log = createLog({ level: "info", sink: (text) => writes.push(text) });
  log.info("one\ntwo");
  log.info("three");
  strictEqual(writes.length, 2);
  strictEqual(writes.every((text) => text.endsWith("\n")), true);
});

Deno.test("Log.lifecycle() sums up what a process may do", () => {
  const capability = defineProfile("all", {
    inherits: "trusted",
    env: ["A", "B"],
  });
  const event = { type: "spawn", component: "a", pid: 1, capability } as const;
  deepStrictEqual(linesOf("debug", (log) => log.lifecycle(event)), [
    "rusm           spawn  a#1 net spawn storage proc stdio env=2 mem=1024M",
  ]);
});

function profile(name: string): ReturnType<typeof defineProfile> {
  return BUILT_IN_PROFILES.get(name) ?? defineProfile(name, {});
}
