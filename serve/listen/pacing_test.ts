import { deepStrictEqual, rejects, strictEqual } from "node:assert";
import { TestClock } from "../testdata/test_clock.ts";
import { Deadlines } from "./deadlines.ts";
import { paceBody, paceResponse } from "./pacing.ts";

/** A response of two pieces, paced, and what was told of it. */
function response(clock: TestClock, pieces = 2, stream = source(pieces)) {
  const deadlines = new Deadlines(clock, 80);
  const told: string[] = [];
  const paced = paceResponse(
    new Response(stream, { status: 201, headers: { "x-a": "b" } }),
    {
      ...{ deadlines, stallMsMax: 1_000 },
      stalled: () => void told.push("stalled"),
      ended: () => void told.push("ended"),
    },
  );
  return { paced, told, deadlines };
}

function source(pieces: number): ReadableStream<Uint8Array> {
  let sent = 0;
  return new ReadableStream({
    pull(controller) {
      if (sent++ < pieces) controller.enqueue(new Uint8Array([sent]));
      else controller.close();
    },
  });
}

Deno.test("paceResponse() passes a response on as it is, and tells its end once", async () => {
  const clock = new TestClock();
  const { paced, told, deadlines } = response(clock);
  deepStrictEqual([paced.status, paced.headers.get("x-a")], [201, "b"]);
  deepStrictEqual(await paced.bytes(), new Uint8Array([1, 2]));
  deepStrictEqual([told, deadlines.count], [["ended"], 0]);
});

Deno.test("paceResponse() fails a body that the client does not take", async () => {
  const clock = new TestClock();
  const { paced, told, deadlines } = response(clock);
  const reader = paced.body!.getReader();
  await reader.read();
  clock.advance(999);
  deepStrictEqual(told, []);
  clock.advance(81);
  deepStrictEqual([told, deadlines.count], [["stalled", "ended"], 0]);
  await rejects(reader.read(), { name: "TimeoutError" });
});

Deno.test("paceResponse() waits for a guest as long as it takes", async () => {
  const clock = new TestClock();
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const { paced, told } = response(clock, 0, readable);
  const reader = paced.body!.getReader();
  const read = reader.read();
  // A stream pulls in a later turn.
  await new Promise<void>((resolve) => clock.macrotask(resolve));
  clock.advance(1e6);
  const writer = writable.getWriter();
  await writer.write(new Uint8Array([7]));
  deepStrictEqual((await read).value, new Uint8Array([7]));
  await reader.cancel("gone");
  deepStrictEqual(told, ["ended"]);
  await rejects(writer.write(new Uint8Array(1)), /gone/);
});

Deno.test("paceResponse() tells the end of a body that fails", async () => {
  const clock = new TestClock();
  const failing = new ReadableStream<Uint8Array>({
    pull: () => Promise.reject(new TypeError("trap")),
  });
  const { paced, told, deadlines } = response(clock, 0, failing);
  await rejects(paced.bytes(), /trap/);
  deepStrictEqual([told, deadlines.count], [["ended"], 0]);
});

function body(stream: ReadableStream<Uint8Array>) {
  const clock = new TestClock();
  const deadlines = new Deadlines(clock, 80);
  const paced = paceBody(stream, { deadlines, gapMsMax: 1_000 });
  return { clock, deadlines, paced };
}

Deno.test("paceBody() passes a body on", async () => {
  const { paced, deadlines } = body(source(3));
  deepStrictEqual(await new Response(paced).bytes(), new Uint8Array([1, 2, 3]));
  strictEqual(deadlines.count, 0);
});

Deno.test("paceBody() fails when a piece that is waited for does not come", async () => {
  const cancelled = Promise.withResolvers<void>();
  const { paced, clock, deadlines } = body(
    new ReadableStream({ cancel: () => cancelled.resolve() }),
  );
  const read = paced.getReader().read();
  await new Promise<void>((resolve) => clock.macrotask(resolve));
  clock.advance(1_080);
  await rejects(read, { name: "TimeoutError" });
  await cancelled.promise;
  strictEqual(deadlines.count, 0);
});

Deno.test("paceBody() does not count the time in which nobody reads", async () => {
  const { paced, clock, deadlines } = body(source(2));
  const reader = paced.getReader();
  await reader.read();
  clock.advance(1e6);
  strictEqual(deadlines.count, 0);
  strictEqual((await reader.read()).done, false);
  await reader.cancel();
});

Deno.test("paceBody() passes on that the client has failed", async () => {
  const { paced } = body(
    new ReadableStream({ pull: () => Promise.reject(new TypeError("reset")) }),
  );
  await rejects(new Response(paced).bytes(), /reset/);
});

Deno.test("paceBody() tells how far a body is read", async () => {
  const deadlines = new Deadlines(new TestClock());
  const reading = { waitsCount: 0, piecesCount: 0, isOver: false };
  const paced = paceBody(source(1), { deadlines, gapMsMax: 1, reading });
  const reader = paced.getReader();
  const told: unknown[] = [];
  for (let nth = 0; nth < 2; nth++) {
    // What a read begins and what it ends are not there in its own turn.
    await passTurn();
    const read = reader.read();
    told.push(reading.waitsCount);
    await read;
    await passTurn();
    told.push({ ...reading });
  }
  deepStrictEqual(told, [
    ...[1, { waitsCount: 0, piecesCount: 1, isOver: false }],
    ...[1, { waitsCount: 0, piecesCount: 2, isOver: true }],
  ]);
});

function passTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
