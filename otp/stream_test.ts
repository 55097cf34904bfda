import { deepStrictEqual, ok, rejects, strictEqual, throws } from "node:assert";
import fc from "fast-check";
import type { Tie } from "./bonds.ts";
import { Pid, processOf } from "./pid.ts";
import type { ExitReason } from "./reason.ts";
import { coreOf } from "./runtime.ts";
import { STREAM_CHUNKS_MAX } from "./limits.ts";
import type { StreamBroken } from "./errors.ts";
import { type ByteStream, openStream, type StreamReader } from "./stream.ts";
import { collectGarbage } from "./testdata/gc.ts";
import { puppet } from "./testdata/puppet.ts";
import { simulated } from "./testdata/simulated.ts";
import {
  chunk,
  outcomeOf,
  readAll,
  type Step,
  StreamRun,
  type StreamScene as Scene,
  streamScene as scene,
} from "./testdata/stream_scene.ts";

Deno.test("read() takes chunks in order and without a promise, then the end", () => {
  const { writer, reader } = scene();
  const first = chunk(1);
  strictEqual(writer.write(first), undefined);
  writer.write(chunk());
  writer.end();
  strictEqual(reader.read(), first);
  deepStrictEqual(reader.read(), chunk());
  strictEqual(reader.read(), undefined);
  strictEqual(reader.read(), undefined);
});

Deno.test("read() waits for a chunk, and for the end", async () => {
  const { writer, reader } = scene();
  const read = reader.read();
  writer.write(chunk(1));
  deepStrictEqual(await read, chunk(1));
  const end = reader.read();
  writer.end();
  strictEqual(await end, undefined);
});

Deno.test("read() throws when another read waits", () => {
  const { reader } = scene();
  reader.read();
  throws(() => reader.read(), TypeError);
});

Deno.test("write() waits while the stream is full, and keeps its order", async () => {
  const scened = scene(2);
  const { writer, reader, sim } = scened;
  const writes = [1, 2, 3, 4].map((byte) =>
    outcomeOf(writer.write(chunk(byte)))
  );
  writer.end();
  await sim.run();
  deepStrictEqual(writes.map(({ is }) => is), [
    ...["done", "done", "waits", "waits"],
  ]);
  deepStrictEqual(reader.read(), chunk(1));
  await sim.run();
  deepStrictEqual(writes.map(({ is }) => is), [
    ...["done", "done", "done", "waits"],
  ]);
  deepStrictEqual(await readAll(scened), [2, 3, 4]);
});

Deno.test("openStream() holds 16 chunks when it is not told otherwise", () => {
  const { runtime, source } = scene();
  const { writer, reader } = openStream(runtime, { writer: source.pid });
  const tries = Array.from({ length: 20 }, () => writer.tryWrite(chunk(1)));
  strictEqual(tries.filter((isTaken) => isTaken).length, STREAM_CHUNKS_MAX);
  strictEqual(writer.tryWrite(chunk(2)), false);
  reader.read();
  strictEqual(writer.tryWrite(chunk(2)), true);
});

for (
  const [name, close] of Object.entries<(stream: ByteStream) => void>({
    "end()": ({ writer }) => writer.end(),
    "abort()": ({ writer }) => writer.abort("shutdown"),
  })
) {
  Deno.test(`write() throws after ${name}, which is idempotent`, () => {
    const stream = scene();
    close(stream);
    throws(() => stream.writer.write(chunk(1)), TypeError);
    throws(() => stream.writer.tryWrite(chunk(1)), TypeError);
    close(stream);
  });
}

const CRASH: ExitReason = { type: "exit", payload: "crash" };

for (const reason of ["kill", "shutdown", CRASH] as const) {
  const name = typeof reason === "string" ? reason : "a crash";
  Deno.test(`read() rejects behind the last chunk when the writer ends with ${name}`, async () => {
    const stream = scene();
    const { runtime, sim, writer, source } = stream;
    const waits = [1, 2, 3].map((byte) => outcomeOf(writer.write(chunk(byte))));
    runtime.exit(source.pid, reason);
    await sim.run();
    const seen = reason === "kill" ? "killed" : reason;
    deepStrictEqual(await readAll(stream), [1, 2, seen]);
    deepStrictEqual(await readAll(stream), [seen]);
    strictEqual(waits[2]!.is, "waits");
  });
}

Deno.test("read() rejects when the writer exits normally without an end", async () => {
  const { runtime, sim } = simulated();
  const source = runtime.spawn(() => {});
  const { reader } = openStream(runtime, { writer: source.pid });
  const isRejected = rejects(async () => await reader.read(), {
    name: "StreamBroken",
    code: "streamBroken",
    end: "writer",
    reason: "normal",
    message: "Cannot go on with a stream whose writer is gone: normal",
  });
  await sim.run();
  await isRejected;
});

Deno.test("end() holds when the writer is killed after it", async () => {
  const stream = scene(1);
  const { runtime, writer, source } = stream;
  [1, 2, 3].forEach((byte) => writer.write(chunk(byte)));
  writer.end();
  runtime.kill(source.pid);
  deepStrictEqual(await readAll(stream), [1, 2, 3]);
});

Deno.test("cancel() tells nobody when the writer has ended the stream and exited", async () => {
  const { runtime, sim, writer, reader, source } = scene(1);
  const writes = [1, 2].map((byte) => outcomeOf(writer.write(chunk(byte))));
  writer.end();
  runtime.kill(source.pid);
  reader.cancel();
  await sim.run();
  deepStrictEqual(writes.map(({ is }) => is), ["done", "waits"]);
});

Deno.test("abort() drops what is not read, and tells both sides", async () => {
  const stream = scene(1);
  const { writer, sim } = stream;
  writer.write(chunk(1));
  const write = outcomeOf(writer.write(chunk(2)));
  writer.end();
  writer.abort("shutdown");
  await sim.run();
  deepStrictEqual(await readAll(stream), ["shutdown"]);
  deepStrictEqual(write.is, ["streamBroken", "writer", "shutdown"]);
});

Deno.test("abort() does nothing when all was read", async () => {
  const stream = scene();
  stream.writer.end();
  stream.writer.abort("shutdown");
  deepStrictEqual(await readAll(stream), []);
});

// deno-fmt-ignore
const LOSSES: Record<string, [lose: (scene: Scene) => void, ExitReason]> = {
  "is killed": [({ runtime, sink }) => runtime.kill(sink.pid), "killed"],
  "cancels": [({ reader }) => reader.cancel(), "normal"],
  "cancels with a reason": [({ reader }) => reader.cancel("shutdown"), "shutdown"],
  "is given to nobody": [({ reader }) => reader.giveTo(new Pid(0, 0, 99)), "noproc"],
};

for (const [name, [lose, reason]] of Object.entries(LOSSES)) {
  Deno.test(`write() rejects at once when the reader ${name}`, async () => {
    const stream = scene(1);
    const { writer, sim } = stream;
    writer.write(chunk(1));
    const waiting = outcomeOf(writer.write(chunk(2)));
    const ready = outcomeOf(writer.ready());
    lose(stream);
    const later = outcomeOf(writer.write(chunk(3)));
    await sim.run();
    const broken = ["streamBroken", "reader", reason];
    deepStrictEqual([waiting.is, later.is], [broken, broken]);
    strictEqual(ready.is, "done");
    throws(() => writer.tryWrite(chunk(4)), { reason });
    strictEqual(writer.ready(), undefined);
  });
}

Deno.test("cancel() ends the read that waits, and those after it", async () => {
  const { reader } = scene();
  const read = reader.read();
  reader.cancel();
  reader.cancel();
  strictEqual(await read, undefined);
  strictEqual(reader.read(), undefined);
});

Deno.test("cancel() changes nothing when the stream has come to its end", async () => {
  const ended = scene();
  ended.writer.end();
  await readAll(ended);
  ended.reader.cancel();
  throws(() => ended.writer.write(chunk(1)), TypeError);

  const broken = scene();
  broken.writer.abort("shutdown");
  broken.reader.cancel();
  deepStrictEqual(await readAll(broken), ["shutdown"]);
});

Deno.test("read(), write() and ready() never settle when their process was killed", async () => {
  const { runtime, sim, writer, reader, source, sink } = scene(1);
  const reads = [reader.read() as Promise<unknown>, reader.ready()];
  runtime.kill(sink.pid);
  const other = openStream(runtime, { writer: source.pid, chunksMax: 1 });
  other.writer.write(chunk(1));
  const writes = [other.writer.write(chunk(2)), other.writer.ready()];
  runtime.kill(source.pid);
  const late = [reader.read() as Promise<unknown>, reader.ready()];
  const lateWrites = [writer.write(chunk(1)), writer.ready()];
  const outcomes = [...reads, ...writes, ...late, ...lateWrites].map(outcomeOf);
  await sim.run();
  deepStrictEqual(outcomes.map(({ is }) => is), Array(8).fill("waits"));
});

Deno.test("ready() of the reader takes nothing, so that it can be abandoned", async () => {
  const { writer, reader } = scene();
  const ready = reader.ready();
  strictEqual(reader.ready(), ready);
  writer.write(chunk(1));
  await ready;
  strictEqual(reader.ready(), undefined);
  deepStrictEqual(reader.read(), chunk(1));
  const end = reader.ready();
  writer.end();
  await end;
  strictEqual(reader.ready(), undefined);
});

Deno.test("ready() of the writer waits for room", async () => {
  const { writer, reader } = scene(1);
  strictEqual(writer.ready(), undefined);
  writer.write(chunk(1));
  const ready = writer.ready();
  strictEqual(writer.ready(), ready);
  reader.read();
  await ready;
  ok(writer.tryWrite(chunk(2)));
  writer.end();
  strictEqual(writer.ready(), undefined);
});

Deno.test("giveTo() makes the end go with its new owner", async () => {
  const stream = scene(1);
  const { runtime, writer, reader, source, sink } = stream;
  const heirs = [puppet(runtime), puppet(runtime)] as const;
  // A pid that came as a number, and an alias, name their process too.
  ok(writer.giveTo(Pid.fromBigInt(heirs[0].pid.toBigInt())));
  ok(reader.giveTo(processOf(heirs[1].pid)!.alias()));
  runtime.kill(source.pid);
  runtime.kill(sink.pid);
  writer.write(chunk(1));
  runtime.kill(heirs[0].pid);
  deepStrictEqual(await readAll(stream), [1, "killed"]);
});

Deno.test("giveTo() breaks the stream when there is nobody to take it", async () => {
  const stream = scene();
  strictEqual(stream.writer.giveTo(new Pid(0, 0, 99)), false);
  deepStrictEqual(await readAll(stream), ["noproc"]);
  throws(() => stream.writer.write(chunk(1)), TypeError);
});

Deno.test("giveTo() throws while the end waits", () => {
  const { writer, reader, source, sink } = scene(1);
  reader.read();
  throws(() => reader.giveTo(source.pid), TypeError);
  [1, 2, 3].forEach((byte) => writer.write(chunk(byte)));
  throws(() => writer.giveTo(sink.pid), TypeError);
});

for (const dead of ["writer", "reader"] as const) {
  Deno.test(`openStream() opens a broken stream when its ${dead} is dead`, async () => {
    const { runtime } = simulated();
    const stream = openStream(runtime, { [dead]: new Pid(0, 0, 99) });
    if (dead === "writer") {
      deepStrictEqual(await readAll(stream), ["noproc"]);
    } else {
      throws(() => stream.writer.tryWrite(chunk(1)), { reason: "noproc" });
    }
  });
}

Deno.test("openStream() knows no processes of other runtimes", async () => {
  const { runtime } = simulated();
  const { source } = scene();
  const stream = openStream(runtime, { writer: source.pid });
  deepStrictEqual(await readAll(stream), ["noproc"]);
});

for (const chunksMax of [0, 1.5, Infinity]) {
  Deno.test(`openStream() throws when told chunksMax ${chunksMax}`, () => {
    const { runtime } = simulated();
    throws(() => openStream(runtime, { chunksMax }), RangeError);
  });
}

Deno.test("openStream() opens a stream that no process owns", async () => {
  const stream = openStream(simulated().runtime);
  const { writer } = stream;
  writer.write(chunk(1));
  writer.end();
  deepStrictEqual(await readAll(stream), [1]);
});

Deno.test("openStream() lets go of its owners when the stream is over", async () => {
  // deno-fmt-ignore
  const closings: ((scene: Scene) => unknown)[] = [
    (stream) => { stream.writer.end(); return readAll(stream); },
    (stream) => { const all = readAll(stream); stream.writer.end(); return all; },
    (stream) => { stream.writer.abort("shutdown"); return readAll(stream); },
    ({ reader }) => reader.cancel(),
  ];
  for (const close of closings) {
    const stream = scene();
    const { runtime, source, sink } = stream;
    const ties = new Set<Tie>();
    for (const { pid } of [source, sink]) {
      const process = processOf(pid)!;
      process.tie = (tie) => ties.add(tie);
      process.untie = (tie) => ties.delete(tie);
    }
    const again = openStream(runtime, { writer: source.pid, reader: sink.pid });
    strictEqual(ties.size, 2);
    await close({ ...stream, ...again });
    strictEqual(ties.size, 0);
    again.writer.giveTo(sink.pid);
    again.reader.giveTo(source.pid);
    strictEqual(ties.size, 0);
  }
});

for (
  const [name, drop] of Object.entries<(scene: Scene) => void>({
    "abort()": ({ writer }) => writer.abort("shutdown"),
    "cancel()": ({ reader }) => reader.cancel(),
    "a kill of the reader": ({ runtime, sink }) => runtime.kill(sink.pid),
  })
) {
  Deno.test(`${name} frees what is not read`, async () => {
    const stream = scene(1);
    const held = [1, 2].map((byte) => {
      const bytes = chunk(byte);
      outcomeOf(stream.writer.write(bytes));
      return new WeakRef(bytes);
    });
    drop(stream);
    await collectGarbage();
    deepStrictEqual(held.map((ref) => ref.deref()), [undefined, undefined]);
    ok(stream.reader);
  });
}

Deno.test("read() lets the event loop run between two busy processes", async () => {
  const { runtime, host, sim } = simulated({ reductionsPerSlice: 10 });
  let read = 0;
  const sink = runtime.spawn<StreamReader>(async (self) => {
    for await (const { length } of await self.receive()) read += length;
  });
  runtime.spawn(async ({ pid }) => {
    const ends = { writer: pid, reader: sink.pid, chunksMax: 3 };
    const { writer, reader } = openStream(runtime, ends);
    runtime.send(sink.pid, reader);
    for (let count = 0; count < 100; count++) await writer.write(chunk(1));
    writer.end();
  });
  const seen: number[] = [];
  host.macrotask(() => seen.push(read));
  await sim.run();
  ok(seen[0]! <= 10);
  strictEqual(read, 100);
});

Deno.test("read() waits on when its turn comes and the chunk is gone", async () => {
  const { runtime, sim, writer, reader } = scene();
  const { scheduler } = coreOf(runtime);
  await sim.run();
  while (scheduler.spend());
  writer.write(chunk(1));
  const first = reader.read();
  scheduler.spend = () => true;
  writer.write(chunk(2));
  deepStrictEqual([await first, reader.read()], [chunk(1), chunk(2)]);
  const third = reader.read();
  await sim.run();
  writer.write(chunk(3));
  deepStrictEqual(await third, chunk(3));
});

Deno.test("for await cancels the stream when it is left early", async () => {
  const { writer, reader } = scene();
  [1, 2].forEach((byte) => writer.write(chunk(byte)));
  for await (const bytes of reader) {
    deepStrictEqual(bytes, chunk(1));
    break;
  }
  throws(() => writer.tryWrite(chunk(3)), { reason: "normal" });
});

Deno.test("for await throws when the stream breaks", async () => {
  const { writer, reader } = scene();
  writer.abort("shutdown");
  await rejects(Array.fromAsync(reader), { code: "streamBroken" });
});

Deno.test("readableStream() reads when it is read, up to the end", async () => {
  const { writer, reader, sim } = scene(1);
  const readable = reader.readableStream();
  writer.write(chunk(1));
  await sim.run();
  strictEqual(writer.tryWrite(chunk(2)), false);
  const read = Array.fromAsync(readable);
  writer.write(chunk(2));
  writer.end();
  deepStrictEqual(await read, [chunk(1), chunk(2)]);
});

Deno.test("readableStream() fails when the stream breaks", async () => {
  const { runtime, reader, source } = scene();
  runtime.kill(source.pid);
  await rejects(Array.fromAsync(reader.readableStream()), { reason: "killed" });
});

for (const [why, reason] of [[undefined, "normal"], ["no", "crashed"]]) {
  Deno.test(`readableStream() cancels the stream: ${why}`, async () => {
    const { writer, reader } = scene();
    await reader.readableStream().cancel(why);
    await rejects(async () => await writer.write(chunk(1)), (error) => {
      const got = (error as StreamBroken).reason;
      return (typeof got === "object" ? got.type : got) === reason;
    });
  });
}

Deno.test("writableStream() waits as the stream does, and ends it", async () => {
  const stream = scene(1);
  const sending = ReadableStream.from([chunk(1), chunk(2), chunk(3)])
    .pipeTo(stream.writer.writableStream());
  const sent = outcomeOf(sending);
  await stream.sim.run();
  strictEqual(sent.is, "waits");
  deepStrictEqual(await readAll(stream), [1, 2, 3]);
  await sending;
});

Deno.test("writableStream() fails as soon as the reader is gone", async () => {
  const { reader, writer } = scene();
  const early = writer.writableStream().getWriter();
  reader.cancel("shutdown");
  await rejects(early.closed, { reason: "shutdown" });
  const late = writer.writableStream().getWriter();
  await rejects(late.closed, { reason: "shutdown" });
});

Deno.test("writableStream() breaks the stream when it is aborted", async () => {
  const stream = scene();
  await stream.writer.writableStream().abort();
  deepStrictEqual(await readAll(stream), ["normal"]);
});

const STEPS = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom<Step>("write", "tryWrite", "read") },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Step>(
      ...["end", "abort", "cancel", "killWriter", "killReader"] as const,
    ),
  },
);

Deno.test("openStream() loses, doubles and reorders nothing, whoever goes when", async () => {
  const property = fc.asyncProperty(
    fc.integer({ min: 1, max: 4 }),
    fc.integer({ min: 1, max: 6 }),
    fc.array(fc.tuple(STEPS, fc.boolean()), { maxLength: 40 }),
    async (chunksMax, reductionsPerSlice, steps) => {
      const run = new StreamRun(chunksMax, reductionsPerSlice);
      for (const [step, settles] of steps) {
        run.take(step);
        if (!settles) continue;
        await run.scene.sim.run();
        ok(run.taken - run.read.length <= chunksMax);
      }
      await checkEnd(run);
    },
  );
  await fc.assert(property, { numRuns: 300 });
});

async function checkEnd(run: StreamRun): Promise<void> {
  run.take("end");
  const { offered, read, taken, last } = await readRest(run);
  const [closing, ...after] = run.closings;
  deepStrictEqual(read, offered.slice(0, read.length));
  const isGivenUp = [closing, ...after].some((step) =>
    step === "cancel" || step === "killReader"
  );
  if (isGivenUp) return;
  if (closing === "killWriter") strictEqual(read.length, taken);
  if (closing !== "end") strictEqual(last, "broken");
  else if (last === "end") deepStrictEqual(read, offered);
  else ok(after.includes("abort"));
}

async function readRest(run: StreamRun): Promise<StreamRun> {
  for (let reads = 0; reads <= run.offered.length; reads++) {
    await run.scene.sim.run();
    run.readOne();
  }
  await run.scene.sim.run();
  return run;
}
