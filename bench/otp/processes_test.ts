import { ok, rejects } from "node:assert";
import { Runtime } from "@rusm/otp";
import { parkedBytes, restarts, spawnExit } from "./processes.ts";

Deno.test("spawnExit() comes to an end when all have exited", async () => {
  ok(await spawnExit(new Runtime(), 100, 10) > 0);
});

Deno.test("spawnExit() rejects when some have not exited", async () => {
  // A batch that does not divide the total spawns more than it should.
  await rejects(
    spawnExit(new Runtime(), 10, 4),
    /^Error: Cannot time processes that still live: -2$/,
  );
});

Deno.test("parkedBytes() finds that parked processes weigh something", async () => {
  ok(await parkedBytes(50_000) > 0);
});

Deno.test("restarts() comes to an end when every child was restarted", async () => {
  ok(await restarts(3, 10) > 0);
});
