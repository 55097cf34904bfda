/**
 * The processes that an app starts itself.
 *
 * @module
 */

import {
  type ChildSpec,
  type ChildStarter,
  crashOf,
  deleteChild,
  type Down,
  type ExitReason,
  formatReason,
  type Pid,
  type ProcessHandle,
  type Runtime,
  startChild,
  supervisor,
  SupervisorDown,
  type SupervisorMessage,
  terminateChild,
} from "@rusm/otp";
import type { Component, Engine } from "@rusm/wasm";
import { hookOf } from "../auth/hook_name.ts";
import type { Loaded } from "../components.ts";
import { AppError } from "../errors.ts";
import {
  COMMAND_STOP_MS_MAX,
  HOOK_RESTARTS,
  RESIDENTS_STOP_MS_MAX,
} from "../limits.ts";
import { pidText } from "../log.ts";
import { withinMs } from "../within_ms.ts";

/** What runs the processes. */
export interface ResidentsNode {
  /** Runs their supervisor. */
  readonly runtime: Runtime;
  /** Spawns them. */
  readonly engine: Pick<Engine, "spawn" | "spawnLink" | "giveName">;
}

/** What became of processes that were to be started again. */
export interface ResidentsChange {
  /** Names of their components. */
  readonly started: readonly string[];
  /** Says which could not be started. */
  readonly failure?: AppError;
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
 * A resident in TypeScript has the name of its component, unless it is a hook;
 * others take the names that they want. A resident is started again whatever it ends with. After more than 3 restarts
 * of all of them within 5 s their supervisor gives up: it ends those that are
 * left, the youngest first. A hook has a supervisor of its own that never gives
 * up, and waits the longer the more often it has started it again.
 *
 * @see Erlang `supervisor`: one for one, permanent children.
 */
export class Residents {
  readonly #node: ResidentsNode;
  // By the name of the component, those that have ended included.
  readonly #pids = new Map<string, Pid>();
  // As text, those of processes that live.
  readonly #living = new Set<string>();
  // By the name of the component.
  readonly #commands = new Map<string, Pid>();
  #gaveUp = Promise.withResolvers<AppError>();
  #supervisor: ProcessHandle<SupervisorMessage> | undefined;
  #hasGivenUp = false;
  #isStopping = false;

  /** Nothing runs yet. */
  constructor(node: ResidentsNode) {
    this.#node = node;
  }

  /**
   * Resolves when the supervisor of the residents has given up; else never. The
   * promise is another one when it was started again.
   */
  get gaveUp(): Promise<AppError> {
    return this.#gaveUp.promise;
  }

  /** Whether their supervisor has given up, and was not started again. */
  get hasGivenUp(): boolean {
    return this.#hasGivenUp;
  }

  /** The process of a component that was started last, which may have ended. */
  pidOf(component: string): Pid | undefined {
    return this.#pids.get(component);
  }

  /** Notes that a process has ended. Returns whether it was one of these. */
  exited(pid: Pid): boolean {
    // Most apps have none, and each request is a process.
    return this.#living.size > 0 && this.#living.delete(pidText(pid));
  }

  /**
   * Starts the residents among `loaded`, in order, and then the commands. Called
   * once.
   *
   * @returns Resolves when all are started, or the supervisor has given up.
   * @throws {SystemLimit} There is no room for a command.
   */
  async start(loaded: readonly Loaded[]): Promise<void> {
    await this.#supervise(loaded.filter(isResident));
    for (const each of loaded) if (isCommand(each)) this.#startCommand(each);
  }

  /**
   * Ends the processes of the components `names`, one after the other, and then
   * starts those of `loaded` that have one of these names. The others are left
   * alone, but when the supervisor has given up: then all residents are started.
   * What has not ended 5 s after it was asked to is killed.
   *
   * @param loaded All components of the app from now on. New residents count as
   * the youngest.
   * @returns The names of those that were to be started, and why some were not.
   */
  async change(
    names: ReadonlySet<string>,
    loaded: readonly Loaded[],
  ): Promise<ResidentsChange> {
    for (const name of [...names].reverse()) await this.#end(name);
    if (this.#isStopping) return { started: [] };
    const chosen = loaded.filter(({ component }) => names.has(component.name));
    const tree = this.#supervisor;
    const residents = (tree ? chosen : loaded).filter(isResident);
    const commands = chosen.filter(isCommand);
    const failures: string[] = [];
    if (tree === undefined) await this.#supervise(residents);
    else failures.push(...await this.#add(tree.pid, residents));
    for (const command of commands) {
      try {
        this.#startCommand(command);
      } catch (error) {
        // The others are started all the same; it is told then.
        failures.push(describeFailure(command.component.name, crashOf(error)));
      }
    }
    const started = [...residents, ...commands]
      .map(({ component }) => component.name);
    if (failures.length === 0) return { started };
    const failure = new AppError("cannotStart", failures.join("\n"));
    return { started, failure };
  }

  async #end(name: string): Promise<void> {
    await this.#endCommand(name);
    const tree = this.#supervisor;
    if (tree === undefined) return;
    const { runtime } = this.#node;
    await unlessDown(terminateChild(runtime, tree.pid, name));
    await unlessDown(deleteChild(runtime, tree.pid, name));
  }

  async #endCommand(name: string): Promise<void> {
    const pid = this.#commands.get(name);
    if (!this.#commands.delete(name)) return;
    const { runtime } = this.#node;
    const end = runtime.spawn<Down>((self) => {
      self.monitor(pid!);
      return self.receive();
    });
    runtime.exit(pid!, "shutdown");
    await withinMs(COMMAND_STOP_MS_MAX, end.join());
    runtime.kill(pid!);
  }

  /** Returns a sentence for each that cannot be started. */
  async #add(
    tree: Pid<SupervisorMessage>,
    residents: readonly Loaded[],
  ): Promise<readonly string[]> {
    const failures: string[] = [];
    for (const resident of residents) {
      const child = this.#childOf(resident);
      const { runtime } = this.#node;
      const start = await unlessDown(startChild(runtime, tree, child));
      if (start?.type === "failed") {
        failures.push(describeFailure(child.id, start.reason));
      }
    }
    return failures;
  }

  #startCommand(command: Loaded): void {
    const pid = this.#node.engine.spawn(command.component, command.start!);
    this.#commands.set(command.component.name, pid);
    this.#started(command, pid);
  }

  async #supervise(residents: readonly Loaded[]): Promise<void> {
    if (residents.length === 0) return;
    if (this.#hasGivenUp) this.#gaveUp = Promise.withResolvers();
    this.#hasGivenUp = false;
    const booted = Promise.withResolvers<void>();
    const left = new Set(residents);
    const children = residents.map((resident) =>
      this.#childOf(resident, () => {
        left.delete(resident);
        if (left.size === 0) booted.resolve();
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

  #childOf(resident: Loaded, started?: () => void): ChildSpec {
    const child = this.#processOf(resident, started);
    if (hookOf(child.id) === undefined) return child;
    // Whoever finds out what ends it is not to end the app by it.
    const tree = { children: [child], restartsMax: Infinity, ...HOOK_RESTARTS };
    return { id: child.id, start: () => supervisor(tree) };
  }

  #processOf(resident: Loaded, started: () => void = () => {}): ChildSpec {
    const { component, start } = resident;
    return {
      id: component.name,
      start: (supervisor: ChildStarter) => {
        const { engine } = this.#node;
        const pid = engine.spawnLink(supervisor, component, start!);
        if (hasName(component)) this.#name(pid, component.name);
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
    this.#supervisor = undefined;
    this.#hasGivenUp = true;
    this.#gaveUp.resolve(new AppError("gaveUp", describeEnd(reason, last)));
  }

  /**
   * Ends the commands, and then the residents, the youngest first and each when
   * the one before has ended; what takes too long is killed. Idempotent.
   */
  async stop(): Promise<void> {
    this.#isStopping = true;
    const { runtime } = this.#node;
    for (const pid of this.#commands.values()) runtime.exit(pid, "shutdown");
    const tree = this.#supervisor;
    if (tree === undefined) return;
    runtime.exit(tree.pid, "shutdown");
    await withinMs(RESIDENTS_STOP_MS_MAX, tree.join());
    tree.kill();
  }
}

// A hook is found by its pid alone: a name anybody could take who is faster.
function hasName({ script, name }: Component): boolean {
  return script !== undefined && hookOf(name) === undefined;
}

function isResident({ role }: Loaded): boolean {
  return role === "resident";
}

function isCommand({ role }: Loaded): boolean {
  return role === "command";
}

async function unlessDown<Reply>(
  asked: Promise<Reply>,
): Promise<Reply | undefined> {
  try {
    return await asked;
  } catch (error) {
    // It stops, or has given up, which is told otherwise.
    if (error instanceof SupervisorDown) return undefined;
    throw error;
  }
}

function describeFailure(name: string, reason: ExitReason): string {
  return `Cannot start component "${name}": ${formatReason(reason)}`;
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
    : describeFailure(failure.id, failure.reason);
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
