import { strictEqual } from "node:assert";
import { formatBytes, formatMs } from "./quantity.ts";

const BYTES = [
  [0, "0 B"],
  [999, "999 B"],
  [1000, "1.0 kB"],
  [1940, "1.9 kB"],
  [9949, "9.9 kB"],
  [9951, "10 kB"],
  [999_400, "999 kB"],
  [999_600, "1.0 MB"],
  [12_345_678, "12 MB"],
  [5e12, "5000 GB"],
] as const;

for (const [bytes, expected] of BYTES) {
  Deno.test(`formatBytes() says ${expected} when given ${bytes}`, () => {
    strictEqual(formatBytes(bytes), expected);
  });
}

const SPANS = [[0.2, "0 ms"], [12.4, "12 ms"], [999, "999 ms"], [
  1250,
  "1.3 s",
]] as const;

for (const [ms, expected] of SPANS) {
  Deno.test(`formatMs() says ${expected} when given ${ms}`, () => {
    strictEqual(formatMs(ms), expected);
  });
}
