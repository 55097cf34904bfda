import { deepStrictEqual, strictEqual } from "node:assert";
import fc from "fast-check";
import { expositionFor, OPEN_METRICS, PROMETHEUS } from "./exposition.ts";
import { type Family, single } from "./family.ts";
import { Histogram } from "./histogram.ts";
import { parseExposition } from "./testdata/parse_exposition.ts";

const HELP = "What \\ was\ncounted";

Deno.test("PROMETHEUS.format() names counters with _total", () => {
  const text = PROMETHEUS.format([single("counter", "rusm_a", HELP, 3)]);
  strictEqual(
    text,
    "# HELP rusm_a_total What \\\\ was\\ncounted\n" +
      "# TYPE rusm_a_total counter\n" +
      "rusm_a_total 3\n",
  );
});

Deno.test("OPEN_METRICS.format() names the values with _total, and has an end", () => {
  const text = OPEN_METRICS.format([single("counter", "rusm_a", "A", 3)]);
  strictEqual(
    text,
    "# HELP rusm_a A\n# TYPE rusm_a counter\nrusm_a_total 3\n# EOF\n",
  );
});

Deno.test("format() writes buckets that add up", () => {
  const value = new Histogram();
  for (const ms of [0.05, 3, 3, 60_000]) value.addMs(ms);
  const samples = [{ labels: { operation: "set" }, value }];
  const family: Family = {
    ...{ name: "rusm_t_seconds", type: "histogram", help: "T", samples },
  };
  const { get } = parseExposition(PROMETHEUS.format([family]), false);
  const bucket = (le: string) =>
    get("rusm_t_seconds_bucket", { operation: "set", le });
  deepStrictEqual(
    ["0.0001", "0.0025", "0.005", "30", "+Inf"].map(bucket),
    [1, 1, 3, 3, 4],
  );
  strictEqual(get("rusm_t_seconds_count", { operation: "set" }), 4);
  strictEqual(get("rusm_t_seconds_sum", { operation: "set" }), 60.00605);
});

Deno.test("format() leaves out families without samples, and empty labels", () => {
  const empty = { ...single("gauge", "rusm_b", "B", 0), samples: [] };
  const family: Family = {
    ...{ name: "rusm_c", type: "gauge", help: "C" },
    samples: [{ labels: { component: "" }, value: Infinity }],
  };
  strictEqual(
    PROMETHEUS.format([empty, family]),
    "# HELP rusm_c C\n# TYPE rusm_c gauge\nrusm_c +Inf\n",
  );
});

Deno.test("format() writes any label so that it is read as it was", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", minLength: 1 }), (component) => {
      const family: Family = {
        ...{ name: "rusm_c", type: "gauge", help: "C" },
        samples: [{ labels: { component }, value: 7 }],
      };
      for (const form of [PROMETHEUS, OPEN_METRICS]) {
        const text = form.format([family]);
        const { get } = parseExposition(text, form === OPEN_METRICS);
        strictEqual(get("rusm_c", { component }), 7);
      }
    }),
  );
});

// deno-fmt-ignore
const ACCEPTS = [
  [null, PROMETHEUS],
  ["", PROMETHEUS],
  ["*/*", PROMETHEUS],
  ["text/html,application/xhtml+xml,*/*;q=0.8", PROMETHEUS],
  ["text/plain;version=0.0.4", PROMETHEUS],
  ["application/openmetrics-text", OPEN_METRICS],
  ["Application/OpenMetrics-Text; version=1.0.0", OPEN_METRICS],
  ["application/openmetrics-text;q=0", PROMETHEUS],
  ["application/openmetrics-text;q=nonsense", PROMETHEUS],
  ["application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2", OPEN_METRICS],
  ["application/openmetrics-text;q=0.3,text/plain;q=0.5", PROMETHEUS],
] as const;

for (const [accept, form] of ACCEPTS) {
  Deno.test(`expositionFor() of ${accept}`, () => {
    strictEqual(expositionFor(accept), form);
  });
}
