import { deepStrictEqual, strictEqual } from "node:assert";
import { Pid } from "@rusm/otp";
import { createBell } from "./bell.ts";
import { FrameWriter } from "./frame.ts";
import { FRAMES_PER_PUBLISH, RING_BYTES } from "./limits.ts";
import { Outbox } from "./outbox.ts";
import { createRing, RingReader } from "./ring.ts";

const frames = new FrameWriter();

/** The way to one other thread, and whether that thread can see anything new. */
class Way {
  readonly #ring = createRing(RING_BYTES);
  readonly #outbox = new Outbox(this.#ring, createBell(), () => {});
  readonly #reader = new RingReader(this.#ring, 64);
  #seen = this.#reader.head();

  send(): void {
    const to = new Pid<unknown>(0, 1, 0);
    const message = Uint8Array.of(1);
    this.#outbox.send(frames.signal({ type: "message", to, message }), true);
  }

  hasNews(): boolean {
    const before = this.#seen;
    this.#seen = this.#reader.head();
    return this.#seen !== before;
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

Deno.test("send() shows what one turn sent at its end, all at once", async () => {
  const way = new Way();
  way.send();
  await undefined;
  way.send();
  strictEqual(way.hasNews(), false);
  await turn();
  deepStrictEqual([way.hasNews(), way.hasNews()], [true, false]);
});

Deno.test("send() shows what went to one thread before anything goes to another", async () => {
  const [one, other] = [new Way(), new Way()];
  one.send();
  other.send();
  deepStrictEqual([one.hasNews(), other.hasNews()], [true, false]);
  one.send();
  deepStrictEqual([one.hasNews(), other.hasNews()], [false, true]);
  await turn();
  deepStrictEqual([one.hasNews(), other.hasNews()], [true, false]);
});

Deno.test("send() does not keep a flood back until the turn is over", async () => {
  const way = new Way();
  for (let count = 1; count < FRAMES_PER_PUBLISH; count++) way.send();
  strictEqual(way.hasNews(), false);
  way.send();
  strictEqual(way.hasNews(), true);
  await turn();
});
