import { ok, strictEqual } from "node:assert";
import fc from "fast-check";
import { LOG_TEXT_CHARS_MAX } from "./limits.ts";
import { formatLine, type Word } from "./log_line.ts";

const AT_MS = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

function format(action: string, words: readonly Word[], who = "rusm"): string {
  return formatLine({ atMs: AT_MS, who, action, words }, false);
}

// deno-fmt-ignore
const LINES = [
  ["rusm",            "http",   "GET / → 200", "03:04:05 rusm           http   GET / → 200\n"],
  ["api#7",           "info",   "hello",       "03:04:05 api#7          info   hello\n"],
  ["0123456789#12",   "census", "a=1",         "03:04:05 0123456789#12  census a=1\n"],
  ["0123456789#1234", "warn",   "wide",        "03:04:05 0123456789#1234 warn   wide\n"],
  ["rusm",            "error",  "",            "03:04:05 rusm           error\n"],
] as const;

for (const [who, action, text, line] of LINES) {
  Deno.test(`formatLine() of ${who} ${action} ${text}`, () => {
    strictEqual(format(action, [{ text }], who), line);
  });
}

const INDENT = `${" ".repeat(29)}| `;

// deno-fmt-ignore
const TEXTS = [
  ["several lines",      "a\nb\n  c",              `a\n${INDENT}b\n${INDENT}  c`],
  ["line ends of Windows", "a\r\nb",               `a\n${INDENT}b`],
  ["line ends at the end", "a\r\n\n",              "a"],
  ["a forged line",      "a\n03:04:05 rusm           info   b", `a\n${INDENT}03:04:05 rusm           info   b`],
  ["a carriage return",  "a\rb",                   "a\\x0db"],
  ["escape sequences",   "\x1b[2K\x1b[1Gb\x07",    "\\x1b[2K\\x1b[1Gb\\x07"],
  ["C1 controls",        "\x9b2K\x85",             "\\x9b2K\\x85"],
  ["NUL and DEL",        "\0\x7f",                 "\\x00\\x7f"],
  ["separators",         "a\u2028b\u2029c\vd\fe",  "a\\u{2028}b\\u{2029}c\\x0bd\\x0ce"],
  ["turned direction",   "a\u202eb\u2066c\u200fd", "a\\u{202e}b\\u{2066}c\\u{200f}d"],
  ["a tab",              "a\tb",                   "a\tb"],
  ["other scripts",      "ä 世界 😀",              "ä 世界 😀"],
] as const;

for (const [what, text, shown] of TEXTS) {
  Deno.test(`formatLine() shows ${what} without harm`, () => {
    const head = "03:04:05 api#7          info   ";
    strictEqual(format("info", [{ text }], "api#7"), `${head}${shown}\n`);
  });
}

Deno.test("formatLine() lets no text begin a line or move the cursor", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    const [, ...rest] = format("info", [{ text }]).split("\n");
    strictEqual(rest.pop(), "");
    ok(rest.every((line) => line.startsWith(INDENT)));
    ok(!/[^\P{Cc}\n\t]/u.test(format("info", [{ text }])));
  }));
});

Deno.test("formatLine() keeps a name in its place", () => {
  strictEqual(
    format("info", [{ text: "x" }], "a\nb\x1b#1"),
    "03:04:05 a\\x0ab\\x1b#1   info   x\n",
  );
});

Deno.test("formatLine() cuts a text that is too long", () => {
  const text = "a".repeat(LOG_TEXT_CHARS_MAX + 3);
  ok(format("info", [{ text }]).endsWith("a… 3 more characters\n"));
  ok(format("info", [{ text: text.slice(3) }]).endsWith("aaa\n"));
});

Deno.test("formatLine() colours by what is said", () => {
  const words: Word[] = [{ text: "GET /" }, { text: "200", tone: "ok" }];
  const line = { atMs: AT_MS, who: "rusm", words };
  strictEqual(
    formatLine({ ...line, action: "http" }, true),
    "\x1b[90m03:04:05\x1b[0m \x1b[2;35mrusm          \x1b[0m " +
      "\x1b[36mhttp  \x1b[0m GET / \x1b[32m200\x1b[0m\n",
  );
  ok(formatLine({ ...line, action: "error" }, true).includes("\x1b[31merror "));
  ok(formatLine({ ...line, action: "warn" }, true).includes("\x1b[33mwarn  "));
});
