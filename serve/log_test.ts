import { deepStrictEqual, strictEqual } from "node:assert";
import fc from "fast-check";
import {
  createLog,
  type LineLevel,
  type Log,
  LOG_LEVELS,
  type LogFormat,
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

  Deno.test(`createLog() at ${level} filters what happens alike`, () => {
    const lines = linesOf(level, (log) => {
      for (const write of Object.values(HAPPENINGS)) write(log);
    });
    const count = Object.keys(HAPPENINGS)
      .filter((lineLevel) => allowed.includes(lineLevel as LineLevel)).length;
    strictEqual(lines.length, count);
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

const CRASH = { type: "crashed", name: "Error", message: "boom" } as const;

/** One that is written at each level, and no less. */
const HAPPENINGS: Readonly<Record<LineLevel, (log: Log) => void>> = {
  error: (log) =>
    log.lifecycle({
      ...{ type: "exit", component: "api", pid: 1, reason: CRASH },
    }),
  warn: (log) =>
    log.lifecycle({
      ...{ type: "exit", component: "api", pid: 1, reason: "killed" },
    }),
  info: (log) =>
    log.access({ type: "http", method: "GET", path: "/", status: 200 }),
  debug: (log) => log.debug("text"),
};

Deno.test("createLog() at off does not look at what happens", () => {
  const log = createLog({
    level: "off",
    sink: () => {},
    now: () => {
      throw new Error("a line was made");
    },
  });
  for (const write of Object.values(HAPPENINGS)) write(log);
  // Its level depends on its reason, which is not read.
  log.lifecycle({
    ...{ type: "exit", component: "api", pid: 1 } as const,
    get reason(): "normal" {
      throw new Error("the reason was read");
    },
  });
});

Deno.test("createLog() calls the sink once per record, with its line end", () => {
  const writes: string[] = [];
  const log = createLog({ level: "info", sink: (text) => writes.push(text) });
  log.info("one\ntwo");
  log.info("three");
  strictEqual(writes.length, 2);
  strictEqual(writes.every((text) => text.endsWith("\n")), true);
});

// What guests choose to look like the node.
const FORGERIES = [
  "x\n03:04:05 rusm           exit   api#1 normal",
  "x\r\n\r03:04:05 rusm exit api#1 normal",
  'x\n{"ts":"1970-01-01T00:00:00.000Z","kind":"node","text":"x"}',
  '"}\n{"kind":"node"}',
  "x\u2028{}\u2029{}\x85{}\v{}\f{}\0\x1b[1A\x1b[2K",
  "\ud800 a lone surrogate",
];

/** Any text, with what ends lines more often than by chance. */
const TEXT = fc.oneof(
  fc.constantFrom(...FORGERIES),
  fc.string({ unit: "binary" }),
  fc.array(fc.constantFrom("\n", "\r", "\x1b[", "rusm", "|", " ", '"', "\\"))
    .map((parts) => parts.join("")),
);

function written(format: LogFormat, write: (log: Log) => void): string {
  let lines = "";
  const sink = (text: string) => void (lines += text);
  write(createLog({ level: "debug", format, sink, now: () => 7_000 }));
  return lines;
}

Deno.test("createLog() makes one line of JSON of whatever a guest says", () => {
  fc.assert(fc.property(TEXT, TEXT, (text, component) => {
    const line = written(
      "json",
      (log) => log.guest(component, 1, "info", text),
    );
    strictEqual(line.split(LINE_ENDS).length, 2);
    deepStrictEqual(JSON.parse(line), {
      ts: "1970-01-01T00:00:07.000Z",
      level: "info",
      kind: "guest",
      component,
      pid: "1",
      text,
    });
  }));
});

// All that some reader takes for the end of a line.
const LINE_ENDS = /[\n\r\v\f\u0085\p{Zl}\p{Zp}]/u;

Deno.test("createLog() heads one line of text with the name of a guest, whatever it says", () => {
  fc.assert(fc.property(TEXT, (text) => {
    const lines = written("text", (log) => log.guest("api", 1, "info", text))
      .split(LINE_ENDS);
    strictEqual(lines.pop(), "");
    const heads = lines.map((line) => line.trim().split(/\s+/)[0]);
    deepStrictEqual(heads, ["00:00:07", ...heads.slice(1).fill("|")]);
  }));
});

Deno.test("createLog() lets no crash of a guest pass for another line", () => {
  fc.assert(fc.property(TEXT, TEXT, TEXT, (name, message, stack) => {
    const reason = { type: "crashed", name, message, stack } as const;
    const tell = (log: Log) =>
      log.lifecycle({ type: "exit", component: "api", pid: 1, reason });
    const [line, rest] = written("json", tell).split(LINE_ENDS);
    strictEqual(rest, "");
    deepStrictEqual(JSON.parse(line!).stack, stack);
    const [, ...more] = written("text", tell).trimEnd().split(LINE_ENDS);
    strictEqual(more.every((each) => each.trimStart().startsWith("|")), true);
  }));
});

Deno.test("createLog() asks for its level when that can change", () => {
  const lines: string[] = [];
  let level: LogLevel = "off";
  const log = createLog({
    level: () => level,
    sink: (text) => void lines.push(text),
  });
  log.error("not written");
  level = "error";
  log.error("written");
  strictEqual(lines.length, 1);
  strictEqual(log.level, "error");
});
