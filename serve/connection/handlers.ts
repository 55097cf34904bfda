/**
 * The guests that handle the connections of a listener, one each.
 *
 * @module
 */

import {
  type Context,
  type Down,
  type ExitReason,
  LATER,
  type Pid,
  type ProcessHandle,
  type Runtime,
} from "@rusm/otp";
import type { Component, Engine, FrameTaken, Start } from "@rusm/wasm";
import { CLOSE_GRACE_MS } from "../limits.ts";

/** Who hears of one handler. */
export interface HandlerListener {
  /** It has taken frames of its client out of its mailbox. */
  taken(frames: FrameTaken): void;
  /** It has ended. Called once, last. */
  ended(reason: ExitReason): void;
}

/** What a component is run as. */
export interface HandlerStart {
  /** Runs it. */
  readonly component: Component;
  /** How it begins. */
  readonly start: Start;
}

interface Handler {
  readonly pid: Pid;
  readonly listener: HandlerListener;
  /** Ends the wait for the end of one whose client has gone. */
  disarm?: () => void;
}

type Mail = Down | FrameTaken;

/**
 * Starts handlers, and hears of their ends by one native process for all of
 * them.
 */
export class Handlers {
  /** Who is told by guests that they have taken frames. */
  readonly pid: Pid<FrameTaken>;
  readonly #runtime: Runtime;
  readonly #engine: Pick<Engine, "spawnMonitor">;
  readonly #watcher: ProcessHandle<Mail>;
  readonly #started = Promise.withResolvers<void>();
  readonly #handlers = new Map<bigint, Handler>();
  readonly #take = (mail: Mail) => {
    this.#heed(mail);
    this.#next();
  };
  #self: Context<Mail> | undefined;
  #idle: (() => void) | undefined;

  /** Nothing runs but the process that watches. */
  constructor(runtime: Runtime, engine: Pick<Engine, "spawnMonitor">) {
    this.#runtime = runtime;
    this.#engine = engine;
    this.#watcher = runtime.spawn<Mail>({ start: (self) => this.#watch(self) });
    this.pid = this.#watcher.pid as Pid<unknown> as Pid<FrameTaken>;
  }

  #watch(self: Context<Mail>): typeof LATER {
    this.#self = self;
    this.#started.resolve();
    this.#next();
    return LATER;
  }

  #next(): void {
    for (;;) {
      const mail = this.#self!.receiveBy(this.#take);
      if (mail === LATER) return;
      this.#heed(mail);
    }
  }

  /** Resolves when handlers can be started. */
  async ready(): Promise<void> {
    await this.#started.promise;
  }

  #heed(mail: Mail): void {
    const handler = this.#handlers.get(mail.pid.toBigInt());
    if (handler === undefined) return;
    if (mail.type === "taken") return handler.listener.taken(mail);
    handler.disarm?.();
    this.#handlers.delete(mail.pid.toBigInt());
    handler.listener.ended(mail.reason);
    if (this.#handlers.size === 0) this.#idle?.();
  }

  /**
   * Starts a handler. Only when {@linkcode Handlers.ready} has resolved.
   *
   * @throws {SystemLimit} There is no room for one.
   */
  spawn({ component, start }: HandlerStart, listener: HandlerListener): Pid {
    const self = this.#self as unknown as Context<Down>;
    const { pid } = this.#engine.spawnMonitor(self, component, start);
    this.#handlers.set(pid.toBigInt(), { pid, listener });
    return pid;
  }

  /**
   * Gives a handler whose client has gone {@linkcode CLOSE_GRACE_MS}, and then
   * asks it to end. One that traps that has as long again until it is killed.
   */
  release(pid: Pid): void {
    const handler = this.#handlers.get(pid.toBigInt());
    if (handler === undefined || handler.disarm !== undefined) return;
    this.#after(handler, () => {
      // First, since its end may be told before it returns from being asked.
      this.#after(handler, () => void this.#runtime.kill(pid));
      this.#runtime.exit(pid, "shutdown");
    });
  }

  #after(handler: Handler, then: () => void): void {
    handler.disarm = this.#runtime.host.timer(CLOSE_GRACE_MS, then);
  }

  /** Resolves when all handlers have ended, and those who hear of it are told. Nothing may be started then. */
  async close(): Promise<void> {
    if (this.#handlers.size > 0) {
      await new Promise<void>((resolve) => this.#idle = resolve);
    }
    this.#watcher.kill();
  }
}
