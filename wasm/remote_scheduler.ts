/**
 * A scheduler in a Worker, as the main thread sees it.
 *
 * @module
 */

import type { ExitReason, Peer, Pid, Signal } from "@rusm/otp";
import { Channel } from "./channel.ts";
import { SchedulerFailed } from "./errors.ts";
import { HEARTBEATS_MISSED_MAX } from "./limits.ts";
import type { Start } from "./guests.ts";
import {
  type Command,
  frameOf,
  isSignal,
  pidOf,
  pidParts,
  type Report,
  signalOf,
} from "./wire.ts";

/** Who hears of what happens on a scheduler. */
export interface SchedulerListener {
  /** A signal for another scheduler has arrived. */
  signalled(signal: Signal): void;
  /** A process has ended. */
  exited(pid: Pid, component: number, reason: ExitReason): void;
  /** A process has logged. */
  logged(pid: Pid, component: number, level: number, text: string): void;
  /** A message was dropped, since it holds what cannot be copied. */
  refused(to: Pid): void;
  /** The scheduler is gone, and all its processes with it. Called once. */
  lost(why: string): void;
}

/** Where a scheduler stands, and what it may do. */
export interface SchedulerOptions {
  /** Index of its node. */
  readonly node: number;
  /** Its own index on that node. */
  readonly scheduler: number;
  /** What its Worker may do: the upper bound for every process on it. */
  readonly permissions: Deno.PermissionOptionsObject;
}

/**
 * A scheduler in a Worker.
 *
 * Invariant: `living` holds every process that was spawned here and of whose
 * end nothing has been heard.
 */
export class RemoteScheduler implements Peer {
  /** The component of each living process, by serial. */
  readonly living: Map<number, number> = new Map();
  /** Resolves when the scheduler takes commands; rejects when it was lost or closed before. */
  readonly ready: Promise<void>;

  readonly #worker: Worker;
  readonly #channel: Channel<Command>;
  readonly #listener: SchedulerListener;
  #settleReady!: { resolve: () => void; reject: (error: Error) => void };
  #pingsMissed = 0;
  #isLost = false;

  /** Starts a Worker. Commands can be given at once. */
  constructor(options: SchedulerOptions, listener: SchedulerListener) {
    const { node, scheduler, permissions } = options;
    this.#listener = listener;
    this.ready = new Promise((resolve, reject) =>
      this.#settleReady = { resolve, reject }
    );
    // Who does not wait for it learns of the loss from the listener.
    this.ready.catch(() => {});
    this.#worker = new Worker(new URL("./worker.ts", import.meta.url), {
      type: "module",
      name: `rusm scheduler ${scheduler}`,
      deno: { permissions },
    });
    this.#worker.onmessage = ({ data }) => this.#heed(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.lose(event.message);
    };
    this.#channel = new Channel(this.#worker, (command) => {
      // Messages are the caller's; everything else is plain data of ours.
      if (isSignal(command)) listener.refused(pidOf(command.to));
    });
    this.#channel.send({ type: "start", node, scheduler });
  }

  #heed(reports: Report[]): void {
    for (const report of reports) if (!this.#isLost) this.#heedOne(report);
  }

  #heedOne(report: Report): void {
    if (isSignal(report)) return this.#listener.signalled(signalOf(report));
    switch (report.type) {
      case "ready":
        return this.#settleReady.resolve();
      case "pong":
        this.#pingsMissed = 0;
        return;
      case "log": {
        const { pid, component, level, text } = report;
        return this.#listener.logged(pidOf(pid), component, level, text);
      }
      case "exited": {
        const pid = pidOf(report.pid);
        this.living.delete(pid.serial);
        return this.#listener.exited(pid, report.component, report.reason);
      }
    }
  }

  /** Makes a component known, so that it can be spawned. */
  load(command: Extract<Command, { type: "load" }>): void {
    this.#channel.send(command);
  }

  /** Spawns a process of a component that was loaded. */
  spawn(pid: Pid, component: number, start: Start): void {
    this.living.set(pid.serial, component);
    const parts = pidParts(pid);
    this.#channel.send({ type: "spawn", pid: parts, component, start });
  }

  send(signal: Signal): boolean {
    return this.#channel.send(frameOf(signal));
  }

  /** Whether it owes more signs of life than the one that may be on its way. */
  get isSilent(): boolean {
    return this.#pingsMissed > 1;
  }

  /** Asks for a sign of life; gives the scheduler up when it owes too many. */
  ping(): void {
    if (this.#pingsMissed >= HEARTBEATS_MISSED_MAX) {
      return this.lose(`it gave no sign of life ${this.#pingsMissed} times`);
    }
    this.#pingsMissed++;
    this.#channel.send({ type: "ping" });
  }

  /** Gives the scheduler up. Idempotent. */
  lose(why: string): void {
    if (this.#isLost) return;
    this.#end(why);
    this.#listener.lost(why);
  }

  /**
   * Ends the Worker, without telling the listener. A Worker that is stuck in a
   * loop keeps its thread: Deno cannot stop it.
   */
  close(): void {
    this.#end("it was closed");
  }

  #end(why: string): void {
    this.#isLost = true;
    this.#channel.close();
    this.#worker.terminate();
    const error = new SchedulerFailed(`Cannot start a scheduler: ${why}`);
    this.#settleReady.reject(error);
  }
}
