import { strictEqual, throws } from "node:assert";
import {
  countOption,
  MS_MAX,
  parseCount,
  parseMs,
  timeOption,
} from "./quantity.ts";

const TIMES = [
  ["10", 10_000],
  ["10s", 10_000],
  ["1.5s", 1_500],
  ["500ms", 500],
  ["250us", 0.25],
  ["250µs", 0.25],
  ["2m", 120_000],
  ["1h", 3_600_000],
  ["0", 0],
  ["", undefined],
  ["s", undefined],
  ["-1s", undefined],
  ["1 s", undefined],
  ["1d", undefined],
  ["1.s", undefined],
  ["1e3", undefined],
] as const;

for (const [text, ms] of TIMES) {
  Deno.test(`parseMs() is ${ms} when given "${text}"`, () => {
    strictEqual(parseMs(text), ms);
  });
}

for (const [text, count] of [["10", 10], ["1_000", 1_000]] as const) {
  Deno.test(`parseCount() is ${count} when given "${text}"`, () => {
    strictEqual(parseCount(text), count);
  });
}

for (const text of ["", "-1", "1.5", "1__0", "_1", "1_", "x", "1e3"]) {
  Deno.test(`parseCount() is undefined when given "${text}"`, () => {
    strictEqual(parseCount(text), undefined);
  });
}

for (const text of ["x", `${MS_MAX + 1}ms`, "0"]) {
  Deno.test(`timeOption() throws when given "${text}"`, () => {
    throws(() => timeOption("warmup", text, 1), {
      name: "UsageError",
      message:
        `Expected a time such as 500ms, 10s or 5m behind --warmup: ${text}`,
    });
  });
}

for (const text of ["x", "0", "11"]) {
  Deno.test(`countOption() throws when given "${text}"`, () => {
    throws(() => countOption("requests", text, { least: 1, most: 10 }), {
      name: "UsageError",
      message: `Expected a whole number, 1 to 10, behind --requests: ${text}`,
    });
  });
}
