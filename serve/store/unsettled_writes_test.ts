import { deepStrictEqual } from "node:assert";
import type { StoreRequest } from "./requests.ts";
import { UnsettledWrites } from "./unsettled_writes.ts";

const A = { bucket: "b", key: "a" };
const B = { bucket: "b", key: "b" };
const SET_A: StoreRequest = { op: "set", ...A, value: new Uint8Array() };

/** What is asked, and whether A and B are about to be written then. */
const CASES: readonly (readonly [StoreRequest, boolean, boolean])[] = [
  [{ op: "get", ...A }, false, false],
  [{ op: "list", bucket: "b" }, false, false],
  [SET_A, true, false],
  [{ op: "delete", ...B }, false, true],
  [
    { op: "compareAndSet", ...A, expected: undefined, value: undefined },
    ...[true, false] as const,
  ],
  [{ op: "batch", writes: [SET_A, { op: "delete", ...B }] }, true, true],
];

for (const [request, writesA, writesB] of CASES) {
  Deno.test(`UnsettledWrites has what ${request.op} writes until that is settled`, () => {
    const unsettled = new UnsettledWrites();
    unsettled.add(request);
    deepStrictEqual([unsettled.has(A), unsettled.has(B)], [writesA, writesB]);
    unsettled.add(SET_A);
    unsettled.remove(request);
    deepStrictEqual([unsettled.has(A), unsettled.has(B)], [true, false]);
    unsettled.remove(SET_A);
    deepStrictEqual(unsettled.has(A), false);
  });
}
