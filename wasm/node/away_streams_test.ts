import { deepStrictEqual, ok, strictEqual, throws } from "node:assert";
import { Pid, Runtime, StreamBroken } from "@rusm/otp";
import fc from "fast-check";
import { addGuest, forgetGuest } from "../core/guests.ts";
import { GuestStreams } from "../core/streams.ts";
import { AwayStreams, type StreamFrame } from "./away_streams.ts";
import { AwayLooks, type LookFrame } from "./away_looks.ts";
import { AWAY_CHUNKS_MAX, STREAM_WINDOW_BYTES } from "./limits.ts";

/** One scheduler with one guest, which has streams. */
class Side {
  readonly runtime: Runtime;
  readonly pid: Pid;
  readonly streams: GuestStreams;
  readonly away: AwayStreams;
  readonly sent: StreamFrame[] = [];
  isConnected = true;

  constructor(scheduler: number) {
    this.runtime = new Runtime({ scheduler });
    this.pid = this.runtime.spawn(() => new Promise(() => {})).pid;
    const self = { pid: this.pid, runtime: this.runtime };
    this.streams = new GuestStreams(self);
    this.away = new AwayStreams(this.runtime, scheduler, (_to, frame) => {
      if (this.isConnected) this.sent.push(frame);
      return this.isConnected;
    });
    addGuest({ self, streams: this.streams } as never);
  }

  end(): void {
    const self = { pid: this.pid, runtime: this.runtime };
    forgetGuest({ self, streams: this.streams } as never);
    this.streams.closeAll();
  }
}

/** Two schedulers; frames wait until they are carried. */
function pair(): readonly [Side, Side, carry: () => boolean] {
  const [one, other] = [new Side(1), new Side(2)];
  const carry = () => {
    const frames = [...one.sent.splice(0)];
    frames.forEach((frame) => other.away.heed(copyOf(frame)));
    const back = [...other.sent.splice(0)];
    back.forEach((frame) => one.away.heed(copyOf(frame)));
    return frames.length + back.length > 0;
  };
  return [one, other, carry];
}

function copyOf(frame: StreamFrame): StreamFrame {
  return frame.op === "chunk"
    ? { ...frame, bytes: frame.bytes.slice() }
    : frame;
}

async function open(one: Side, other: Side, carry: () => boolean) {
  const opening = one.away.open(one.pid, other.pid);
  carry();
  return await opening;
}

Deno.test("open() gives nothing for nobody, without a way, and when the other scheduler is lost", async () => {
  const [one, other, carry] = pair();
  const nobody = one.away.open(one.pid, new Pid(0, 2, 99));
  carry();
  strictEqual(await nobody, undefined);
  const lost = one.away.open(one.pid, other.pid);
  one.away.lost(2);
  strictEqual(await lost, undefined);
  one.isConnected = false;
  strictEqual(await one.away.open(one.pid, other.pid), undefined);
});

Deno.test("a writer is ahead of its reader by so many chunks, and no more", async () => {
  const [one, other, carry] = pair();
  const writer = (await open(one, other, carry))!;
  strictEqual(await other.streams.accept(), 0);
  for (let nth = 0; nth < AWAY_CHUNKS_MAX; nth++) {
    strictEqual(writer.ready(), undefined);
    ok(writer.tryWrite(Uint8Array.of(nth)));
  }
  strictEqual(writer.tryWrite(Uint8Array.of(0)), false);
  const ready = writer.ready();
  carry();
  deepStrictEqual(await other.streams.read(0, 9), Uint8Array.of(0));
  carry();
  await ready;
  ok(writer.tryWrite(Uint8Array.of(AWAY_CHUNKS_MAX)));
  writer.end();
  carry();
  for (let nth = 1; nth <= AWAY_CHUNKS_MAX; nth++) {
    deepStrictEqual(await other.streams.read(0, 9), Uint8Array.of(nth));
  }
  strictEqual(await other.streams.read(0, 9), undefined);
});

Deno.test("all streams to a scheduler have so many bytes on their way, and no more", async () => {
  const [one, other, carry] = pair();
  const writers = [];
  for (let nth = 0; nth < 4; nth++) {
    writers.push((await open(one, other, carry))!);
  }
  const chunk = new Uint8Array(64 * 1024);
  let bytes = 0;
  for (const writer of writers) {
    while (writer.ready() === undefined && writer.tryWrite(chunk)) {
      bytes += chunk.length;
    }
  }
  strictEqual(bytes, STREAM_WINDOW_BYTES);
  const waiting = writers.slice(1).map((writer) => writer.ready());
  // One that ends leaves its room to the next.
  writers[1]!.end();
  carry();
  await Promise.all(waiting);
  ok(writers[2]!.tryWrite(chunk));
});

Deno.test("streams break with the scheduler of the other end", async () => {
  const [one, other, carry] = pair();
  const writer = (await open(one, other, carry))!;
  ok(writer.tryWrite(Uint8Array.of(1)));
  carry();
  one.away.lost(2);
  throws(() => writer.tryWrite(Uint8Array.of(2)), StreamBroken);
  strictEqual(await other.streams.accept(), 0);
  other.away.lost(1);
  deepStrictEqual(await other.streams.read(0, 9), Uint8Array.of(1));
  strictEqual(await other.streams.read(0, 9), undefined);
});

Deno.test("streams end with either guest, and leave nothing", async () => {
  const [one, other, carry] = pair();
  const writer = (await open(one, other, carry))!;
  other.end();
  carry();
  throws(() => writer.tryWrite(Uint8Array.of(1)), StreamBroken);
  strictEqual(
    other.streams.offer(
      { ready() {}, read: () => undefined, cancel() {} },
      one.pid,
    ),
    false,
  );
  const later = one.away.open(one.pid, other.pid);
  carry();
  strictEqual(await later, undefined);
});

Deno.test("streams lose nothing, whatever the pace of either side", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.uint8Array({ minLength: 1, maxLength: 8 }), {
        maxLength: 60,
      }),
      fc.array(fc.boolean()),
      async (chunks, pace) => {
        const [one, other, carry] = pair();
        const writer = (await open(one, other, carry))!;
        strictEqual(await other.streams.accept(), 0);
        const read: number[] = [];
        const reading = (async () => {
          for (;;) {
            const chunk = await other.streams.read(0, 3);
            if (chunk === undefined) return;
            read.push(...chunk);
          }
        })();
        const writing = (async () => {
          for (const chunk of chunks) {
            for (let wait = writer.ready(); wait; wait = writer.ready()) {
              await wait;
            }
            ok(writer.tryWrite(chunk));
          }
          writer.end();
        })();
        for (const isQuick of pace) {
          if (isQuick) carry();
          await Promise.resolve();
        }
        let isOver = false;
        reading.then(() => isOver = true);
        while (!isOver) {
          carry();
          await new Promise((resolve) => setImmediate(resolve));
        }
        await writing;
        deepStrictEqual(read, chunks.flatMap((chunk) => [...chunk]));
      },
    ),
    { numRuns: 50 },
  ));

Deno.test("AwayLooks answers nothing for a scheduler that is lost, or to which there is no way", async () => {
  const runtime = new Runtime({ scheduler: 2 });
  const sent: LookFrame[] = [];
  const looks = new AwayLooks(runtime, 2, (to, frame) => {
    if (to === 1) sent.push(frame);
    return to === 1;
  });
  const look = { type: "isAlive", pid: new Pid(0, 1, 5) } as const;
  const asked = looks.look(look);
  looks.lost(3);
  looks.heed({ type: "looked", id: 99, value: true });
  looks.lost(1);
  strictEqual(await asked, undefined);
  const away = looks.look({ ...look, pid: new Pid(0, 3, 5) });
  strictEqual(await away, undefined);
  const answered = looks.look(look);
  const { id } = sent.at(-1)!;
  looks.heed({ type: "looked", id, value: true });
  strictEqual(await answered, true);
});
