import { strictEqual } from "node:assert";
import {
  beginSpan,
  currentTrace,
  describeCurrent,
  inTrace,
  isTracing,
} from "./telemetry.ts";

// What there is when it is on, `tests/tracing` looks at, in a program of its own.

const PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

Deno.test("beginSpan() begins none when the program is not traced", () => {
  strictEqual(isTracing, false);
  strictEqual(beginSpan("a", { parent: PARENT }), undefined);
  strictEqual(beginSpan("a", { parent: undefined }), undefined);
});

Deno.test("currentTrace() is none when the program is not traced", () => {
  strictEqual(currentTrace(), undefined);
  describeCurrent("a", { b: 1 });
});

Deno.test("inTrace() calls when the program is not traced", () => {
  strictEqual(inTrace(PARENT, () => 7), 7);
  strictEqual(inTrace(undefined, () => 7), 7);
});
