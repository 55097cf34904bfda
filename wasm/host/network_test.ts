import { strictEqual } from "node:assert";

import { defineProfile } from "../capability.ts";
import { reaches } from "./network.ts";

const CASES: readonly [
  network: boolean | readonly string[],
  host: string,
  port: number,
  expected: boolean,
][] = [
  [true, "anything", 1, true],
  [false, "anything", 1, false],
  [["a.test"], "a.test", 1, true],
  [["a.test"], "b.a.test", 1, false],
  [["a.test:80"], "a.test", 80, true],
  [["a.test:80"], "a.test", 81, false],
  [["[::1]:80"], "::1", 80, true],
  [["[::1]"], "[::1]", 80, true],
  [["::1"], "::1", 80, true],
  [[], "a.test", 80, false],
];

for (const [network, host, port, expected] of CASES) {
  Deno.test(`reaches() is ${expected} for ${host}:${port} under ${JSON.stringify(network)}`, () =>
    strictEqual(
      reaches(defineProfile("p", { network }), host, port),
      expected,
    ));
}
