import { deepStrictEqual, strictEqual } from "node:assert";
import fc from "fast-check";
import type { ExitReason } from "../reason.ts";
import type { Restart, Strategy } from "./restart.ts";
import {
  restartChild,
  startSupervisor,
  terminateChild,
  whichChildren,
} from "../supervisor.ts";
import { Reporter } from "../testdata/reporter.ts";
import { simulated } from "../testdata/simulated.ts";

const RESTARTS_MAX = 4;
const PERIOD_MS = 100;

type Step =
  | { type: "end"; index: number; reason: ExitReason }
  | { type: "terminate"; index: number }
  | { type: "restart"; index: number }
  | { type: "wait"; ms: number };

interface ModelChild {
  readonly id: string;
  readonly restart: Restart;
  runs: boolean;
}

/** What a supervisor is to do, with nothing but lists. */
class Model {
  readonly log: string[] = [];
  children: ModelChild[];
  isAlive = true;
  #nowMs = 0;
  #restartsMs: number[] = [];

  constructor(readonly strategy: Strategy, restarts: readonly Restart[]) {
    this.children = restarts.map((restart, index) => ({
      id: String(index),
      restart,
      runs: true,
    }));
    this.children.forEach(({ id }) => this.log.push(`+${id}`));
  }

  apply(step: Step): void {
    if (step.type === "wait") {
      this.#nowMs += step.ms;
      return;
    }
    const child = this.children.find(({ id }) => id === String(step.index));
    if (child === undefined) return;
    if (step.type === "restart") this.#start([child]);
    else if (step.type === "terminate") this.#stop([child]);
    else if (child.runs) this.#end(child, step.reason);
  }

  #end(child: ModelChild, reason: ExitReason): void {
    child.runs = false;
    if (!mayRestart(child.restart, reason)) {
      return this.#forget([child]);
    }
    this.#restartsMs.push(this.#nowMs);
    const recent = this.#restartsMs.filter((atMs) =>
      atMs >= this.#nowMs - PERIOD_MS
    );
    if (recent.length > RESTARTS_MAX) {
      this.isAlive = false;
      return this.#stop(this.children);
    }
    const from = this.strategy === "oneForAll"
      ? 0
      : this.children.indexOf(child);
    const others = this.strategy === "oneForOne"
      ? [child]
      : this.children.slice(from);
    this.#stop(others);
    this.#start(others.filter((other) => this.children.includes(other)));
  }

  #stop(children: ModelChild[]): void {
    for (const child of children.toReversed()) {
      if (child.runs) this.log.push(`-${child.id}`);
      child.runs = false;
    }
    this.#forget(children);
  }

  #start(children: ModelChild[]): void {
    for (const child of children) {
      if (!child.runs) this.log.push(`+${child.id}`);
      child.runs = true;
    }
  }

  #forget(children: ModelChild[]): void {
    this.children = this.children.filter((child) =>
      child.restart !== "temporary" || !children.includes(child)
    );
  }
}

function mayRestart(restart: Restart, reason: ExitReason): boolean {
  const isFailure = reason !== "normal" && reason !== "shutdown";
  return restart === "permanent" || (restart === "transient" && isFailure);
}

const index = fc.nat(4);
const steps = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        type: fc.constant("end" as const),
        index,
        reason: fc.constantFrom<ExitReason>("normal", "shutdown", "killed", {
          type: "exit",
          payload: "crash",
        }),
      }),
    },
    fc.record({ type: fc.constant("terminate" as const), index }),
    fc.record({ type: fc.constant("restart" as const), index }),
    fc.record({ type: fc.constant("wait" as const), ms: fc.nat(120) }),
  ),
  { maxLength: 20 },
);

Deno.test("supervisor() does what a model of lists does", async () => {
  await fc.assert(fc.asyncProperty(
    fc.constantFrom<Strategy>("oneForOne", "oneForAll", "restForOne"),
    fc.array(
      fc.constantFrom<Restart>("permanent", "transient", "temporary"),
      { minLength: 1, maxLength: 5 },
    ),
    steps,
    check,
  ));
});

async function check(
  strategy: Strategy,
  restarts: readonly Restart[],
  steps: readonly Step[],
): Promise<void> {
  const model = new Model(strategy, restarts);
  const { sim, runtime } = simulated();
  const reporter = new Reporter();
  const supervisor = startSupervisor(runtime, {
    strategy,
    restartsMax: RESTARTS_MAX,
    periodMs: PERIOD_MS,
    children: restarts.map((restart, at) => ({
      id: String(at),
      restart,
      start: reporter.start(String(at)),
    })),
  });
  await sim.run();
  for (const step of steps) {
    if (!model.isAlive) break;
    model.apply(step);
    await perform(step);
    deepStrictEqual(reporter.log, model.log);
    strictEqual(runtime.isAlive(supervisor), model.isAlive);
  }
  if (!model.isAlive) return deepStrictEqual(runtime.list(), []);
  const children = await whichChildren(runtime, supervisor);
  deepStrictEqual(
    children.map(({ id, pid }) => ({ id, runs: pid !== undefined })),
    model.children.map(({ id, runs }) => ({ id, runs })),
  );

  async function perform(step: Step): Promise<void> {
    if (step.type === "wait") return await sim.advance(step.ms);
    const id = String(step.index);
    if (step.type === "terminate") terminateChild(runtime, supervisor, id);
    else if (step.type === "restart") restartChild(runtime, supervisor, id);
    else {
      const pid = reporter.pids.get(id);
      const { reason } = step;
      if (pid !== undefined) runtime.send(pid, { type: "end", reason });
    }
    await sim.advance(0);
  }
}
