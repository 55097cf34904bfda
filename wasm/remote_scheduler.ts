/**
 * A scheduler in a Worker, as the main thread sees it.
 *
 * @module
 */

import { type ExitReason, type Peer, Pid, type Signal } from "@rusm/otp";
import { SchedulerFailed } from "./errors.ts";
import {
  CLOSE_MS_MAX,
  HEARTBEATS_MISSED_MAX,
  START_HEARTBEATS_MAX,
} from "./limits.ts";
import type { PostedStart } from "./guests.ts";
import type { LinkAnswer, LinkReport } from "./link_desk.ts";
import { type BellCell, createBell } from "./ring/bell.ts";
import type { Answer, Ask } from "./node/ask.ts";
import { AskDesk } from "./node/ask_desk.ts";
import type { Exchange } from "./ring/exchange.ts";
import { Unreadable } from "./ring/frame.ts";
import { RING_BYTES } from "./ring/limits.ts";
import { type Arrival, Line } from "./ring/line.ts";
import { createRing } from "./ring/ring.ts";
import type { TraceParent } from "./trace/telemetry.ts";
import {
  type Closing,
  type Command,
  type GuestLoad,
  isSignal,
  type NameReport,
  type Report,
  type Tiding,
  type Wiring,
} from "./wire.ts";

/** A ring that a scheduler has made for another, or its word that it cannot go on with it. */
export type Opening = Extract<Report, { type: "open" | "overrun" }>;

/** Monitors a process, or links to it: calls nobody else, and does not throw. */
export type Tie = (pid: Pid) => void;

// They hold shared memory, or too much for a ring.
const POSTED_TIDINGS: ReadonlySet<Tiding["type"]> = new Set([
  ...["joined", "opened", "names", "tags"] as const,
]);

/** Who hears of what happens on a scheduler. */
export interface SchedulerListener {
  /** A signal for another scheduler has arrived. */
  signalled(signal: Signal): void;
  /** A process has ended; `linkedTo` is whose end, over a link, was its own. */
  exited(
    pid: Pid,
    component: number,
    reason: ExitReason,
    linkedTo?: Pid,
  ): void;
  /** A process has logged. */
  logged(pid: Pid, component: number, level: number, text: string): void;
  /** A process has trapped, and is to be reported as ended next. */
  dumped(pid: Pid, component: number, dump: Uint8Array<ArrayBuffer>): void;
  /** A message was dropped, since it holds what cannot be copied. */
  refused(to: Pid): void;
  /** The scheduler says something of names. */
  named(report: NameReport): void;
  /** A process of it is in a group no more. */
  untagged(tag: string, pid: Pid): void;
  /** A living process asks the node for something. The promise never rejects. */
  asked(
    pid: Pid,
    component: number,
    ask: Ask,
    trace: TraceParent | undefined,
  ): Answer | Promise<Answer>;
  /** A process asks for a symbolic link; the answer is for {@linkcode RemoteScheduler.answer}. */
  linking(report: LinkReport): void;
  /** The scheduler opens a way to another, or gives one up. */
  opened(opening: Opening): void;
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
  /** What the main thread sends and gets. */
  readonly exchange: Exchange;
  /** The module that its Worker runs; `worker.ts` when absent. */
  readonly program?: URL;
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

  /** Its bell, for the schedulers that send to it. */
  readonly bell: BellCell = createBell();

  readonly #worker: Worker;
  readonly #line: Line;
  readonly #listener: SchedulerListener;
  readonly #options: SchedulerOptions;
  #settleReady!: { resolve: () => void; reject: (error: Error) => void };
  readonly #closed = Promise.withResolvers<void>();
  #closing: Promise<void> | undefined;
  #pingsMissed = 0;
  #pingsMissedMax = START_HEARTBEATS_MAX;
  #isLost = false;
  #lastLoad: GuestLoad | undefined;
  // What goes with a spawn, in one frame: in two, the process could end between.
  #gathered: Signal[] | undefined;
  readonly #asks = new AskDesk();
  // Before, no guest can be inside of its Worker.
  #hasSpawned = false;

  /** Starts a Worker. Commands can be given at once. */
  constructor(options: SchedulerOptions, listener: SchedulerListener) {
    this.#listener = listener;
    this.#options = options;
    this.ready = new Promise((resolve, reject) =>
      this.#settleReady = { resolve, reject }
    );
    // Who does not wait for it learns of the loss from the listener.
    this.ready.catch(() => {});
    this.#worker = startWorker(options);
    this.#worker.onmessage = ({ data }) => {
      if (data.type === "closed") this.#closed.resolve();
      else this.#takePosted(data);
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#closed.resolve();
      this.lose(event.message);
    };
    this.#line = this.#wire(options);
  }

  #wire({ node, scheduler, exchange }: SchedulerOptions): Line {
    const fromMain = createRing(RING_BYTES);
    const toMain = createRing(RING_BYTES);
    const line = new Line(exchange, this.bell, () => fromMain, {
      keepsBytes: false,
      arrived: (content) => this.#heed(content),
      refused: (to) => this.#listener.refused(to),
      overrun: () => this.lose("it did not take its signals"),
    });
    line.receive(toMain);
    const wiring: Wiring = {
      ...{ type: "start", node, scheduler, fromMain, toMain },
      ...{ bell: this.bell, mainBell: exchange.bell },
    };
    this.#worker.postMessage(wiring);
    return line;
  }

  #takePosted(report: Report): void {
    if (report.type === "open") this.#heed(report);
    else if (!this.#isLost) this.#line.takePosted(report);
  }

  // Whatever comes is a sign of life: an answer to a ping can be far behind.
  #heed(content: Arrival): void {
    if (this.#isLost) return;
    this.#pingsMissed = 0;
    if (content instanceof Unreadable) this.#listener.refused(content.to);
    else this.#heedOne(content as Signal | Report);
  }

  #heedOne(report: Signal | Report): void {
    if (isSignal(report)) return this.#listener.signalled(report);
    switch (report.type) {
      case "ready":
        this.#pingsMissedMax = HEARTBEATS_MISSED_MAX;
        return this.#settleReady.resolve();
      case "pong":
        this.#lastLoad = report.load;
        return;
      case "open":
      case "overrun":
        return this.#listener.opened(report);
      case "refused":
        return this.#listener.refused(report.to);
      case "register":
      case "unnamed":
      case "echoed":
        return this.#listener.named(report);
      case "untagged":
        return this.#listener.untagged(report.tag, report.pid);
      case "ask":
        return this.#asked(report);
      case "symlink":
        return this.#listener.linking(report);
      case "log": {
        const { pid, component, level, text } = report;
        return this.#listener.logged(pid, component, level, text);
      }
      case "dumped": {
        const { serial, component, dump } = report;
        const { node, scheduler } = this.#options;
        const pid = new Pid(node, scheduler, serial);
        return this.#listener.dumped(pid, component, dump);
      }
      case "exited": {
        const { pid, component, reason, linkedTo } = report;
        this.living.delete(pid.serial);
        return this.#listener.exited(pid, component, reason, linkedTo);
      }
    }
  }

  #asked({ id, pid, ask, trace }: Extract<Report, { type: "ask" }>): void {
    const component = this.living.get(pid.serial);
    const answer = () =>
      component === undefined
        ? { error: "the process has ended" }
        : this.#listener.asked(pid, component, ask, trace);
    this.#asks.take(answer, (answer, isRefusable) => {
      const command: Command = { type: "answer", id, answer };
      if (isRefusable && !this.#isLost) return this.#line.offer(command);
      this.#tell(command);
      return true;
    });
  }

  /** Makes a component known, so that it can be spawned. */
  load(command: Extract<Command, { type: "load" }>): void {
    this.#post(command);
  }

  /** Makes it forget a component, whose processes have ended. */
  unload(component: number): void {
    this.#tell({ type: "unload", component });
  }

  /** Tells of another scheduler. */
  hear(tiding: Tiding): void {
    if (POSTED_TIDINGS.has(tiding.type)) this.#post(tiding);
    else this.#line.tell(tiding);
  }

  #post(content: Command | Tiding): void {
    if (this.#isLost) return;
    this.#line.post();
    this.#worker.postMessage(content);
  }

  /**
   * Spawns a process of a component that was loaded.
   *
   * @param tie What it sends to the process reaches it before its first turn.
   */
  spawn(
    pid: Pid,
    component: number,
    start: PostedStart,
    tie?: Tie,
  ): void {
    this.#hasSpawned = true;
    this.living.set(pid.serial, component);
    if (tie === undefined) {
      return this.#tell({ type: "spawn", pid, component, start });
    }
    const signals: Signal[] = [];
    this.#gathered = signals;
    tie(pid);
    this.#gathered = undefined;
    this.#tell({ type: "spawn", pid, component, start, signals });
  }

  /** Answers a process that asked for a symbolic link. */
  answer(answer: LinkAnswer): void {
    this.#tell(answer);
  }

  #tell(command: Command): void {
    this.#line.tell(command);
  }

  send(signal: Signal): boolean {
    if (this.#gathered !== undefined) {
      this.#gathered.push(signal);
      return true;
    }
    return this.#line.send(signal);
  }

  /** Whether it owes more signs of life than the one that may be on its way. */
  get isSilent(): boolean {
    return this.#pingsMissed > 1;
  }

  /** How much it had to do when it gave its last sign of life; undefined before the first. */
  get lastLoad(): GuestLoad | undefined {
    return this.#lastLoad;
  }

  /** Asks for a sign of life; gives the scheduler up when it owes too many. */
  ping(): void {
    // A question and its answer can be far behind what is large.
    if (this.#line.hasMoved()) this.#pingsMissed = 0;
    if (this.#pingsMissed >= this.#pingsMissedMax) {
      return this.lose(`it gave no sign of life ${this.#pingsMissed} times`);
    }
    this.#pingsMissed++;
    this.#tell({ type: "ping" });
  }

  /** Gives the scheduler up. Idempotent. */
  lose(why: string): void {
    if (this.#isLost) return;
    this.#end(why);
    this.#listener.lost(why);
  }

  /**
   * Gives the scheduler up at once, without telling the listener, and ends its
   * Worker when its guests have stopped.
   *
   * A Worker that does not answer within `CLOSE_MS_MAX` is terminated. When it
   * is inside a native step it keeps its thread until that is over: Deno cannot
   * stop it.
   *
   * @returns Resolves when the Worker is gone, or was terminated.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    if (this.#isLost) return;
    this.#giveUp("it was closed");
    // Deno stops a thread that is not inside of Wasm.
    if (this.#hasSpawned) await this.#stop({ type: "close", isSent: false });
    this.#worker.terminate();
  }

  /**
   * Closes the scheduler, without telling the listener, when all that it has
   * sent is on its way, and to this thread has arrived. To be called when its
   * processes have ended.
   */
  async retire(): Promise<void> {
    if (this.#isLost) return;
    await this.#stop({ type: "close", isSent: true });
    if (this.#isLost) return;
    this.#line.finish();
    this.#end("it has ended");
  }

  async #stop(closing: Closing): Promise<void> {
    this.#worker.postMessage(closing);
    const timer = setTimeout(this.#closed.resolve, CLOSE_MS_MAX);
    await this.#closed.promise;
    clearTimeout(timer);
  }

  #end(why: string): void {
    this.#giveUp(why);
    this.#worker.terminate();
  }

  #giveUp(why: string): void {
    this.#isLost = true;
    this.#line.close();
    const error = new SchedulerFailed(`Cannot start a scheduler: ${why}`);
    this.#settleReady.reject(error);
  }
}

function startWorker(options: SchedulerOptions): Worker {
  const { scheduler, permissions, program } = options;
  return new Worker(program ?? new URL("./worker.ts", import.meta.url), {
    type: "module",
    name: `rusm scheduler ${scheduler}`,
    deno: { permissions },
  });
}
