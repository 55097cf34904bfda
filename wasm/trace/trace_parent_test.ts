import { deepStrictEqual, strictEqual } from "node:assert";
import fc from "fast-check";
import { formatTraceParent, parseTraceParent } from "./trace_parent.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SPAN = "b7ad6b7169203331";

// deno-fmt-ignore
const READ = [
  [`00-${TRACE}-${SPAN}-01`, 1],
  [`00-${TRACE}-${SPAN}-00`, 0],
  [`00-${TRACE}-${SPAN}-ff`, 255],
  [`cc-${TRACE}-${SPAN}-01`, 1],
  [`cc-${TRACE}-${SPAN}-01-what-comes`, 1],
] as const;

for (const [header, traceFlags] of READ) {
  Deno.test(`parseTraceParent() reads ${header}`, () => {
    const context = { traceId: TRACE, spanId: SPAN, traceFlags };
    deepStrictEqual(parseTraceParent(header), context);
  });
}

// deno-fmt-ignore
const REFUSED = [
  "",
  "00",
  `00-${TRACE}-${SPAN}`,
  `00-${TRACE}-${SPAN}-1`,
  `00-${TRACE}-${SPAN}-01-more`,
  `00-${TRACE}-${SPAN}-01 `,
  `ff-${TRACE}-${SPAN}-01`,
  `00-${TRACE.toUpperCase()}-${SPAN}-01`,
  `00-${"0".repeat(32)}-${SPAN}-01`,
  `00-${TRACE}-${"0".repeat(16)}-01`,
  `cc-${TRACE}-${SPAN}-01x`,
  `00-${TRACE}-${SPAN}-01\n`,
];

for (const header of REFUSED) {
  Deno.test(`parseTraceParent() refuses ${JSON.stringify(header)}`, () => {
    strictEqual(parseTraceParent(header), undefined);
  });
}

Deno.test("parseTraceParent() reads what formatTraceParent() writes", () => {
  const digits = (length: number) =>
    fc.stringMatching(new RegExp(`^[0-9a-f]{${length - 1}}[1-9a-f]$`));
  const contexts = fc.record({
    traceId: digits(32),
    spanId: digits(16),
    traceFlags: fc.integer({ min: 0, max: 255 }),
  }, { noNullPrototype: true });
  fc.assert(fc.property(contexts, (context) => {
    deepStrictEqual(parseTraceParent(formatTraceParent(context)), context);
  }));
});
