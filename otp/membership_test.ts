import { deepStrictEqual, strictEqual } from "node:assert";
import { findProcess, Membership } from "./membership.ts";
import { Pid, processOf } from "./pid.ts";
import type { Runtime } from "./runtime.ts";
import { Sim } from "./sim.ts";
import { simulated } from "./testdata/simulated.ts";
import { cluster } from "./testdata/wire.ts";

/** Spawns a process that waits. */
function idle(runtime: Runtime): Pid {
  return runtime.spawn((self) => self.receive()).pid;
}

/** The pids that can be asked for, by what they are. */
function pidsOf(kind: string): { runtime: Runtime; pid: Pid; owner: Pid } {
  const [here, there] = cluster(new Sim(), 2);
  const { runtime } = here!;
  const owner = idle(runtime);
  const { node, scheduler, serial } = owner;
  const pids: Record<string, () => Pid> = {
    "a living process": () => owner,
    "a pid read from a number": () => Pid.fromBigInt(owner.toBigInt()),
    "an alias": () => processOf(owner)!.addAlias({ once: false }),
    "a process that has ended": () => {
      runtime.kill(owner);
      return owner;
    },
    "a process that has ended, read from a number": () => {
      runtime.kill(owner);
      return Pid.fromBigInt(owner.toBigInt());
    },
    "a process that never was": () => new Pid(node, scheduler, serial + 1),
    "a process of another scheduler": () => idle(there!.runtime),
    "a process of another runtime": () => idle(simulated().runtime),
  };
  return { runtime, pid: pids[kind]!(), owner };
}

// deno-fmt-ignore
const FOUND = [
  ["a living process",                             true],
  ["a pid read from a number",                     true],
  ["an alias",                                     true],
  ["a process that has ended",                     false],
  ["a process that has ended, read from a number", false],
  ["a process that never was",                     false],
  ["a process of another scheduler",               false],
  ["a process of another runtime",                 false],
] as const;

for (const [kind, isFound] of FOUND) {
  Deno.test(`findProcess() of ${kind}`, () => {
    const { runtime, pid, owner } = pidsOf(kind);
    const process = findProcess(runtime, pid);
    strictEqual(process?.pid, isFound ? owner : undefined);
  });
}

Deno.test("add() ties a process once, until remove() of its last key", () => {
  const process = processOf(idle(simulated().runtime))!;
  const ties = new Set<unknown>();
  process.tie = (tie) => void ties.add(tie);
  process.untie = (tie) => void ties.delete(tie);
  const membership = new Membership<string, number>();
  const counts = [
    [membership.add("a", process, 1), ties.size],
    [membership.add("b", process, 2), ties.size],
    [membership.remove("a", process), ties.size],
    [membership.remove("b", process), ties.size],
    [membership.remove("b", process), ties.size],
    [membership.add("a", process, 3), ties.size],
  ];
  deepStrictEqual(counts, [
    [true, 1],
    [true, 1],
    [true, 1],
    [true, 0],
    [false, 0],
    [true, 1],
  ]);
});

Deno.test("Membership tells of each entry that is gone, once", () => {
  const { runtime } = simulated();
  const [one, other] = [idle(runtime), idle(runtime)].map((pid) =>
    processOf(pid)!
  );
  const gone: string[] = [];
  const membership = new Membership<string, number>((key, entry) => {
    gone.push(`${key}${entry}/${membership.count}`);
  });
  membership.add("a", one!, 1);
  membership.add("b", one!, 2);
  membership.add("a", other!, 3);
  membership.remove("a", other!);
  one!.terminate("killed");
  deepStrictEqual(gone, ["a3/2", "a1/1", "b2/0"]);
  deepStrictEqual(membership.keys(), []);
  deepStrictEqual(membership.keysOf(one!), []);
});
