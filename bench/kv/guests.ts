/**
 * Guests in TypeScript that ask the store of their node, on all schedulers.
 *
 * @module
 */

import { type Pid, Runtime } from "@rusm/otp";
import { openStore } from "@rusm/serve";
import {
  BUILT_IN_PROFILES,
  type Component,
  Engine,
  type GuestMessage,
} from "@rusm/wasm";
import { timeMs } from "../otp/timing.ts";
import { GUESTS, VALUE_BYTES, VALUES } from "./counts.ts";
import { insistNormal } from "../wasm/spawns.ts";

/** What each guest does, so many times, whenever it is told to. */
export type Deed = "set" | "get";

// Each has keys of its own to write, and all read the same.
const GUEST = `
  exports.default = () => {
    const [asker, number] = Process.args();
    const bucket = kv.bucket("bench");
    const value = new Uint8Array(${VALUE_BYTES}).fill(7);
    const deeds = {
      set: (nth) => bucket.set(number + "/" + nth, value),
      get: (nth) => {
        const got = bucket.get("k" + (nth * 7919 + Number(number) * 104729) % ${VALUES});
        if (got.length !== ${VALUE_BYTES}) throw new Error("a wrong value");
      },
    };
    for (;;) {
      const [deed, times] = Process.receiveText().split(" ");
      for (let nth = 0; nth < Number(times); nth++) deeds[deed](nth);
      Process.send(asker, "done");
    }
  };`;

/**
 * Runs `play` with guests and a store of {@linkcode VALUES} values in `path`.
 * Each call of `doAll` has all of them do `deed`, `total` times together, and
 * returns how many milliseconds it took.
 */
export async function withStoreGuests<Result>(
  path: string,
  play: (
    doAll: (deed: Deed, total: number) => Promise<number>,
  ) => Promise<Result>,
): Promise<Result> {
  const store = await openStore(path);
  const runtime = new Runtime();
  const engine = new Engine(runtime, {
    store,
    observer: { exited: (_pid, _component, reason) => insistNormal(reason) },
  });
  try {
    const trusted = BUILT_IN_PROFILES.get("trusted")!;
    const component = await engine.load("guest", GUEST, trusted);
    const crowd = new Crowd(runtime, engine, component);
    return await play((deed, total) => crowd.play(deed, total));
  } finally {
    await engine.close();
    await store.close();
  }
}

/** All guests, and who waits for them. */
class Crowd {
  readonly #runtime: Runtime;
  readonly #asker: Pid;
  readonly #guests: readonly Pid<GuestMessage>[];
  #left = 0;
  #finished = () => {};

  constructor(runtime: Runtime, engine: Engine, component: Component) {
    this.#runtime = runtime;
    this.#asker = runtime.spawn((self) =>
      self.receiveEach(() => {
        if (--this.#left === 0) this.#finished();
      })
    ).pid;
    this.#guests = Array.from({ length: GUESTS }, (_, number) => {
      const args = [this.#asker.toJSON(), `${number}`];
      return engine.spawn(component, { entry: "run", args });
    });
  }

  play(deed: Deed, total: number): Promise<number> {
    const words = new TextEncoder().encode(`${deed} ${total / GUESTS}`);
    this.#left = GUESTS;
    return timeMs(() =>
      new Promise<void>((resolve) => {
        this.#finished = resolve;
        for (const guest of this.#guests) this.#runtime.send(guest, words);
      })
    );
  }
}
