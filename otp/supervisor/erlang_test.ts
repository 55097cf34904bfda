import { strictEqual } from "node:assert";
import type { ExitReason } from "../reason.ts";
import type { Restart, Strategy } from "./restart.ts";
import type { AutoShutdown } from "./supervision.ts";
import { countChildren, startSupervisor, supervisor } from "../supervisor.ts";
import { Reporter } from "../testdata/reporter.ts";
import { simulated } from "../testdata/simulated.ts";

// What Erlang/OTP 25 does; testdata/supervisors.escript prints the rows. Of the
// permanent children a, b and c, b has the restart type of the row and ends. A
// row: strategy, restart type, reason, specifications that are left, and the
// ends and starts that follow.
const ROWS = `
one_for_one permanent normal 3 +b
one_for_one permanent shutdown 3 +b
one_for_one permanent killed 3 +b
one_for_one permanent crash 3 +b
one_for_one transient normal 3
one_for_one transient shutdown 3
one_for_one transient killed 3 +b
one_for_one transient crash 3 +b
one_for_one temporary normal 2
one_for_one temporary shutdown 2
one_for_one temporary killed 2
one_for_one temporary crash 2
one_for_all permanent normal 3 -c,-a,+a,+b,+c
one_for_all permanent shutdown 3 -c,-a,+a,+b,+c
one_for_all permanent killed 3 -c,-a,+a,+b,+c
one_for_all permanent crash 3 -c,-a,+a,+b,+c
one_for_all transient normal 3
one_for_all transient shutdown 3
one_for_all transient killed 3 -c,-a,+a,+b,+c
one_for_all transient crash 3 -c,-a,+a,+b,+c
one_for_all temporary normal 2
one_for_all temporary shutdown 2
one_for_all temporary killed 2
one_for_all temporary crash 2
rest_for_one permanent normal 3 -c,+b,+c
rest_for_one permanent shutdown 3 -c,+b,+c
rest_for_one permanent killed 3 -c,+b,+c
rest_for_one permanent crash 3 -c,+b,+c
rest_for_one transient normal 3
rest_for_one transient shutdown 3
rest_for_one transient killed 3 -c,+b,+c
rest_for_one transient crash 3 -c,+b,+c
rest_for_one temporary normal 2
rest_for_one temporary shutdown 2
rest_for_one temporary killed 2
rest_for_one temporary crash 2
`;

const STRATEGIES: Record<string, Strategy> = {
  one_for_one: "oneForOne",
  one_for_all: "oneForAll",
  rest_for_one: "restForOne",
};

const REASONS: Record<string, ExitReason> = {
  normal: "normal",
  shutdown: "shutdown",
  killed: "killed",
  crash: { type: "exit", payload: "crash" },
};

for (const row of ROWS.trim().split("\n")) {
  Deno.test(`supervisor() as Erlang: ${row}`, () => check(row));
}

async function check(row: string): Promise<void> {
  const [strategy, restart, reason, specs, events = ""] = row.split(" ");
  const { sim, runtime } = simulated();
  const reporter = new Reporter();
  const pid = startSupervisor(runtime, {
    strategy: STRATEGIES[strategy!]!,
    children: ["a", "b", "c"].map((id) => ({
      id,
      start: reporter.start(id),
      restart: id === "b" ? restart as Restart : "permanent",
    })),
  });
  await sim.run();
  strictEqual(reporter.take(), "+a,+b,+c");
  const b = reporter.pids.get("b")!;
  if (reason === "killed") runtime.kill(b);
  else runtime.send(b, { type: "end", reason: REASONS[reason!]! });
  await sim.run();
  strictEqual(reporter.take(), events);
  strictEqual((await countChildren(runtime, pid)).specs, Number(specs));
}

// Of the children a, b (significant) and c, which all have the restart type of
// the row, those of the row end with its reason. A row: auto shutdown, restart
// type, reason, who ends, and what has become of the supervisor.
const AUTO_ROWS = `
any_significant transient normal a ended
any_significant transient normal c lives
any_significant transient normal ab ended
any_significant transient normal ac ended
any_significant transient crash a lives
any_significant transient crash c lives
any_significant transient crash ab lives
any_significant transient crash ac lives
any_significant temporary normal a ended
any_significant temporary normal c lives
any_significant temporary normal ab ended
any_significant temporary normal ac ended
any_significant temporary crash a ended
any_significant temporary crash c lives
any_significant temporary crash ab ended
any_significant temporary crash ac ended
all_significant transient normal a lives
all_significant transient normal c lives
all_significant transient normal ab ended
all_significant transient normal ac lives
all_significant transient crash a lives
all_significant transient crash c lives
all_significant transient crash ab lives
all_significant transient crash ac lives
all_significant temporary normal a lives
all_significant temporary normal c lives
all_significant temporary normal ab ended
all_significant temporary normal ac lives
all_significant temporary crash a lives
all_significant temporary crash c lives
all_significant temporary crash ab ended
all_significant temporary crash ac lives
`;

const AUTO_SHUTDOWNS: Record<string, AutoShutdown> = {
  any_significant: "anySignificant",
  all_significant: "allSignificant",
};

for (const row of AUTO_ROWS.trim().split("\n")) {
  Deno.test(`supervisor() as Erlang: ${row}`, () => checkAuto(row));
}

async function checkAuto(row: string): Promise<void> {
  const [autoShutdown, restart, reason, ends, outcome] = row.split(" ");
  const { sim, runtime } = simulated();
  const reporter = new Reporter();
  const handle = runtime.spawn(supervisor({
    autoShutdown: AUTO_SHUTDOWNS[autoShutdown!]!,
    restartsMax: 9,
    children: ["a", "b", "c"].map((id) => ({
      id,
      start: reporter.start(id),
      restart: restart as Restart,
      significant: id !== "c",
    })),
  }));
  await sim.run();
  for (const id of ends!) {
    const end = { type: "end", reason: REASONS[reason!]! } as const;
    runtime.send(reporter.pids.get(id)!, end);
    await sim.run();
  }
  strictEqual(runtime.isAlive(handle.pid), outcome === "lives");
  if (outcome === "ended") strictEqual(await handle.join(), "shutdown");
}
