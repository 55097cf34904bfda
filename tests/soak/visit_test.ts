import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { Lane, type Track } from "../../cli/load/lane.ts";
import { preparePace } from "../../cli/load/pace.ts";
import type { Plan } from "../../cli/load/plan.ts";
import { Run } from "../../cli/load/run.ts";
import { splitmix } from "../../otp/sim/random.ts";
import { FAULTS, FINE } from "./faults.ts";
import { planOf } from "./soak.ts";
import { soakVisit } from "./visit.ts";

const REQUESTS = 2_000;

/** Asks a server that answers by `status`, and tells what was counted. */
async function visit(status: (name: string) => number) {
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    (request) => {
      const name = new URL(request.url).pathname.slice(1);
      return new Response(name, { status: status(name) });
    },
  );
  const url = `http://127.0.0.1:${server.addr.port}`;
  const plan: Plan = {
    ...planOf(url, { seconds: 60 }),
    requestsMax: REQUESTS,
  };
  const share = { index: 0, count: 1 };
  const counts = new Map<string, number>();
  const visit = soakVisit(plan, splitmix(1n), counts);
  const startPace = await preparePace(plan, share);
  const startMs = performance.now();
  const laneOf = (track: Track, index: number) => new Lane(track, index, visit);
  const run = new Run(plan, share, startMs, startPace(startMs), laneOf);
  await run.play();
  return { counts, state: run.state() };
}

const EXPECTED = new Map(
  [FINE, ...FAULTS].map(({ name, statuses }) => [name, statuses[0] ?? 200]),
);

Deno.test("soakVisit() counts what is answered as it should be by its kind", async () => {
  const { counts, state } = await visit((name) => EXPECTED.get(name)!);
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  strictEqual(total, REQUESTS);
  deepStrictEqual([...state.errors], []);
  strictEqual(state.latency.count, counts.get(FINE.name));
  ok(counts.get("throws")! > 0);
});

Deno.test("soakVisit() tells what is not", async () => {
  const { counts, state } = await visit(() => 200);
  ok(state.errors.get("throws: status 200")! > 0);
  strictEqual(counts.get("throws"), undefined);
  ok(counts.get("leavesTimers")! > 0);
});
