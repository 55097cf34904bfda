/**
 * Guests that call each other, on a node with two schedulers.
 *
 * @module
 */

import { type ExitReason, type Pid, Runtime } from "@rusm/otp";
import {
  BUILT_IN_PROFILES,
  type Capability,
  type Component,
  Engine,
} from "@rusm/wasm";
import { readGuest } from "./run.ts";

const TRUSTED = BUILT_IN_PROFILES.get("trusted")!;

/** A node whose guests tell the log what they find. */
export class CallNode {
  readonly runtime: Runtime = new Runtime();
  readonly engine: Engine;
  readonly #lines = new Map<string, string[]>();
  readonly #reasons: (readonly [component: string, ExitReason])[] = [];
  readonly #ends = new Map<string, PromiseWithResolvers<void>>();

  /** Nothing runs. */
  constructor() {
    this.engine = new Engine(this.runtime, {
      schedulersPerPool: 2,
      observer: {
        logged: (pid, _component, _level, text) => {
          if (pid !== undefined) this.#linesOf(pid).push(text);
        },
        exited: (pid, component, reason) => {
          this.#reasons.push([component, reason]);
          this.#endOf(pid).resolve();
        },
      },
    });
  }

  #linesOf(pid: Pid): string[] {
    const lines = this.#lines.get(`${pid}`) ?? [];
    this.#lines.set(`${pid}`, lines);
    return lines;
  }

  #endOf(pid: Pid): PromiseWithResolvers<void> {
    const end = this.#ends.get(`${pid}`) ?? Promise.withResolvers();
    this.#ends.set(`${pid}`, end);
    return end;
  }

  /** Why processes of a component have ended so far. */
  reasonsOf(component: string): ExitReason[] {
    return this.#reasons.filter(([each]) => each === component)
      .map(([, reason]) => reason);
  }

  /** Loads a script, and lets guests spawn it by its name. */
  async script(
    name: string,
    bundle: string,
    capability: Capability = TRUSTED,
  ): Promise<Component> {
    const component = await this.engine.load(name, bundle, capability);
    this.engine.register(name, component);
    return component;
  }

  /** Loads a guest that was built, and lets guests spawn it by its name. */
  async guest(name: string): Promise<Component> {
    const bytes = await readGuest(name);
    const component = await this.engine.loadModule(name, bytes, TRUSTED);
    this.engine.register(name, component);
    return component;
  }

  /** Starts a process on the scheduler of `other`, or on another than that. */
  spawnAt(component: Component, other: Pid, isAway: boolean): Pid {
    for (;;) {
      const pid = this.engine.spawn(component, "run");
      if ((pid.scheduler !== other.scheduler) === isAway) return pid;
      this.runtime.kill(pid);
    }
  }

  /** Runs a client of `service`, which logs what it finds: one line each. */
  async ask(
    component: Component,
    service: Pid,
    isAway: boolean,
    ...args: readonly string[]
  ): Promise<string[]> {
    for (;;) {
      const entry = { entry: "run", args: [`${service.toBigInt()}`, ...args] };
      const pid = this.engine.spawn(component, entry);
      if ((pid.scheduler !== service.scheduler) !== isAway) {
        this.runtime.kill(pid);
        continue;
      }
      await this.#endOf(pid).promise;
      return this.#linesOf(pid);
    }
  }
}

/** Runs `test` on a node, which is closed afterwards. */
export async function withCalls(
  test: (node: CallNode) => Promise<void>,
): Promise<void> {
  const node = new CallNode();
  try {
    await test(node);
  } finally {
    await node.engine.close();
  }
}

/**
 * A client that evaluates expressions, one after the other, and logs what they
 * give or throw. They have `service`, `pid`, `all` for the values of a stream, and
 * all of the SDK.
 */
export function clientOf(...expressions: readonly string[]): string {
  const lines = expressions.map((each) =>
    `await note(async () => ${each});`
  );
  return `
const { connect, callTimeout } = require("@rusm/wasm/guest");
async function note(run) {
  try { console.log(JSON.stringify(await run()) ?? "undefined"); }
  catch (error) { console.log(error.name + ": " + error.message); }
}
async function all(values) {
  const seen = [];
  for await (const value of values) seen.push(value);
  return seen;
}
exports.default = async () => {
  const pid = BigInt(Process.args()[0]);
  const service = connect(pid);
  ${lines.join("\n  ")}
};`;
}
