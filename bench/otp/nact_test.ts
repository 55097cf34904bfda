import { ok } from "node:assert";
import { pingPong } from "./nact.ts";

Deno.test("pingPong() of nact comes to an end when all rounds are played", async () => {
  ok(await pingPong(100) > 0);
});
