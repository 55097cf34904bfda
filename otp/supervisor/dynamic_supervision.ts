/**
 * What a dynamic supervisor is inside. `dynamicSupervisor()` is its public face.
 *
 * @module
 */

import { type Ask, reply } from "./ask.ts";
import {
  type ChildBody,
  type ChildSettings,
  type ChildStart,
  startChildOf,
  stopChildrenOf,
} from "./child.ts";
import type { Context } from "../context.ts";
import type { RestartInfo } from "../observer.ts";
import { keyOf, type Pid } from "../pid.ts";
import type { ExitReason } from "../reason.ts";
import {
  type Backoff,
  backoffMs,
  mayRestart,
  type RestartLimit,
  RestartWindow,
} from "./restart.ts";
import { coreOf } from "../runtime.ts";
import type { Down, ExitMessage } from "../signal.ts";
import type { ChildCounts, TerminateChildResult } from "./message.ts";

/** What a dynamic supervisor accepts. The functions around it send it. */
export type DynamicSupervisorMessage<Argument, Message = never> =
  | DynamicSupervisorRequest<Argument, Message>
  | DynamicRetry
  | ExitMessage
  | Down;

/** What a dynamic supervisor can be asked. */
export type DynamicSupervisorRequest<Argument, Message> =
  | { readonly type: "whichChildren" } & Ask<Pid<Message>[]>
  | { readonly type: "countChildren" } & Ask<ChildCounts>
  | (
    & { readonly type: "startChild"; readonly argument: Argument }
    & Ask<StartDynamicChildResult<Message>>
  )
  | (
    & { readonly type: "terminateChild"; readonly child: Pid }
    & Ask<TerminateChildResult>
  );

/** What came of `startDynamicChild()`. */
export type StartDynamicChildResult<Message> =
  | ChildStart<Message>
  | {
    /** The tag: there are as many children as there may be. */
    readonly type: "maxChildren";
  };

/** What a dynamic supervisor sends itself when it is time for a restart. */
export interface DynamicRetry {
  /** The tag. */
  readonly type: "retry";
  /** The child, as it was called when it ran. */
  readonly child: Pid;
  /** Whether the restart was counted already, before a wait. */
  readonly isCounted: boolean;
}

/** What a dynamic supervisor goes by. */
export interface DynamicPlan<Argument> extends ChildSettings {
  /** Makes what a child runs. */
  readonly start: (argument: Argument) => ChildBody;
  /** How many children there may be. */
  readonly childrenMax: number;
  /** How many restarts are borne. */
  readonly limit: RestartLimit;
  /** How long to wait before a restart; not at all when undefined. */
  readonly backoff: Backoff | undefined;
}

interface DynamicChild<Argument> {
  /** What it is started with. */
  readonly argument: Argument;
  /** Its process; the one it was while it is restarted. */
  pid: Pid;
  isRunning: boolean;
  /** When its process was spawned. */
  sinceMs: number;
  /** Restarts in a row, after none of which it ran for a whole period. */
  restartsInRow: number;
  /** Why it ended last, or could not be started. */
  reason: ExitReason;
}

/**
 * One dynamic supervisor.
 *
 * @see Elixir `DynamicSupervisor`; Erlang `simple_one_for_one`.
 */
export class DynamicSupervision<Argument, Message> {
  readonly #self: Context<DynamicSupervisorMessage<Argument, Message>>;
  readonly #plan: DynamicPlan<Argument>;
  readonly #parent: Pid | undefined;
  // By the key of the pid; the oldest process first.
  readonly #children = new Map<number | string, DynamicChild<Argument>>();
  readonly #restarts: RestartWindow;

  /** A supervisor without children that heeds what `parent` asks. */
  constructor(
    self: Context<DynamicSupervisorMessage<Argument, Message>>,
    plan: DynamicPlan<Argument>,
    parent: Pid | undefined,
  ) {
    this.#self = self;
    this.#plan = plan;
    this.#restarts = new RestartWindow(plan.limit);
    this.#parent = parent;
  }

  /** Supervises until the process exits. */
  async run(): Promise<never> {
    this.#self.trapExits(true);
    for (;;) await this.#handle(await this.#self.receive());
  }

  // By pid anybody can send anything, whatever the types say.
  #handle(
    message: DynamicSupervisorMessage<Argument, Message> | null | undefined,
  ): unknown {
    switch (message?.type) {
      case "exit":
        return this.#exited(message);
      case "retry":
        return this.#retry(message);
      case "whichChildren":
        return reply(this.#self.runtime, message, this.#running());
      case "countChildren":
        return reply(this.#self.runtime, message, this.#count());
      case "startChild":
        return reply(this.#self.runtime, message, this.#add(message.argument));
      case "terminateChild":
        return this.#terminate(message);
      default:
        return undefined;
    }
  }

  async #exited({ from, reason }: ExitMessage): Promise<void> {
    if (from === undefined || this.#parent?.equals(from)) {
      return await this.#end(reason);
    }
    const child = this.#children.get(keyOf(from));
    if (!child?.isRunning) return;
    child.isRunning = false;
    child.reason = reason;
    if (mayRestart(this.#plan.restart ?? "permanent", reason)) {
      this.#forgiveAfterPeriod(child);
      await this.#restart(child);
    } else this.#children.delete(keyOf(from));
  }

  #forgiveAfterPeriod(child: DynamicChild<Argument>): void {
    const ranMs = this.#nowMs() - child.sinceMs;
    if (ranMs > this.#plan.limit.periodMs) child.restartsInRow = 0;
  }

  #nowMs(): number {
    return this.#self.runtime.host.now();
  }

  async #end(reason: ExitReason): Promise<never> {
    await this.#stop(this.#running());
    return this.#self.exit(reason);
  }

  #running(): Pid<Message>[] {
    const running = [...this.#children.values()].filter((child) =>
      child.isRunning
    );
    // Every child is what `start` made, which says what it accepts.
    return running.map(({ pid }) => pid as Pid<Message>);
  }

  #stop(pids: readonly Pid[]): Promise<void> {
    return stopChildrenOf<DynamicSupervisorMessage<Argument, Message>>(
      this.#self,
      pids,
      this.#plan.shutdown,
    );
  }

  async #restart(child: DynamicChild<Argument>): Promise<void> {
    const { backoff } = this.#plan;
    if (!this.#restarts.add(this.#nowMs())) {
      this.#report(child, { isGivenUp: true, waitMs: 0 });
      return await this.#end("shutdown");
    }
    child.restartsInRow++;
    const { runtime, pid } = this.#self;
    const random = () => runtime.host.random();
    const waitMs = backoff === undefined
      ? 0
      : backoffMs(child.restartsInRow, backoff, random);
    this.#report(child, { isGivenUp: false, waitMs });
    if (backoff === undefined) return this.#startAgain(child);
    runtime.sendAfter(pid, waitMs, {
      type: "retry",
      child: child.pid,
      isCounted: true,
    });
  }

  #report(
    { pid, reason }: DynamicChild<Argument>,
    outcome: Pick<RestartInfo, "isGivenUp" | "waitMs">,
  ): void {
    const { runtime, pid: supervisor } = this.#self;
    const { count, countMax } = this.#restarts;
    const told = { supervisor, child: String(pid), reason, count, countMax };
    const restart = { ...told, ...outcome };
    coreOf(runtime).observe((observer) => observer.restarted?.(restart));
  }

  #startAgain(child: DynamicChild<Argument>): void {
    const started = this.#start(child.argument);
    if (started.type === "started") {
      this.#children.delete(keyOf(child.pid));
      return this.#note(child, started.pid);
    }
    child.reason = started.reason;
    // By way of the mailbox, so that a child that cannot be started keeps the
    // supervisor from nothing else.
    this.#self.runtime.send(this.#self.pid, {
      type: "retry",
      child: child.pid,
      isCounted: false,
    });
  }

  #start(argument: Argument): ChildStart<Message> {
    const { start } = this.#plan;
    return startChildOf(this.#self, () => start(argument), this.#plan);
  }

  #note(child: DynamicChild<Argument>, pid: Pid): void {
    child.pid = pid;
    child.isRunning = true;
    child.sinceMs = this.#nowMs();
    this.#children.set(keyOf(pid), child);
  }

  async #retry({ child: pid, isCounted }: DynamicRetry): Promise<void> {
    const child = this.#children.get(keyOf(pid));
    if (child === undefined) return;
    if (isCounted) this.#startAgain(child);
    else await this.#restart(child);
  }

  #count(): ChildCounts {
    return { specs: this.#children.size, active: this.#running().length };
  }

  #add(argument: Argument): StartDynamicChildResult<Message> {
    if (this.#children.size >= this.#plan.childrenMax) {
      return { type: "maxChildren" };
    }
    const started = this.#start(argument);
    if (started.type === "failed") return started;
    const { pid } = started;
    const child = { argument, pid, isRunning: true, sinceMs: 0 };
    this.#note({ ...child, restartsInRow: 0, reason: "normal" }, pid);
    return started;
  }

  async #terminate(
    request: { readonly child: Pid } & Ask<TerminateChildResult>,
  ): Promise<void> {
    const key = keyOf(request.child);
    const child = this.#children.get(key);
    if (child?.isRunning) await this.#stop([child.pid]);
    const isFound = this.#children.delete(key);
    const type = isFound ? "terminated" : "notFound";
    reply<TerminateChildResult>(this.#self.runtime, request, { type });
  }
}
