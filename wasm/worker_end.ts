/**
 * The wire as a scheduler in a Worker sees it: one end to the main thread, and
 * one to each other scheduler of its node.
 *
 * @module
 */

import type { Runtime, Signal } from "@rusm/otp";
import { MAIN_SCHEDULER } from "./limits.ts";
import { Exchange } from "./ring/exchange.ts";
import { Unreadable } from "./ring/frame.ts";
import { RING_BYTES } from "./ring/limits.ts";
import { type Arrival, Line } from "./ring/line.ts";
import { createRing } from "./ring/ring.ts";
import {
  type AwayFrame,
  type Closing,
  type Command,
  isSignal,
  type NameTiding,
  type Report,
  type TagTiding,
  type Tiding,
  type Wiring,
} from "./wire.ts";

/** What the scope of a Worker offers, as far as it is used here. */
export interface WorkerScope {
  /** Takes what the main thread posts: {@linkcode Wiring} first. */
  onmessage:
    | ((event: MessageEvent<Wiring | Tiding | Command | Closing>) => void)
    | null;
  /** Posts to the main thread. What is in `transfer` is gone then. */
  postMessage(report: Report, transfer?: Transferable[]): void;
}

/** What no ring carries. */
type Posted = { type: "open" | "dumped" | "closed" };

/** Who works in the Worker. */
export interface Worked {
  /** Takes the signals, and is connected to all other schedulers. */
  readonly runtime: Runtime;
  /** Does what the main thread asks. */
  obey(command: Command): void;
  /** Takes what the main thread tells of names. */
  heedNames?(tiding: NameTiding): void;
  /** Takes what the main thread tells of groups. */
  heedTags?(tiding: TagTiding): void;
  /** Takes what another scheduler tells, besides signals. */
  heedAway?(frame: AwayFrame): void;
  /** Hears that another scheduler is gone. */
  left?(scheduler: number): void;
  /** Ends all guests. Resolves when none runs. */
  close(): Promise<void>;
}

/** Ties the runtime of a Worker to all others of its node. */
export class WorkerEnd {
  readonly #scope: WorkerScope;
  readonly #exchange: Exchange;
  readonly #worked: Worked;
  readonly #main: Line;
  readonly #lines = new Map<number, Line>();

  /** Begins to take what was sent. */
  constructor(scope: WorkerScope, wiring: Wiring, worked: Worked) {
    const { bell, mainBell, fromMain, toMain } = wiring;
    this.#scope = scope;
    this.#worked = worked;
    this.#exchange = new Exchange(bell);
    this.#main = this.#line(mainBell, () => toMain, () => {});
    worked.runtime.connect(MAIN_SCHEDULER, this.#main);
    scope.onmessage = ({ data }) => {
      if (data.type === "close") this.#close(data);
      else this.#main.takePosted(data);
    };
    this.#main.receive(fromMain, true);
  }

  /** Whether something has come that waits for a turn of the event loop. */
  get hasWork(): boolean {
    return this.#exchange.hasWork;
  }

  /** See {@linkcode Exchange.takeNow}. */
  takeNow(): void {
    this.#exchange.takeNow();
  }

  // The main thread ends the Worker then.
  async #close({ isSent }: Closing): Promise<void> {
    await this.#worked.close();
    if (isSent) await this.#exchange.sent();
    this.#scope.postMessage({ type: "closed" });
  }

  #line(
    bell: Wiring["bell"],
    open: () => SharedArrayBuffer,
    overrun: () => void,
  ): Line {
    return new Line(this.#exchange, bell, open, {
      ...{ arrived: (content) => this.#heed(content), overrun },
      keepsBytes: true,
      refused: (to) => this.report({ type: "refused", to }),
    });
  }

  /**
   * Tells the main thread, in order with the signals. What guests can make many
   * of, a log and a refusal, is dropped when too much waits already.
   */
  report(report: Exclude<Report, Posted>): void {
    const { type } = report;
    if (type === "log" || type === "refused") this.#main.offer(report);
    else this.#main.tell(report);
  }

  /**
   * Asks the main thread, in order with the signals.
   *
   * @returns False when too much waits already.
   */
  ask(ask: Extract<Report, { type: "ask" }>): boolean {
    return this.#main.offer(ask);
  }

  /** Tells another scheduler, in order with the signals. Returns false when there is no way to it. */
  away(to: number, frame: AwayFrame): boolean {
    const line = this.#lines.get(to);
    line?.tell(frame);
    return line !== undefined;
  }

  /** Tells the main thread, in order with the signals, without a copy of `buffer`. */
  hand(report: Extract<Report, { type: "dumped" }>, buffer: ArrayBuffer): void {
    this.#main.post();
    this.#scope.postMessage(report, [buffer]);
  }

  #heed(content: Arrival): void {
    if (content instanceof Unreadable) {
      return this.report({ type: "refused", to: content.to });
    }
    this.#heedOne(content as Signal | Tiding | Command | AwayFrame);
  }

  #heedOne(content: Signal | Tiding | Command | AwayFrame): void {
    const { runtime } = this.#worked;
    if (isSignal(content)) return this.#carry(content);
    switch (content.type) {
      case "joined":
        return this.#join(content);
      case "opened":
        return this.#lines.get(content.scheduler)?.receive(content.ring);
      case "left":
        // What it sent before it was gone is no less sent.
        this.#lines.get(content.scheduler)?.finish();
        this.#lines.delete(content.scheduler);
        runtime.disconnect(content.scheduler, content.reason);
        return this.#worked.left?.(content.scheduler);
      case "names":
      case "named":
      case "unnamed":
      case "decided":
      case "echo":
        return this.#worked.heedNames?.(content);
      case "tags":
      case "tagged":
      case "untagged":
        return this.#worked.heedTags?.(content);
      case "stream":
      case "look":
      case "looked":
        return this.#worked.heedAway?.(content);
      default:
        return this.#worked.obey(content);
    }
  }

  // Who has sent it was told that it is on its way.
  #carry(signal: Signal): void {
    const { runtime } = this.#worked;
    if (runtime.signal(signal) || signal.type !== "message") return;
    const { to } = signal;
    if (runtime.isAlive(to)) this.report({ type: "refused", to });
  }

  #join({ scheduler, bell, life }: Extract<Tiding, { type: "joined" }>): void {
    // Made when it is first used: most pairs never talk.
    const open = () => {
      const ring = createRing(RING_BYTES);
      this.#scope.postMessage({ type: "open", scheduler, life, ring });
      return ring;
    };
    const line = this.#line(bell, open, () => {
      this.report({ type: "overrun", scheduler, life });
    });
    this.#lines.set(scheduler, line);
    this.#worked.runtime.connect(scheduler, line);
  }
}
