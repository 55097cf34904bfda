import { deepStrictEqual, ok } from "node:assert";
import { killedNodes } from "./rounds.ts";

Deno.test("a node that is killed has all that its guests were told of", async () => {
  for await (const { acknowledged, ...found } of killedNodes([300, 1])) {
    ok(acknowledged > 0);
    deepStrictEqual(found, { missing: 0, soundness: "ok" });
  }
});
