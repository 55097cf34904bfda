import { deepStrictEqual, strictEqual } from "node:assert";
import { Pid } from "@rusm/otp";
import { createBell, hasRung, lieDown } from "./bell.ts";
import { type Frame, FrameWriter } from "./frame.ts";
import {
  FRAMES_PER_PUBLISH,
  OVERRUN_BYTES_MAX,
  PARKED_BYTES_MAX,
  RING_BYTES,
  THREAD_PARKED_BYTES_MAX,
} from "./limits.ts";
import { Outbox } from "./outbox.ts";
import { createRing, RingReader } from "./ring.ts";

const frames = new FrameWriter();

/** The way to one other thread, and whether that thread can see anything new. */
class Way {
  readonly #ring = createRing(RING_BYTES);
  readonly #bell = createBell();
  readonly #outbox = new Outbox(this.#ring, this.#bell, () => {});
  readonly #reader = new RingReader(this.#ring, 64);
  #seen = this.#reader.head();

  send(): void {
    const to = new Pid<unknown>(0, 1, 0);
    const message = Uint8Array.of(1);
    this.#outbox.send(frames.signal({ type: "message", to, message }), true);
  }

  sleep(): void {
    lieDown(this.#bell);
  }

  isAwake(): boolean {
    return hasRung(this.#bell);
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

Deno.test("send() wakes a thread at the end of the turn, however often others are sent to between", async () => {
  const ways = [new Way(), new Way()];
  for (const way of ways) way.sleep();
  for (let count = 0; count < 3; count++) for (const way of ways) way.send();
  deepStrictEqual(ways.map((way) => way.isAwake()), [false, false]);
  await turn();
  deepStrictEqual(ways.map((way) => way.isAwake()), [true, true]);
});

Deno.test("send() wakes a thread that a flood is for, whoever else is sent to, before the turn is over", async () => {
  const [one, other] = [new Way(), new Way()];
  one.sleep();
  for (let count = 1; count < FRAMES_PER_PUBLISH; count++) {
    one.send();
    other.send();
  }
  strictEqual(one.isAwake(), false);
  one.send();
  strictEqual(one.isAwake(), true);
  await turn();
});

Deno.test("send() does not keep a flood back until the turn is over", async () => {
  const way = new Way();
  for (let count = 1; count < FRAMES_PER_PUBLISH; count++) way.send();
  strictEqual(way.hasNews(), false);
  way.send();
  strictEqual(way.hasNews(), true);
  await turn();
});

/** A frame of `length` zeros. */
function frameOf(length: number, type: "message" | "note"): Frame {
  const to = new Pid<unknown>(0, 1, 0);
  if (type === "note") return frames.note({ type: "x".repeat(length) });
  const message = new Uint8Array(length);
  return frames.signal({ type: "message", to, message });
}

Deno.test("send() lets one message wait that is larger than all that may, and what follows is no overrun", async () => {
  let overruns = 0;
  const ring = createRing(RING_BYTES);
  const outbox = new Outbox(ring, createBell(), () => overruns++);
  strictEqual(
    outbox.send(frameOf(OVERRUN_BYTES_MAX + 1, "message"), true),
    true,
  );
  strictEqual(outbox.send(frameOf(RING_BYTES, "message"), true), false);
  strictEqual(outbox.send(frameOf(1_000, "note"), false), true);
  strictEqual(overruns, 0);
  const note = frameOf(OVERRUN_BYTES_MAX + RING_BYTES, "note");
  strictEqual(outbox.send(note, false), true);
  strictEqual(overruns, 1);
  outbox.close();
  await turn();
});

Deno.test("send() refuses messages when too much waits in all outboxes of the thread", async () => {
  const open = () => new Outbox(createRing(RING_BYTES), createBell(), () => {});
  const frame = frameOf(PARKED_BYTES_MAX, "message");
  const outboxes: Outbox[] = [];
  for (let isSent = true; isSent;) {
    const outbox = open();
    outboxes.push(outbox);
    isSent = outbox.send(frame, true);
  }
  // The rings hold some of it.
  strictEqual(outboxes.length, THREAD_PARKED_BYTES_MAX / PARKED_BYTES_MAX + 1);
  strictEqual(outboxes.at(-1)!.send(frameOf(1_000, "message"), true), true);
  outboxes[0]!.close();
  strictEqual(outboxes.at(-1)!.send(frame, true), true);
  for (const outbox of outboxes) outbox.close();
  await turn();
});
