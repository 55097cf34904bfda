/**
 * Children of supervisors: how they are specified, started and stopped.
 *
 * @module
 */

import type { Context, ProcessBody, SpawnOptions } from "../context.ts";
import { TIMEOUT } from "../context.ts";
import { keyOf, Pid } from "../pid.ts";
import { crashOf, type ExitReason } from "../reason.ts";
import type { Restart } from "./restart.ts";
import type { Body } from "../runtime.ts";
import type { Down, ExitMessage, MonitorRef } from "../signal.ts";
import { checkDelay } from "../timer.ts";

/**
 * How a child is stopped: asked to exit with `"shutdown"` and killed when it has
 * not ended in time, killed at once, or asked and waited for without end.
 *
 * @see Erlang `supervisor:shutdown()`.
 */
export type Shutdown =
  | {
    /** Milliseconds that the child has to end. */
    readonly timeoutMs: number;
  }
  | "brutalKill"
  | "infinity";

/** What a child runs, whatever messages it accepts. */
export type ChildBody = ((self: never) => unknown) | ChildProcess;

/** A {@linkcode ProcessBody}, whatever messages it accepts. */
export interface ChildProcess {
  /** See {@linkcode ProcessBody.start}. */
  start(self: never): unknown;

  /** See {@linkcode ProcessBody.stop}. */
  stop?(reason: ExitReason): void;

  /**
   * Called once before the child is spawned, with the pid of its supervisor. A
   * child that traps exits needs it to know whose `"shutdown"` to heed.
   */
  supervisedBy?(supervisor: Pid): void;
}

/** A supervisor, as {@linkcode ChildSpec.start} sees it. */
export type ChildStarter = Pick<Context<never>, "pid" | "link">;

/** How a child is treated, whatever it is. */
export interface ChildSettings {
  /** Whether it is restarted when it ends; `"permanent"` when absent. */
  readonly restart?: Restart;

  /** How it is stopped; within 5,000 ms when absent. A supervisor as a child wants `"infinity"`. */
  readonly shutdown?: Shutdown;

  /** How it is spawned. The label is the child's `id` when absent. */
  readonly spawn?: Omit<SpawnOptions, "pid">;
}

/**
 * A child of a supervisor.
 *
 * The parameter of a body must be annotated, as in
 * `start: () => (self: Context<string>) => …`: children that accept different
 * messages share a list.
 *
 * @see Erlang `supervisor:child_spec()`.
 */
export interface ChildSpec extends ChildSettings {
  /** Names the child within its supervisor. */
  readonly id: string;

  /**
   * Makes what the child runs; called for each start. The child counts as
   * started when it is spawned. When this throws, the start has failed.
   *
   * It can spawn the child itself, on another scheduler, and return its pid; then
   * it must have linked it to `supervisor`, before the child's first turn.
   */
  readonly start: (supervisor: ChildStarter) => ChildBody | Pid;

  /**
   * Whether its end may end the supervisor; false when absent. Only where the
   * supervisor's `autoShutdown` is set, and never on a permanent child.
   */
  readonly significant?: boolean;
}

/** What came of starting a child. */
export type ChildStart<Message = never> =
  | {
    /** The tag: the child was spawned. */
    readonly type: "started";
    /** Names its process. */
    readonly pid: Pid<Message>;
  }
  | ChildFailed;

/** The child's `start` threw. */
export interface ChildFailed {
  /** The tag. */
  readonly type: "failed";
  /** What it threw. */
  readonly reason: ExitReason;
}

/** What the process that starts and stops children must accept. */
type Ends = Down | ExitMessage;

const SHUTDOWN: Shutdown = { timeoutMs: 5_000 };

/**
 * Checks what a caller gave.
 *
 * @throws {RangeError} `shutdown.timeoutMs` or `spawn.mailboxMax` is out of range.
 */
export function checkChildSettings(settings: ChildSettings): void {
  const { shutdown, spawn } = settings;
  if (typeof shutdown === "object") checkDelay(shutdown.timeoutMs);
  const mailboxMax = spawn?.mailboxMax ?? 0;
  if (!(mailboxMax >= 0)) {
    throw new RangeError(`Cannot bound a mailbox below 0: ${mailboxMax}`);
  }
}

/**
 * Spawns a child that is linked to `self`.
 *
 * @param start Makes its body; may throw.
 * @param label Shown unless `settings` has a label.
 */
export function startChildOf<Message>(
  self: Context<Message>,
  start: (supervisor: ChildStarter) => ChildBody | Pid,
  { spawn = {} }: ChildSettings,
  label?: string,
): ChildStart<unknown> {
  const body = bodyOf(self, start);
  if (body.type === "failed") return body;
  // A process that was killed runs on to its next wait; nothing would end what
  // it still spawned.
  if (!self.runtime.isAlive(self.pid)) {
    if (body.type === "started") self.runtime.kill(body.pid);
    self.exit("killed");
  }
  if (body.type === "started") return body;
  const options = label === undefined ? spawn : { label, ...spawn };
  const { pid } = self.spawnLink(body.body, options);
  return { type: "started", pid };
}

type Started = ProcessBody<unknown> | Body<unknown>;

function bodyOf(
  supervisor: ChildStarter,
  start: (supervisor: ChildStarter) => ChildBody | Pid,
): { readonly type: "made"; readonly body: Started } | ChildStart<unknown> {
  try {
    const body = start(supervisor);
    if (body instanceof Pid) {
      return { type: "started", pid: body as Pid<unknown> };
    }
    if (typeof body === "object") body.supervisedBy?.(supervisor.pid);
    // Nobody but the child's own code sends to it, by a pid that says what.
    return { type: "made", body: body as Started };
  } catch (thrown) {
    // It is the child that failed. Its supervisor counts that as an end.
    return { type: "failed", reason: crashOf(thrown) };
  }
}

/**
 * Stops children, all at the same time. Returns when the last one has ended.
 * Children that have ended already are none the worse for it.
 *
 * Takes the exit messages of these children from the mailbox, as far as they
 * arrive in time; the others must be ignored.
 *
 * @see Erlang `supervisor:terminate_child/2`.
 */
export async function stopChildrenOf<Message>(
  self: Context<Message | Ends>,
  pids: readonly Pid[],
  shutdown: Shutdown = SHUTDOWN,
): Promise<void> {
  const stopping = new Stopping(self, pids);
  if (shutdown !== "brutalKill") {
    stopping.ask("shutdown");
    const isOver = shutdown === "infinity"
      ? await stopping.wait()
      : await stopping.waitFor(shutdown.timeoutMs);
    if (isOver) return;
  }
  stopping.ask("kill");
  await stopping.wait();
}

/** Children that were asked to end. */
class Stopping<Message> {
  readonly #self: Context<Message | Ends>;
  // Those who have not ended, by monitor.
  readonly #pids = new Map<MonitorRef, Pid>();
  // All, by the key of the pid.
  readonly #names = new Set<number | string>();

  constructor(self: Context<Message | Ends>, pids: readonly Pid[]) {
    this.#self = self;
    for (const pid of pids) {
      this.#pids.set(self.monitor(pid), pid);
      this.#names.add(keyOf(pid));
    }
  }

  ask(reason: "shutdown" | "kill"): void {
    const { runtime, pid: from } = this.#self;
    for (const pid of this.#pids.values()) runtime.exit(pid, reason, from);
  }

  /** Waits for all. Returns true. */
  async wait(): Promise<true> {
    while (this.#pids.size > 0) {
      this.#heed(await this.#self.receive({ match: this.#isEnd }));
    }
    return await this.#flush();
  }

  // The exit message of an end comes right behind its Down.
  async #flush(): Promise<true> {
    const options = { match: this.#isEnd, timeoutMs: 0 };
    while (await this.#self.receive(options) !== TIMEOUT);
    return true;
  }

  /** Waits for all, but no longer than `timeoutMs`. Returns whether all have ended. */
  async waitFor(timeoutMs: number): Promise<boolean> {
    const { host } = this.#self.runtime;
    const endMs = host.now() + timeoutMs;
    while (this.#pids.size > 0) {
      const end = await this.#self.receive({
        match: this.#isEnd,
        timeoutMs: Math.max(0, endMs - host.now()),
      });
      if (end === TIMEOUT) return false;
      this.#heed(end);
    }
    return await this.#flush();
  }

  // Exit messages are taken too: a mailbox full of those that are left would be
  // searched from its start for each child.
  readonly #isEnd = (message: Message | Ends): message is Ends & Message => {
    const end = message as Partial<Ends> | undefined | null;
    if (end?.type === "down") return this.#pids.has(end.ref!);
    return end?.type === "exit" && end.from !== undefined &&
      this.#names.has(keyOf(end.from));
  };

  #heed(end: Ends): void {
    if (end.type === "down") this.#pids.delete(end.ref);
  }
}
