import { deepStrictEqual, strictEqual, throws } from "node:assert";
import { type Metadata, Runtime, Sim } from "@rusm/otp";
import type { HostGuest, HostState } from "../component/host.ts";
import { TIMER_BYTES_MAX, TIMERS_MAX } from "./limits.ts";
import { cancelTimer, sendAfter } from "./timers.ts";

/** Guests on virtual time, and a process that hears from them. */
function setup() {
  const sim = new Sim({ seed: 1 });
  const runtime = new Runtime({ host: sim.host() });
  const heard: [number, string, Metadata | undefined][] = [];
  const { pid } = runtime.spawn<Uint8Array>(async (self) => {
    for (;;) {
      const text = new TextDecoder().decode(await self.receive());
      heard.push([sim.nowMs, text, self.metadata]);
    }
  });
  return { sim, runtime, heard, to: pid.toBigInt() };
}

/** A guest that has what timers need. `close` is its end. */
class Guest {
  readonly self: { runtime: Runtime; metadata: Metadata | undefined };
  readonly #states = new Map<HostState<unknown>, unknown>();

  constructor(runtime: Runtime) {
    this.self = { runtime, metadata: undefined };
  }

  state<State>(key: HostState<State>): State {
    const host = this as unknown as HostGuest;
    const value = this.#states.get(key as HostState<unknown>) ??
      key.create(host);
    this.#states.set(key as HostState<unknown>, value);
    return value as State;
  }

  close(): void {
    for (const [key, value] of this.#states) key.close?.(value);
  }

  after(to: bigint, delayMs: number, text: string): bigint {
    const bytes = new TextEncoder().encode(text);
    return sendAfter(this as unknown as HostGuest, to, BigInt(delayMs), bytes);
  }

  cancel(handle: bigint): boolean {
    return cancelTimer(this as unknown as HostGuest, handle);
  }
}

Deno.test("sendAfter() sends when it is due, with the metadata of when it was called", async () => {
  const { sim, runtime, heard, to } = setup();
  const guest = new Guest(runtime);
  guest.self.metadata = { tenant: "acme" };
  strictEqual(guest.after(to, 20, "late"), 0n);
  guest.self.metadata = undefined;
  strictEqual(guest.after(to, 10, "early"), 1n);
  strictEqual(guest.after(to, 15, "cancelled"), 2n);
  strictEqual(guest.cancel(2n), true);
  await sim.advance(100);
  deepStrictEqual(heard, [
    [10, "early", undefined],
    [20, "late", { tenant: "acme" }],
  ]);
  for (const handle of [0n, 1n, 2n, 3n]) {
    strictEqual(guest.cancel(handle), false);
  }
});

Deno.test("timers send nothing when their guest has ended", async () => {
  const { sim, runtime, heard, to } = setup();
  const [one, other] = [new Guest(runtime), new Guest(runtime)];
  one.after(to, 10, "gone");
  other.after(to, 10, "there");
  one.close();
  await sim.advance(100);
  deepStrictEqual(heard.map(([, text]) => text), ["there"]);
});

Deno.test("sendAfter() refuses more messages than may wait, until some were sent", async () => {
  const { sim, runtime, to } = setup();
  const guest = new Guest(runtime);
  for (let nth = 0; nth < TIMERS_MAX; nth++) guest.after(to, 10, "x");
  throws(() => guest.after(to, 10, "x"), /Cannot send more messages later/);
  await sim.advance(10);
  guest.after(to, 10, "x");
  guest.close();
});

Deno.test("sendAfter() refuses more bytes than may wait, until a message was taken back", () => {
  const { runtime, to } = setup();
  const guest = new Guest(runtime);
  const large = "x".repeat(TIMER_BYTES_MAX / 2);
  const handle = guest.after(to, 10, large);
  throws(() => guest.after(to, 10, large), /Cannot send more messages later/);
  guest.cancel(handle);
  guest.after(to, 10, large);
  guest.close();
});

Deno.test("sendAfter() refuses more bytes than may wait for all guests of a scheduler", () => {
  const { runtime, to } = setup();
  const large = "x".repeat(TIMER_BYTES_MAX - 1_000);
  const guests = Array.from({ length: 17 }, () => new Guest(runtime));
  const last = guests.pop()!;
  for (const guest of guests) guest.after(to, 10, large);
  throws(() => last.after(to, 10, large), /Cannot send more messages later/);
  guests.forEach((guest) => guest.close());
  last.after(to, 10, large);
  last.close();
});
