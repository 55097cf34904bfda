import { strictEqual } from "node:assert";
import type { Report } from "./harness.ts";
import type { Row } from "./row.ts";
import { formatReport } from "./table.ts";

const HOLDS: Row = {
  name: "flood",
  what: "Many send.",
  unit: "messages/s",
  value: 15_432_100,
  min: 14_000_000,
  max: 16_000_000,
  runs: 5,
  against: { name: "Erlang", value: 4_000_000 },
  ratio: 3.858,
  bar: 3,
  holds: true,
};

const REPORT: Report = {
  name: "otp",
  at: "2026-01-02T03:04:05.678Z",
  machine: { cpu: "AMD EPYC", cores: 2, memory: 25_276_502_016, os: "linux 6" },
  versions: { deno: "2.9.6", erlang: null },
  rows: [
    HOLDS,
    {
      ...HOLDS,
      name: "memory",
      unit: "bytes",
      value: 3_600,
      min: 3_500.4,
      max: 3_700,
      against: { name: "Erlang", value: 2_700 },
      ratio: 4 / 3,
      bar: 1.2,
      holds: false,
    },
    { ...HOLDS, name: "alone", against: null, ratio: null, holds: null },
    { ...HOLDS, name: "free", ratio: 2, bar: null, holds: null },
  ],
};

Deno.test("formatReport() lines up the cells when rows differ", () => {
  const lines = formatReport(REPORT, (_style, text) => text);
  strictEqual(
    lines,
    `otp
AMD EPYC, 2 cores, 25.3 GB, linux 6; deno 2.9.6, erlang not installed; 2026-01-02T03:04:05.678Z

flood   15.4M messages/s  (14M to 16M in 5)      3.86 x Erlang (4M)     bar ≥ 3    holds
  Many send.
memory  3,600 bytes       (3,500 to 3,700 in 5)  1.33 x Erlang (2,700)  bar ≤ 1.2  falls short
  Many send.
alone   15.4M messages/s  (14M to 16M in 5)                             bar ≥ 3    not checked
  Many send.
free    15.4M messages/s  (14M to 16M in 5)      2 x Erlang (4M)
  Many send.`,
  );
});

Deno.test("formatReport() paints what a terminal shows", () => {
  const [name, place, , holds, what, short] = formatReport(
    REPORT,
    (style, text) => `<${style}>${text}</>`,
  ).split("\n");
  strictEqual(name, "<bold>otp</>");
  strictEqual(place?.startsWith("<dim>AMD"), true);
  strictEqual(holds?.endsWith("  <green>holds</>"), true);
  strictEqual(what, "<dim>  Many send.</>");
  strictEqual(short?.endsWith("  <red>falls short</>"), true);
});
