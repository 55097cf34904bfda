import { deepStrictEqual, strictEqual } from "node:assert";
import { BUILT_IN_PROFILES, defineProfile } from "@rusm/wasm";
import { LOG_TEXT_CHARS_MAX } from "./limits.ts";
import { formatJson } from "./log_json.ts";
import { formatLine } from "./log_line.ts";
import { levelOf, type LogRecord } from "./log_record.ts";
import { wordLine } from "./log_text.ts";

const AT_MS = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const GOES_ON = `\n${" ".repeat(29)}| `;

const SANDBOXED = BUILT_IN_PROFILES.get("sandboxed")!;
const ALL = defineProfile("all", { inherits: "trusted", env: ["A", "B"] });

const CRASH = { type: "crashed", name: "E", message: "no" } as const;
const STACKED = { ...CRASH, stack: "E: no\n  at f\n" };
const LIMIT = { type: "limit", limit: "cpu", message: "Too long" } as const;
const PAYLOAD = { type: "exit", payload: { code: 7 } } as const;

/** What is told, its level, its text behind the time, and its fields behind the level. */
type Row = readonly [LogRecord, string, string, Record<string, unknown>];

// deno-fmt-ignore
const ROWS: readonly Row[] = [
  [{ type: "node", level: "warn", text: "a\nb" }, "warn",
    `rusm           warn   a${GOES_ON}b`,
    { kind: "node", text: "a\nb" }],
  [{ type: "guest", component: "a-long-component", pid: 12, level: "debug", text: "one\ntwo" }, "debug",
    `a-long-com#12  debug  one${GOES_ON}two`,
    { kind: "guest", component: "a-long-component", pid: "12", text: "one\ntwo" }],
  [{ type: "spawn", component: "a-long-component", pid: 12n, capability: SANDBOXED }, "debug",
    "rusm           spawn  a-long-component#12 sandboxed mem=64M",
    { kind: "spawn", component: "a-long-component", pid: "12", grants: "sandboxed mem=64M" }],
  [{ type: "spawn", component: "a", pid: 1, capability: ALL }, "debug",
    "rusm           spawn  a#1 net spawn storage proc stdio env=2 mem=1024M",
    { kind: "spawn", component: "a", pid: "1", grants: "net spawn storage proc stdio env=2 mem=1024M" }],
  [{ type: "exit", component: "api", pid: 12, reason: "normal" }, "info",
    "rusm           exit   api#12 normal",
    { kind: "exit", component: "api", pid: "12", reason: "normal" }],
  [{ type: "exit", component: "api", pid: 12, reason: "shutdown" }, "info",
    "rusm           exit   api#12 shutdown",
    { kind: "exit", component: "api", pid: "12", reason: "shutdown" }],
  [{ type: "exit", component: "api", pid: "<0.1.2>", reason: "killed" }, "warn",
    "rusm           exit   api#<0.1.2> killed",
    { kind: "exit", component: "api", pid: "<0.1.2>", reason: "killed" }],
  [{ type: "exit", component: "api", pid: 12, reason: "noproc" }, "warn",
    "rusm           exit   api#12 noproc",
    { kind: "exit", component: "api", pid: "12", reason: "noproc" }],
  [{ type: "exit", component: "api", pid: 12, reason: LIMIT }, "error",
    "rusm           exit   api#12 limit cpu: Too long",
    { kind: "exit", component: "api", pid: "12", reason: "limit", limit: "cpu", message: "Too long" }],
  [{ type: "exit", component: "api", pid: 12, reason: PAYLOAD }, "error",
    'rusm           exit   api#12 exit: {"code":7}',
    { kind: "exit", component: "api", pid: "12", reason: "exit", message: 'exit: {"code":7}' }],
  [{ type: "exit", component: "api", pid: 12, reason: CRASH }, "error",
    "rusm           exit   api#12 crashed: E: no",
    { kind: "exit", component: "api", pid: "12", reason: "crashed", name: "E", message: "no" }],
  [{ type: "exit", component: "api", pid: 12, reason: STACKED }, "error",
    `rusm           exit   api#12 crashed: E: no${GOES_ON}E: no${GOES_ON}  at f`,
    { kind: "exit", component: "api", pid: "12", reason: "crashed", name: "E", message: "no", stack: "E: no\n  at f\n" }],
  [{ type: "exit", component: "api", pid: 12, reason: STACKED, linkedTo: "0.1.3" }, "warn",
    "rusm           exit   api#12 crashed: E: no by link to #0.1.3",
    { kind: "exit", component: "api", pid: "12", reason: "crashed", name: "E", message: "no", stack: "E: no\n  at f\n", linked_to: "0.1.3" }],
  [{ type: "exit", component: "api", pid: 12, reason: "shutdown", linkedTo: 3 }, "info",
    "rusm           exit   api#12 shutdown by link to #3",
    { kind: "exit", component: "api", pid: "12", reason: "shutdown", linked_to: "3" }],
  [{ type: "restart", child: "clock", supervisor: "0.0.1", reason: CRASH, count: 2, countMax: 3, waitMs: 0 }, "warn",
    "rusm           restart clock 2 of 3 crashed: E: no",
    { kind: "restart", component: "clock", supervisor: "0.0.1", reason: "crashed", name: "E", message: "no", count: 2, count_max: 3, wait_ms: 0 }],
  [{ type: "restart", child: "clock", supervisor: "0.0.1", reason: "normal", count: 0, countMax: Infinity, waitMs: 40.26 }, "warn",
    "rusm           restart clock in 40 ms normal",
    { kind: "restart", component: "clock", supervisor: "0.0.1", reason: "normal", wait_ms: 40.26 }],
  [{ type: "gaveUp", child: "clock", supervisor: "0.0.1", reason: CRASH }, "error",
    "rusm           gaveup clock: crashed: E: no",
    { kind: "gave_up", component: "clock", supervisor: "0.0.1", reason: "crashed", name: "E", message: "no" }],
  [{ type: "census", components: new Map([["api", 2], ["__proto__", 1]]), tags: new Map([["room", 2]]) }, "info",
    "rusm           census api=2 __proto__=1 room=2",
    { kind: "census", components: JSON.parse('{"api":2,"__proto__":1}'), tags: { room: 2 } }],
  [{ type: "census", components: new Map(), tags: new Map() }, "info",
    "rusm           census (none)",
    { kind: "census", components: {}, tags: {} }],
  [{ type: "listen", url: "http://127.0.0.1:80", label: "api" }, "info",
    "rusm           listen http://127.0.0.1:80 api",
    { kind: "listen", url: "http://127.0.0.1:80", label: "api" }],
  [{ type: "store", path: "/app/data.db" }, "info",
    "rusm           store  /app/data.db",
    { kind: "store", path: "/app/data.db" }],
  [{ type: "http", method: "GET", path: "/a?b", status: 200 }, "info",
    "rusm           http   GET /a?b → 200",
    { kind: "http", method: "GET", path: "/a?b", status: 200 }],
  [{ type: "sse", method: "GET", path: "/", status: 200, component: "api", durationMs: 12.3456 }, "info",
    "rusm           sse    GET / → 200 12ms api",
    { kind: "sse", method: "GET", path: "/", status: 200, component: "api", duration_ms: 12.346 }],
  [{ type: "ws", method: "GET", path: "/", status: 101, durationMs: 1.26, bytes: 40, requestId: "r 1", component: "api", pid: "0.1.4", client: "::1" }, "info",
    "rusm           ws     GET / → 101 1.3ms 40B api#0.1.4 ::1 id=r 1",
    { kind: "ws", method: "GET", path: "/", status: 101, duration_ms: 1.26, bytes: 40, request_id: "r 1", component: "api", pid: "0.1.4", client: "::1" }],
];

for (const [record, level, text, fields] of ROWS) {
  const [line] = text.split("\n");

  Deno.test(`levelOf() of ${line} is ${level}`, () => {
    strictEqual(levelOf(record), level);
  });

  Deno.test(`wordLine() says ${line}`, () => {
    const shown = formatLine(wordLine(record, AT_MS), false);
    strictEqual(shown, `03:04:05 ${text}\n`);
  });

  Deno.test(`formatJson() of ${line} has its fields`, () => {
    const json = formatJson(record, AT_MS);
    deepStrictEqual(
      JSON.parse(json),
      { ts: "2026-01-02T03:04:05.678Z", level, ...fields },
    );
    strictEqual(json.indexOf("\n"), json.length - 1);
  });
}

// deno-fmt-ignore
const STATUSES = [
  [200, "32"], [304, "32"], [404, "33"], [499, "33"], [500, "31"], [503, "31"],
] as const;

for (const [status, color] of STATUSES) {
  Deno.test(`wordLine() colours ${status}`, () => {
    const access = {
      type: "http",
      method: "GET",
      path: "/a?b",
      status,
    } as const;
    const line = formatLine(wordLine(access, AT_MS), true);
    strictEqual(
      line.slice(line.indexOf("GET")),
      `GET /a?b → \x1b[${color}m${status}\x1b[0m\n`,
    );
  });
}

Deno.test("formatJson() cuts texts that are too long", () => {
  const text = "a".repeat(LOG_TEXT_CHARS_MAX + 3);
  const json = formatJson({ type: "node", level: "info", text }, AT_MS);
  strictEqual(
    JSON.parse(json).text,
    `${text.slice(3)}… 3 more characters`,
  );
});

Deno.test("formatJson() leaves no control character for a terminal", () => {
  const text = "\x1b[2K\x7f\x9b\u202e\u2028\x85";
  const json = formatJson({ type: "node", level: "info", text }, AT_MS);
  strictEqual(/[^\x20-\x7e\n]/.test(json), false);
  strictEqual(JSON.parse(json).text, text);
});
