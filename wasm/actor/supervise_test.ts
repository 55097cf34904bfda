import { deepStrictEqual, match, ok, strictEqual } from "node:assert";
import { formatReason, Pid } from "@rusm/otp";
import type { GuestMessage } from "../message.ts";
import {
  built,
  type Probe,
  SANDBOXED,
  type Teller,
  TRUSTED,
  withProbes,
} from "./testdata/probe.ts";

/** A probe that may supervise, and children that report to the teller. */
async function family(teller: Teller): Promise<Probe> {
  const { engine, runtime } = teller;
  ok(runtime.register("parent", teller.pid));
  const child = await engine.loadModule("child", built("child"), SANDBOXED);
  engine.register("child", child);
  return teller.spawn(
    await engine.loadModule("probe", built("probe"), TRUSTED),
  );
}

type Child = Pid<GuestMessage>;

/** The next child that reports its start. */
async function started(teller: Teller): Promise<Child> {
  const text = await teller.next();
  const [, number] = /^started (\d+)$/.exec(text) ?? [];
  ok(number !== undefined, text);
  return Pid.fromBigInt<GuestMessage>(BigInt(number));
}

/** Starts a supervisor of so many children. They may start before it is known. */
async function supervise(
  teller: Teller,
  probe: Probe,
  { strategy = 0, restartsMax = 3, withinMs = 60_000, count = 1 },
): Promise<readonly [supervisor: Pid, children: Child[]]> {
  const names = Array.from({ length: count }, () => "child");
  probe.tell(["supervise", strategy, restartsMax, withinMs, ...names]);
  const children: Child[] = [];
  let supervisor: Pid | undefined;
  while (supervisor === undefined || children.length < count) {
    const text = await teller.next();
    if (text.startsWith("started ")) {
      children.push(Pid.fromBigInt(BigInt(text.slice(8))));
    } else supervisor = Pid.fromBigInt(BigInt(text));
  }
  return [supervisor, children];
}

function numbers(pids: readonly Pid[]): string[] {
  return pids.map((pid) => `${pid.toBigInt()}`).toSorted();
}

Deno.test("supervise() restarts a child, whatever it ended with, on any scheduler", () =>
  withProbes(async (teller, { ends }) => {
    const probe = await family(teller);
    const [supervisor, children] = await supervise(teller, probe, { count: 4 });
    strictEqual(new Set(children.map(({ scheduler }) => scheduler)).size, 2);
    strictEqual(supervisor.scheduler, 0);
    const [first, second, third, fourth] = children;
    teller.runtime.send(first!, "crash");
    const again = await started(teller);
    match(formatReason(await ends.of(first)), /^crashed: Trap: unreachable/);
    teller.runtime.send(second!, "end");
    const other = await started(teller);
    strictEqual(await ends.of(second), "normal");
    teller.runtime.kill(third!);
    const last = await started(teller);
    const alive = (await probe.do("list-processes")).split(" ");
    for (const pid of [again, other, last, fourth!]) {
      ok(alive.includes(`${pid.toBigInt()}`));
    }
    strictEqual(
      await probe.do("info", `${supervisor.toBigInt()}`),
      `${supervisor.toBigInt()}|5|0||supervisor|0|true`,
    );
    match(
      await probe.do("info", `${again.toBigInt()}`),
      /\|1\|1\|\|child\|0\|false$|\|1\|0\|\|child\|0\|false$/,
    );
  }));

// deno-fmt-ignore
const STRATEGIES: [strategy: number, name: string, ended: number[]][] = [
  [0, "one-for-one", [1]],
  [1, "one-for-all", [0, 1, 2]],
  [2, "rest-for-one", [1, 2]],
];

for (const [strategy, name, ended] of STRATEGIES) {
  Deno.test(`supervise() restarts those that ${name} says`, () =>
    withProbes(async (teller, { ends }) => {
      const probe = await family(teller);
      const options = { strategy, count: 3 };
      const [, children] = await supervise(teller, probe, options);
      // Serials of one scheduler grow from start to start.
      const before = children.toSorted((a, b) => a.serial - b.serial);
      teller.runtime.send(before[1]!, "crash");
      const after = [];
      for (const _ of ended) after.push(await started(teller));
      for (const index of ended) await ends.of(before[index]);
      const alive = (await probe.do("list-processes")).split(" ");
      for (const [index, pid] of before.entries()) {
        const isAlive = alive.includes(`${pid.toBigInt()}`);
        strictEqual(isAlive, !ended.includes(index), `${index}`);
      }
      strictEqual(ends.count, ended.length);
      ok(numbers(after).every((number) => alive.includes(number)));
    }, { schedulersPerPool: 1 }));
}

Deno.test("supervise() gives up after too many restarts, takes the children down, and its owner with it, who learns why", () =>
  withProbes(async (teller, { ends }) => {
    const probe = await family(teller);
    const watcher = teller.spawn(
      await teller.engine.loadModule("probe", built("probe"), TRUSTED),
    );
    const options = { restartsMax: 2, count: 3 };
    const [supervisor, children] = await supervise(teller, probe, options);
    strictEqual(await watcher.do("monitor", probe.number), "ok");
    let crashing = children[0]!;
    for (let nth = 0; nth < 2; nth++) {
      teller.runtime.send(crashing, "crash");
      crashing = await started(teller);
    }
    watcher.tell(["receive"]);
    teller.runtime.send(crashing, "crash");
    const why = formatReason(await ends.of(probe.pid));
    match(
      why,
      /^crashed: RestartLimit: Gave up after more than 2 restarts within 60000 ms, the last of child: crashed: Trap: unreachable/,
    );
    strictEqual(
      await teller.next(),
      `{"__down":"${probe.number}","reason":"crashed"}`,
    );
    for (const pid of children.slice(1)) {
      strictEqual(await ends.of(pid), "shutdown");
    }
    strictEqual(teller.runtime.isAlive(supervisor), false);
    deepStrictEqual(
      (await watcher.do("list-processes")).split(" ").toSorted(),
      [watcher.number, `${teller.pid.toBigInt()}`].toSorted(),
    );
  }));

Deno.test("supervise() takes the children down when its owner ends, whatever for", () =>
  withProbes(async (teller, { ends }) => {
    const probe = await family(teller);
    const [supervisor, children] = await supervise(teller, probe, { count: 4 });
    teller.runtime.kill(probe.pid);
    for (const pid of children) strictEqual(await ends.of(pid), "shutdown");
    // Its own end comes right behind that of the last child.
    while (teller.runtime.isAlive(supervisor)) await turn();
  }));

Deno.test("supervise() bears any number of restarts when max-restarts is 0, and counts all when within-ms is", () =>
  withProbes(async (teller, { ends }) => {
    const probe = await family(teller);
    const unlimited = { restartsMax: 0, withinMs: 0 };
    let [, [child]] = await supervise(teller, probe, unlimited);
    for (let nth = 0; nth < 10; nth++) {
      teller.runtime.send(child!, "end");
      child = await started(teller);
    }
    strictEqual(await probe.do("echo", "alive"), "alive");
    const other = await supervise(teller, probe, { withinMs: 0 });
    [child] = other[1];
    for (let nth = 0; nth < 3; nth++) {
      teller.runtime.send(child!, "end");
      child = await started(teller);
    }
    teller.runtime.send(child!, "end");
    match(
      formatReason(await ends.of(probe.pid)),
      /^crashed: RestartLimit: Gave up after more than 3 restarts within its life, the last of child: normal$/,
    );
  }));

function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
