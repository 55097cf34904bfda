/**
 * The guest that does what it is told, and whoever tells it.
 *
 * @module
 */

import { strictEqual } from "node:assert";
import {
  formatReason,
  type Metadata,
  type Pid,
  type Runtime,
  type SendOptions,
  TIMEOUT,
} from "@rusm/otp";
import { BUILT_IN_PROFILES, type Capability } from "../../capability.ts";
import type { Engine } from "../../engine.ts";
import type { Component, EngineOptions } from "../../engine_options.ts";
import type { Start } from "../../guests.ts";
import type { GuestMessage } from "../../message.ts";
import { type WatchedEngine, withEngine } from "../../testdata/workers.ts";

/** What it was built for: all interfaces, or one of before they were divided. */
export type Layout = "probe" | "probe_all_in_actor";

/** A profile that grants nothing. */
export const SANDBOXED: Capability = BUILT_IN_PROFILES.get("sandboxed")!;
/** A profile that grants all that guests can ask for. */
export const TRUSTED: Capability = BUILT_IN_PROFILES.get("trusted")!;

/** A guest that was built before. */
export function built(
  name: Layout | "child" | "counter",
): Uint8Array<ArrayBuffer> {
  const path = `../../../tests/guests/built/${name}.wasm`;
  return Deno.readFileSync(new URL(path, import.meta.url));
}

/** A message that came, and what travelled with it. */
export interface Heard {
  /** As text. */
  readonly text: string;
  /** What travelled with it. */
  readonly metadata: Metadata | undefined;
}

/** A process of the main thread that tells probes what to do, and hears what they answer. */
export class Teller {
  readonly engine: Engine;
  readonly runtime: Runtime;
  readonly pid: Pid<Uint8Array>;
  readonly #receive: () => Promise<Heard>;

  constructor(
    { engine, runtime }: WatchedEngine,
    pid: Pid<Uint8Array>,
    receive: () => Promise<Heard>,
  ) {
    this.engine = engine;
    this.runtime = runtime;
    this.pid = pid;
    this.#receive = receive;
  }

  /** Waits for the next message. */
  async next(): Promise<string> {
    return (await this.#receive()).text;
  }

  /** The same, with what travelled with it. */
  heard(): Promise<Heard> {
    return this.#receive();
  }

  /** Starts a probe. */
  spawn(component: Component, start: string | Start = "run"): Probe {
    return new Probe(this, this.engine.spawn(component, start));
  }

  /** A probe that somebody else has started. */
  probe(pid: Pid<GuestMessage>): Probe {
    return new Probe(this, pid);
  }
}

/** One probe. */
export class Probe {
  readonly pid: Pid<GuestMessage>;
  readonly #teller: Teller;

  constructor(teller: Teller, pid: Pid<GuestMessage>) {
    this.#teller = teller;
    this.pid = pid;
  }

  /** Its pid as guests write it. */
  get number(): string {
    return `${this.pid.toBigInt()}`;
  }

  /** Tells it to do something; it answers by and by. */
  tell(what: readonly (string | number)[], options?: SendOptions): void {
    const { pid, runtime } = this.#teller;
    const text = [pid.toBigInt(), ...what].join("\n");
    runtime.send(this.pid, text, options);
  }

  /** Tells it to do something, and waits for its answer. */
  async do(...what: readonly (string | number)[]): Promise<string> {
    this.tell(what);
    return await this.#teller.next();
  }
}

/** Runs `test` as a process that tells probes what to do, with two schedulers. */
export async function withProbes(
  test: (teller: Teller, watched: WatchedEngine) => Promise<void>,
  options: EngineOptions = {},
): Promise<void> {
  const decoder = new TextDecoder();
  await withEngine({ schedulersPerPool: 2, ...options }, async (watched) => {
    const process = watched.runtime.spawn<Uint8Array>(async (self) => {
      const receive = async (): Promise<Heard> => {
        const message = await self.receive({ timeoutMs: 20_000 });
        if (message === TIMEOUT) throw new Error("Heard nothing for too long");
        return { text: decoder.decode(message), metadata: self.metadata };
      };
      await test(new Teller(watched, self.pid, receive), watched);
    });
    strictEqual(formatReason(await process.join()), "normal");
  });
}
