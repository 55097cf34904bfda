/**
 * Clients that send while they are answered.
 *
 * Deno 2.9.6 reads what a client of HTTP/1.1 sends while its response is under
 * way, without bound, to hear whether it is still there. Once Deno has a bound
 * (its pull request 36869), this file, `flood_view.ts`, `memory_level.ts`,
 * `tcp_table.ts` and what uses them can go.
 *
 * @module
 */

import type { Host } from "@rusm/otp";
import {
  FLOOD_GROWTH_BYTES,
  FLOOD_LEVEL_TICKS,
  FLOOD_LOOK_MS,
  FLOOD_LOOKS_MAX,
  FLOOD_LOOKS_MIN,
  FLOOD_TICK_MS,
  FLOOD_WAITING_BYTES,
} from "../limits.ts";
import type { Log } from "../log.ts";
import { type FloodView, LINUX } from "./flood_view.ts";
import { MemoryLevel } from "./memory_level.ts";
import { endKeyOf, parseTcpTable } from "./tcp_table.ts";

/** What a client that has nothing to say waits for. */
export interface Silence {
  /** The request that is answered. */
  readonly request: object;
  /** Whether it is HTTP/1.1, and so the only request of its connection. */
  readonly isHttp1: boolean;
  /** Pieces of the bodies of its connection that were read so far. */
  readonly piecesCount: number;
}

/** A connection that may be one of a flood. */
export interface Suspect {
  /** Address of its other end. */
  readonly peer: Deno.NetAddr;
  /** What its client waits for; `undefined` when it may have something to say. */
  readonly silence: Silence | undefined;
  /** Closes it at once. */
  cut(): void;
}

/** The connections of one listener. */
export interface Crowd {
  /** TCP port of the listener. */
  readonly port: number;
  /** Those that are open. */
  suspects(): Iterable<Suspect>;
  /** Told that one of them is cut. Must not throw. */
  flooded(): void;
}

/** What a {@linkcode FloodGuard} needs. */
export interface FloodGuardOptions {
  /** The clock. */
  readonly host: Host;
  /** Told of each client that is cut. */
  readonly log: Pick<Log, "warn" | "debug">;
  /** The machine; the one it runs on when absent. */
  readonly view?: FloodView;
}

/** A suspect that is looked at. */
interface Watched {
  readonly key: string;
  readonly silence: Silence;
  readonly crowd: Crowd;
  seenCount: number;
}

/**
 * Cuts connections that send on and on while they are answered, and only while
 * memory grows: as long as it does not, all that happens is one look at it now
 * and then, however many connections there are.
 *
 * Once it has grown, a few looks at the queues of the sockets tell who sends: a
 * client that waits for its answer does not, or not for long. When nobody does,
 * the memory is taken for the level from then on.
 *
 * Invariant: a timer runs if and only if there is a crowd, until the sockets
 * cannot be looked at.
 */
export class FloodGuard {
  readonly #options: Required<FloodGuardOptions>;
  readonly #crowds = new Set<Crowd>();
  #level: MemoryLevel | undefined;
  #stopTimer: (() => void) | undefined;
  #isBlind = false;

  /** Watches nobody yet. */
  constructor({ view = LINUX, ...rest }: FloodGuardOptions) {
    this.#options = { ...rest, view };
  }

  /** Watches `crowd` until what it returns is called, which is idempotent. */
  watch(crowd: Crowd): () => void {
    this.#crowds.add(crowd);
    if (this.#stopTimer === undefined && !this.#isBlind) this.#begin();
    return () => {
      this.#crowds.delete(crowd);
      if (this.#crowds.size === 0) this.#end();
    };
  }

  #begin(): void {
    this.#level = new MemoryLevel(
      this.#options.view.residentBytes(),
      FLOOD_GROWTH_BYTES,
      FLOOD_LEVEL_TICKS,
    );
    this.#rest();
  }

  #end(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
  }

  #wait(delayMs: number, task: () => void): void {
    this.#stopTimer = this.#options.host.timer(delayMs, task);
  }

  #rest(): void {
    this.#wait(FLOOD_TICK_MS, () => {
      if (this.#hasGrown()) this.#look(this.#suspects(), FLOOD_LOOKS_MAX);
      else this.#rest();
    });
  }

  #hasGrown(): boolean {
    return this.#level!.isExceeded(this.#options.view.residentBytes());
  }

  #suspects(): Map<Suspect, Watched> {
    const watched = new Map<Suspect, Watched>();
    for (const crowd of this.#crowds) {
      for (const suspect of crowd.suspects()) {
        const { silence, peer } = suspect;
        const endKey = endKeyOf(peer);
        if (silence === undefined || endKey === undefined) continue;
        const key = keyOf(crowd.port, endKey);
        watched.set(suspect, { key, silence, crowd, seenCount: 0 });
      }
    }
    return watched;
  }

  #look(watched: Map<Suspect, Watched>, looksLeft: number): void {
    if (watched.size === 0 || looksLeft === 0) return this.#settle();
    const waiting = this.#readWaiting();
    if (waiting === undefined) return this.#end();
    const hasCut = this.#judge(watched, waiting);
    if (looksLeft - 1 === FLOOD_LOOKS_MAX / 2) forgetUnseen(watched);
    this.#wait(FLOOD_LOOK_MS, () => {
      // Whoever is cut gives back what was kept of it.
      const isOver = hasCut && watched.size === 0;
      if (isOver || !this.#hasGrown()) this.#rest();
      else this.#look(watched, looksLeft - 1);
    });
  }

  // Whether somebody was cut, who is not watched any more then.
  #judge(
    watched: Map<Suspect, Watched>,
    waiting: ReadonlyMap<string, number>,
  ): boolean {
    const countBefore = watched.size;
    for (const [suspect, each] of watched) {
      const bytes = waiting.get(each.key) ?? 0;
      if (!isSending(each.silence, suspect.silence, bytes)) continue;
      if (++each.seenCount < FLOOD_LOOKS_MIN) continue;
      watched.delete(suspect);
      this.#cut(suspect, each.crowd);
    }
    return watched.size < countBefore;
  }

  #settle(): void {
    this.#level!.settle(this.#options.view.residentBytes());
    this.#rest();
  }

  #cut(suspect: Suspect, crowd: Crowd): void {
    const { hostname, port } = suspect.peer;
    crowd.flooded();
    this.#options.log.warn(
      `Closed a connection that sent on and on while it was answered: ${hostname} port ${port}`,
    );
    suspect.cut();
  }

  // By port and other end; undefined when nobody can tell.
  #readWaiting(): ReadonlyMap<string, number> | undefined {
    const { view, log } = this.#options;
    try {
      const sockets = parseTcpTable(view.readTable());
      return new Map(
        sockets.map(({ port, endKey, waitingBytes }) =>
          [keyOf(port, endKey), waitingBytes] as const
        ),
      );
    } catch (error) {
      // Another system than Linux, or one that does not let us: as without a guard.
      this.#isBlind = true;
      log.debug(`Cannot see who sends too much: ${(error as Error).message}`);
      return undefined;
    }
  }
}

// Most rounds end with them: there is nobody to look for.
function forgetUnseen(watched: Map<Suspect, Watched>): void {
  for (const [suspect, { seenCount }] of watched) {
    if (seenCount === 0) watched.delete(suspect);
  }
}

function keyOf(port: number, endKey: string): string {
  return `${port} ${endKey}`;
}

// What comes behind a request that is answered still is none of a request. What
// may be another request has to be more than a few of those.
function isSending(
  before: Silence,
  now: Silence | undefined,
  waitingBytes: number,
): boolean {
  if (now === undefined || now.piecesCount !== before.piecesCount) return false;
  const isSame = now.isHttp1 && now.request === before.request;
  return waitingBytes >= (isSame ? 1 : FLOOD_WAITING_BYTES);
}
