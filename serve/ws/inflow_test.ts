import { deepStrictEqual, strictEqual } from "node:assert";
import * as fc from "fast-check";
import {
  BYTES_PER_WORD,
  FRAMES_PER_WORD,
  HELD_BYTES_MAX,
  WINDOW_BYTES,
  WINDOW_FRAMES,
} from "../limits.ts";
import { type Frame, Inflow, type InflowEnds } from "./inflow.ts";

class Ends implements InflowEnds {
  readonly delivered: Frame[] = [];
  /** Place of one that is told of among the delivered, and what is told. */
  readonly told: (readonly [at: number, count: number, total: number])[] = [];
  readonly pauses: boolean[] = [];
  overflows = 0;

  deliver(frame: Frame): void {
    this.delivered.push(frame);
  }

  deliverTold(frame: Frame, count: number, total: number): void {
    this.delivered.push(frame);
    this.told.push([this.delivered.length, count, total]);
  }

  pause(isPaused: boolean): void {
    this.pauses.push(isPaused);
  }

  overflowed(): void {
    this.overflows++;
  }
}

function frameOf(length: number): Frame {
  return { isText: false, bytes: new Uint8Array(length) };
}

Deno.test("Inflow.add() pauses when so many frames are under way", () => {
  const ends = new Ends();
  const inflow = new Inflow(ends);
  for (let count = 0; count < WINDOW_FRAMES - 1; count++) {
    inflow.add(frameOf(0));
  }
  strictEqual(inflow.isPaused, false);
  inflow.add(frameOf(0));
  strictEqual(inflow.isPaused, true);
  inflow.add(frameOf(0));
  strictEqual(ends.delivered.length, WINDOW_FRAMES);
  deepStrictEqual(ends.pauses, [true]);
});

Deno.test("Inflow.taken() delivers what was held, and goes on", () => {
  const ends = new Ends();
  const inflow = new Inflow(ends);
  const frames = [WINDOW_BYTES, 1, 2].map(frameOf);
  for (const frame of frames) inflow.add(frame);
  deepStrictEqual(ends.delivered, frames.slice(0, 1));
  inflow.taken(1, WINDOW_BYTES);
  deepStrictEqual(ends.delivered, frames);
  deepStrictEqual(ends.pauses, [true, false]);
});

Deno.test("Inflow.add() tells when more is held than may be", () => {
  const ends = new Ends();
  const inflow = new Inflow(ends);
  inflow.add(frameOf(WINDOW_BYTES));
  inflow.add(frameOf(HELD_BYTES_MAX));
  strictEqual(ends.overflows, 0);
  inflow.add(frameOf(1));
  strictEqual(ends.overflows, 1);
});

Deno.test("Inflow.clear() holds nothing any more", () => {
  const ends = new Ends();
  const inflow = new Inflow(ends);
  inflow.add(frameOf(WINDOW_BYTES));
  inflow.add(frameOf(1));
  inflow.clear();
  inflow.taken(1, WINDOW_BYTES);
  strictEqual(ends.delivered.length, 1);
});

Deno.test("Inflow.add() has one in many told of, or a large one", () => {
  const ends = new Ends();
  const inflow = new Inflow(ends);
  const lengths = Array.from({ length: FRAMES_PER_WORD + 1 }, () => 2);
  for (const length of [...lengths, BYTES_PER_WORD]) {
    inflow.add(frameOf(length));
  }
  deepStrictEqual(ends.told, [
    [FRAMES_PER_WORD, FRAMES_PER_WORD, 2 * FRAMES_PER_WORD],
    [FRAMES_PER_WORD + 2, 2, BYTES_PER_WORD + 2],
  ]);
});

Deno.test("Inflow delivers all frames in order, and no more at once than the window and one", () => {
  const steps = fc.array(fc.oneof(fc.nat(WINDOW_BYTES), fc.constant(null)), {
    maxLength: 300,
  });
  fc.assert(fc.property(steps, (steps) => {
    const ends = new Ends();
    const inflow = new Inflow(ends);
    const sent: number[] = [];
    let saidCount = 0;
    // The handler takes up to the next that is told of.
    const take = () => {
      const [at, count, total] = ends.told[saidCount] ?? [];
      if (at === undefined) return false;
      saidCount++;
      inflow.taken(count!, total!);
      return true;
    };
    for (const step of steps) {
      if (step === null) take();
      else {
        sent.push(step);
        inflow.add(frameOf(step));
      }
      const underWay = ends.delivered.slice(ends.told[saidCount - 1]?.[0] ?? 0);
      const bytes = underWay.reduce((sum, { bytes }) => sum + bytes.length, 0);
      if (underWay.length > WINDOW_FRAMES || bytes > 2 * WINDOW_BYTES) {
        return false;
      }
    }
    while (take());
    deepStrictEqual(ends.delivered.map(({ bytes }) => bytes.length), sent);
    return !inflow.isPaused;
  }));
});
