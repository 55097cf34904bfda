/**
 * What a supervisor is inside. `supervisor()` is its public face.
 *
 * @module
 */

import { reply } from "./ask.ts";
import type { ChildSpec } from "./child.ts";
import { type Child, Children } from "./children.ts";
import type { Context } from "../context.ts";
import type { RestartInfo } from "../observer.ts";
import type { Pid } from "../pid.ts";
import type { ExitReason } from "../reason.ts";
import {
  affected,
  type Backoff,
  backoffMs,
  mayRestart,
  type RestartLimit,
  RestartWindow,
  type Strategy,
} from "./restart.ts";
import { coreOf } from "../runtime.ts";
import type { ExitMessage } from "../signal.ts";
import type {
  ChildInfo,
  DeleteChildResult,
  RestartChildResult,
  Retry,
  StartChildResult,
  SupervisorMessage,
  SupervisorRequest,
  TerminateChildResult,
} from "./message.ts";

/** When the end of a significant child that is not restarted ends its supervisor. */
export type AutoShutdown = "never" | "anySignificant" | "allSignificant";

/** What a supervisor goes by. */
export interface SupervisionPlan {
  /** Which children are restarted with one that ended. */
  readonly strategy: Strategy;
  /** In start order; no two with one id. */
  readonly children: readonly ChildSpec[];
  /** How many restarts are borne. */
  readonly limit: RestartLimit;
  /** When the end of a significant child ends the supervisor. */
  readonly autoShutdown: AutoShutdown;
  /** How long to wait before a restart; not at all when undefined. */
  readonly backoff: Backoff | undefined;
  /** See {@linkcode SupervisorOptions.givesUpWith}. */
  readonly givesUpWith: GivesUpWith;
}

/** Makes the exit reason of a supervisor that gives up, from the child that ended last and why. */
export type GivesUpWith = (child: string, reason: ExitReason) => ExitReason;

/**
 * One supervisor.
 *
 * @see Erlang `supervisor.erl`, whose order of stops and starts this keeps.
 */
export class Supervision {
  readonly #self: Context<SupervisorMessage>;
  readonly #plan: SupervisionPlan;
  readonly #parent: Pid | undefined;
  readonly #children: Children;
  readonly #restarts: RestartWindow;
  #attempts = 0;

  /** A supervisor that heeds what `parent` asks. */
  constructor(
    self: Context<SupervisorMessage>,
    plan: SupervisionPlan,
    parent: Pid | undefined,
  ) {
    this.#self = self;
    this.#plan = plan;
    this.#restarts = new RestartWindow(plan.limit);
    this.#parent = parent;
    this.#children = new Children(self);
    plan.children.forEach((spec) => this.#children.add(spec));
  }

  /** Supervises until the process exits. */
  async run(): Promise<never> {
    this.#self.trapExits(true);
    await this.#startAll();
    for (;;) await this.#handle(await this.#self.receive());
  }

  async #startAll(): Promise<void> {
    const failed = this.#children.startEach(this.#children.all);
    if (failed === undefined) return;
    const { child: { spec: { id } }, reason } = failed;
    const payload = { type: "failedToStart", id, reason };
    await this.#end({ type: "exit", payload });
  }

  // By pid anybody can send anything, whatever the types say.
  #handle(message: SupervisorMessage | null | undefined): unknown {
    switch (message?.type) {
      case "exit":
        return this.#exited(message);
      case "retry":
        return this.#retry(message);
      case "whichChildren":
        return this.#reply(message, this.#children.all.map(infoOf));
      case "countChildren":
        return this.#reply(message, this.#count());
      case "startChild":
        return this.#reply(message, this.#add(message.spec));
      case "restartChild":
        return this.#reply(message, this.#startAgain(message.id));
      case "deleteChild":
        return this.#reply(message, this.#delete(message.id));
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
    const child = this.#children.runningAs(from);
    if (child === undefined) return;
    this.#forgiveAfterPeriod(child);
    child.reason = reason;
    this.#children.ended(child);
    if (mayRestart(child.spec.restart ?? "permanent", reason)) {
      await this.#restart(child);
    } else if (this.#endsWith(child)) await this.#end("shutdown");
  }

  #forgiveAfterPeriod(child: Child): void {
    if (child.state.type !== "running") return;
    const ranMs = this.#nowMs() - child.state.sinceMs;
    if (ranMs > this.#plan.limit.periodMs) child.restartsInRow = 0;
  }

  #nowMs(): number {
    return this.#self.runtime.host.now();
  }

  #endsWith({ spec: { significant = false } }: Child): boolean {
    if (!significant) return false;
    switch (this.#plan.autoShutdown) {
      case "never":
        return false;
      case "anySignificant":
        return true;
      case "allSignificant":
        return this.#children.all.every(({ spec, state }) =>
          !spec.significant || state.type === "stopped"
        );
    }
  }

  async #end(reason: ExitReason): Promise<never> {
    await this.#children.stopEach(this.#children.all);
    return this.#self.exit(reason);
  }

  async #restart(child: Child): Promise<void> {
    const { backoff, givesUpWith } = this.#plan;
    if (!this.#restarts.add(this.#nowMs())) {
      this.#report(child, { isGivenUp: true, waitMs: 0 });
      return await this.#end(givesUpWith(child.spec.id, child.reason));
    }
    child.restartsInRow++;
    const { runtime, pid } = this.#self;
    const random = () => runtime.host.random();
    const waitMs = backoff === undefined
      ? 0
      : backoffMs(child.restartsInRow, backoff, random);
    this.#report(child, { isGivenUp: false, waitMs });
    await this.#children.stopEach(this.#affectedBy(child));
    if (backoff === undefined) return this.#startAffected(child);
    runtime.sendAfter(pid, waitMs, this.#retryOf(child, true));
  }

  #report(
    { spec: { id }, reason }: Child,
    outcome: Pick<RestartInfo, "isGivenUp" | "waitMs">,
  ): void {
    const { runtime, pid: supervisor } = this.#self;
    const { count, countMax } = this.#restarts;
    const told = { supervisor, child: id, reason, count, countMax };
    const restart = { ...told, ...outcome };
    coreOf(runtime).observe((observer) => observer.restarted?.(restart));
  }

  #affectedBy(child: Child): Child[] {
    const { all } = this.#children;
    const { strategy } = this.#plan;
    const { start, end } = affected(strategy, all.indexOf(child), all.length);
    return all.slice(start, end);
  }

  #startAffected(child: Child): void {
    const failed = this.#children.startEach(this.#affectedBy(child));
    if (failed === undefined) return;
    failed.child.reason = failed.reason;
    // By way of the mailbox, so that a child that cannot be started keeps the
    // supervisor from nothing else.
    const { runtime, pid } = this.#self;
    runtime.send(pid, this.#retryOf(failed.child, false));
  }

  #retryOf(child: Child, isCounted: boolean): Retry {
    const attempt = ++this.#attempts;
    child.state = { type: "restarting", attempt };
    return { type: "retry", id: child.spec.id, attempt, isCounted };
  }

  async #retry({ id, attempt, isCounted }: Retry): Promise<void> {
    const child = this.#children.find(id);
    if (child?.state.type !== "restarting") return;
    if (child.state.attempt !== attempt) return;
    if (!isCounted) return await this.#restart(child);
    // During the wait a request may have started one of those that go with it.
    await this.#children.stopEach(this.#affectedBy(child));
    this.#startAffected(child);
  }

  #reply<Reply>(to: Parameters<typeof reply<Reply>>[1], answer: Reply): void {
    reply(this.#self.runtime, to, answer);
  }

  #count(): { specs: number; active: number } {
    const { all } = this.#children;
    return { specs: all.length, active: all.filter(this.#isAlive).length };
  }

  // One that has unlinked itself ends without a word.
  readonly #isAlive = ({ state }: Child) =>
    state.type === "running" && this.#self.runtime.isAlive(state.pid);

  #add(spec: ChildSpec): StartChildResult {
    if (spec.significant && this.#plan.autoShutdown === "never") {
      return { type: "cannotBeSignificant" };
    }
    const incumbent = this.#children.find(spec.id);
    if (incumbent?.state.type === "running") {
      return { type: "alreadyStarted", pid: incumbent.state.pid };
    }
    if (incumbent !== undefined) return { type: "alreadyPresent" };
    const child = this.#children.add(spec);
    const started = this.#children.start(child);
    if (started.type === "failed") this.#children.remove(child);
    return started;
  }

  #startAgain(id: string): RestartChildResult {
    const child = this.#children.find(id);
    if (child === undefined) return { type: "notFound" };
    const { type } = child.state;
    return type === "stopped" ? this.#children.start(child) : { type };
  }

  #delete(id: string): DeleteChildResult {
    const child = this.#children.find(id);
    if (child === undefined) return { type: "notFound" };
    const { type } = child.state;
    if (type !== "stopped") return { type };
    this.#children.remove(child);
    return { type: "deleted" };
  }

  async #terminate(
    request: SupervisorRequest & { readonly type: "terminateChild" },
  ): Promise<void> {
    const child = this.#children.find(request.id);
    if (child !== undefined) await this.#children.stop(child);
    const type = child === undefined ? "notFound" : "terminated";
    this.#reply<TerminateChildResult>(request, { type });
  }
}

function infoOf({ spec: { id }, state }: Child): ChildInfo {
  switch (state.type) {
    case "running":
      return { id, pid: state.pid };
    case "restarting":
      return { id, pid: "restarting" };
    case "stopped":
      return { id, pid: undefined };
  }
}
