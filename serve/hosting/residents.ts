/**
 * The processes that an app starts itself.
 *
 * @module
 */

import {
  type ChildSpec,
  type ChildStarter,
  type ExitReason,
  formatReason,
  type Pid,
  type ProcessHandle,
  type Runtime,
  supervisor,
  type SupervisorMessage,
} from "@rusm/otp";
import type { Engine } from "@rusm/wasm";
import type { Loaded } from "../components.ts";
import { AppError } from "../errors.ts";
import { RESIDENTS_STOP_MS_MAX } from "../limits.ts";
import { pidText } from "../log.ts";
import { withinMs } from "../within_ms.ts";

/** What runs the processes. */
export interface ResidentsNode {
  /** Runs their supervisor. */
  readonly runtime: Runtime;
  /** Spawns them. */
  readonly engine: Pick<Engine, "spawn" | "spawnLink" | "giveName">;
}

/** The end of a resident after which none was started again. */
interface LastEnd {
  readonly component: string;
  readonly reason: ExitReason;
}

/**
 * The processes that an app starts itself: its residents, under one supervisor,
 * and its commands, which nobody starts again.
 *
 * A resident in TypeScript has the name of its component; others take the names
 * that they want. A resident is started again whatever it ends with. After more than 3 restarts
 * of all of them within 5 s their supervisor gives up: it ends those that are
 * left, the youngest first.
 *
 * @see Erlang `supervisor`: one for one, permanent children.
 */
export class Residents {
  readonly #node: ResidentsNode;
  // By the name of the component, those that have ended included.
  readonly #pids = new Map<string, Pid>();
  // As text, those of processes that live.
  readonly #living = new Set<string>();
  readonly #commands: Pid[] = [];
  readonly #gaveUp = Promise.withResolvers<AppError>();
  #supervisor: ProcessHandle<SupervisorMessage> | undefined;
  #isStopping = false;

  /** Nothing runs yet. */
  constructor(node: ResidentsNode) {
    this.#node = node;
  }

  /** Resolves when the supervisor of the residents has given up; else never. */
  get gaveUp(): Promise<AppError> {
    return this.#gaveUp.promise;
  }

  /** The process of a component that was started last, which may have ended. */
  pidOf(component: string): Pid | undefined {
    return this.#pids.get(component);
  }

  /** Notes that a process has ended. Returns whether it was one of these. */
  exited(pid: Pid): boolean {
    return this.#living.delete(pidText(pid));
  }

  /**
   * Starts the residents among `loaded`, in order, and then the commands. Called
   * once.
   *
   * @returns Resolves when all are started, or the supervisor has given up.
   * @throws {SystemLimit} There is no room for a command.
   */
  async start(loaded: readonly Loaded[]): Promise<void> {
    await this.#supervise(loaded.filter(({ role }) => role === "resident"));
    for (const each of loaded) {
      if (each.role !== "command") continue;
      const pid = this.#node.engine.spawn(each.component, each.start!);
      this.#commands.push(pid);
      this.#started(each, pid);
    }
  }

  async #supervise(residents: readonly Loaded[]): Promise<void> {
    if (residents.length === 0) return;
    const booted = Promise.withResolvers<void>();
    const children = residents.map((resident) =>
      this.#childOf(resident, () => {
        if (this.#pids.size === residents.length) booted.resolve();
      })
    );
    let last: LastEnd | undefined;
    const tree = supervisor({
      children,
      givesUpWith(component, reason) {
        last = { component, reason };
        return "shutdown";
      },
    });
    this.#supervisor = this.#node.runtime.spawn(tree, { label: "residents" });
    const ended = this.#supervisor.join()
      .then((reason) => this.#supervisorEnded(reason, last));
    await Promise.race([booted.promise, ended]);
  }

  #childOf(resident: Loaded, started: () => void): ChildSpec {
    const { component, start } = resident;
    return {
      id: component.name,
      start: (supervisor: ChildStarter) => {
        const { engine } = this.#node;
        const pid = engine.spawnLink(supervisor, component, start!);
        if (component.script !== undefined) this.#name(pid, component.name);
        this.#started(resident, pid);
        started();
        return pid;
      },
    };
  }

  #name(pid: Pid, name: string): void {
    const { runtime, engine } = this.#node;
    const before = this.#pids.get(name);
    // 1. It ends before its scheduler has heard of its name.
    // 2. So the end is told here first, and then that the name is free.
    // 3. It has ended, or there would be no other: the name is free now.
    if (before !== undefined && runtime.whereis(name)?.equals(before)) {
      runtime.unregister(name);
    }
    if (engine.giveName(pid, name)) return;
    // The supervisor will not know of it.
    runtime.kill(pid);
    throw new Error(`Cannot register a name that another process has: ${name}`);
  }

  #started({ component: { name } }: Loaded, pid: Pid): void {
    this.#pids.set(name, pid);
    this.#living.add(pidText(pid));
  }

  #supervisorEnded(reason: ExitReason, last: LastEnd | undefined): void {
    if (this.#isStopping) return;
    this.#gaveUp.resolve(new AppError("gaveUp", describeEnd(reason, last)));
  }

  /**
   * Ends the commands, and then the residents, the youngest first and each when
   * the one before has ended; what takes too long is killed. Idempotent.
   */
  async stop(): Promise<void> {
    this.#isStopping = true;
    const { runtime } = this.#node;
    for (const pid of this.#commands) runtime.exit(pid, "shutdown");
    const tree = this.#supervisor;
    if (tree === undefined) return;
    runtime.exit(tree.pid, "shutdown");
    await withinMs(RESIDENTS_STOP_MS_MAX, tree.join());
    tree.kill();
  }
}

function describeEnd(reason: ExitReason, last: LastEnd | undefined): string {
  if (last !== undefined) {
    return `Gave up on component "${last.component}", which ended too often: ${
      formatReason(last.reason)
    }`;
  }
  const failure = startFailureIn(reason);
  return failure === undefined
    ? `Cannot keep the residents running: ${formatReason(reason)}`
    : `Cannot start component "${failure.id}": ${formatReason(failure.reason)}`;
}

/** The payload of a supervisor that cannot start a child to begin with. */
interface StartFailure {
  readonly id: string;
  readonly reason: ExitReason;
}

function startFailureIn(reason: ExitReason): StartFailure | undefined {
  if (typeof reason === "string" || reason.type !== "exit") return undefined;
  const payload = reason.payload as StartFailure & { type?: unknown } | null;
  return payload?.type === "failedToStart" ? payload : undefined;
}
