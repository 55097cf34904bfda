import { deepStrictEqual, strictEqual } from "node:assert";
import { MemoryStore } from "../actor/testdata/memory_store.ts";
import { runApp } from "./testdata/app.ts";

/** Reads a stream to its end, blocking or not, and logs what it was. */
const READER = `
  const stream = Process.acceptStream();
  let read = "";
  for (let chunk; (chunk = stream.read()) !== null;) read += text(chunk);
  console.log("read", read);`;
const LOOPER = `
  let ticks = 0;
  const timer = setInterval(() => ticks++, 1);
  const stream = Process.acceptStream();
  let read = "";
  for await (const chunk of stream) read += text(chunk);
  clearInterval(timer);
  console.log("read", read, ticks > 0);`;
const LEAVER = `
  for await (const chunk of Process.acceptStream()) {
    console.log("leaves");
    break;
  }
  Process.receive();`;
const OTHERS = { reader: READER, looper: LOOPER, leaver: LEAVER };

// The children are on both schedulers.
const CASES: Record<string, [main: string, lines: string[]]> = {
  "Stream carries bytes in order to who blocks": [
    `
    for (const pid of [Process.spawn("reader"), Process.spawn("reader")]) {
      Process.monitor(pid);
      const stream = Process.openStream(pid);
      console.log(stream.write("a"), stream.write(new Uint8Array([98])), stream.write("é"));
      stream.close();
      stream.close();
      Process.receive();
      console.log(stream.write("late"), stream.read());
    }`,
    [
      ...["true true true", "read abé", "false null"],
      ...["true true true", "read abé", "false null"],
    ],
  ],
  "Stream is read in a loop while other jobs go on": [
    `
    for (const pid of [Process.spawn("looper"), Process.spawn("looper")]) {
      Process.monitor(pid);
      const stream = Process.openStream(pid);
      for (const chunk of ["a", "b"]) {
        await new Promise((resolve) => setTimeout(resolve, 10));
        await stream.writeAsync(chunk);
      }
      stream.close();
      Process.receive();
    }`,
    ["read ab true", "read ab true"],
  ],
  "Stream is closed by leaving a loop": [
    `
    for (const pid of [Process.spawn("leaver"), Process.spawn("leaver")]) {
      const stream = Process.openStream(pid);
      while (stream.write("x"));
      console.log("gone", await stream.writeAsync("x"));
      Process.kill(pid);
    }`,
    ["leaves", "gone false", "leaves", "gone false"],
  ],
  "Stream keeps the order of what is read and written at once": [
    `
    const out = Process.openStream(Process.self());
    const stream = Process.acceptStream();
    const reads = [stream.readAsync(), stream.readAsync(), stream.readAsync()];
    const writes = ["a", "b"].map((chunk) => out.writeAsync(chunk));
    console.log((await Promise.all(writes)).join());
    out.close();
    const [a, b, end] = await Promise.all(reads);
    console.log(text(a), text(b), end);`,
    ["true,true", "a b null"],
  ],
  "Stream is written whole, however many writes are under way": [
    `
    const out = Process.openStream(Process.self());
    const stream = Process.acceptStream();
    const writes = ["a", "b", "c"].map((letter) => out.writeAsync(letter.repeat(100_000)));
    Promise.all(writes).then(() => out.close());
    let read = "";
    for await (const chunk of stream) read += text(chunk);
    console.log(read === ["a", "b", "c"].map((letter) => letter.repeat(100_000)).join(""));`,
    ["true"],
  ],
  "openStream() gives null when there is nobody": [
    `
    const pid = Process.spawn("reader");
    Process.kill(pid);
    console.log(Process.openStream(pid), Process.openStream(12345n));
    try { new (Object.getPrototypeOf(Process.openStream(Process.self())).constructor)(0) } catch (error) { console.log(error.message) }`,
    ["null null", "Illegal constructor"],
  ],
  "Stream of another number than its own is none": [
    `
    const stream = Process.openStream(Process.self());
    console.log(stream.read(), await stream.readAsync());
    const other = Process.acceptStream();
    console.log(other.write("x"), await other.writeAsync("x"));
    try { stream.write(7) } catch (error) { console.log(error.name) }`,
    ["null null", "false false", "TypeError"],
  ],
};

for (const [name, [main, expected]] of Object.entries(CASES)) {
  Deno.test(name, async () => {
    const { lines, reason } = await runApp(main, { others: OTHERS });
    strictEqual(reason, "normal");
    // What two schedulers log comes by two ways, in no order.
    deepStrictEqual(lines.toSorted(), expected.toSorted());
  });
}

// deno-fmt-ignore
const BLOCKING: Record<string, string> = {
  "the store": `kv.bucket("b").get("k")`,
  "its client": `Process.sendText("x")`,
};

for (const [what, use] of Object.entries(BLOCKING)) {
  Deno.test(`a script that waits for ${what} is killed`, async () => {
    const asked = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<never>();
    const wait = () => {
      asked.resolve();
      return answer.promise;
    };
    const store = Object.assign(new MemoryStore(), { get: wait });
    const sink = { sendText: wait, sendEvent: () => true, close() {} };
    const info = {
      ...{ method: "GET", path: "/", query: "", remoteAddr: "" },
      ...{ params: [], headers: [] },
    };
    const { lines, reason } = await runApp(
      `try { ${use} } finally { console.log("went on") }`,
      {
        ...{ store, start: { connection: { info, sink } } },
        spawned: async (pid, { runtime }) => {
          await asked.promise;
          runtime.kill(pid);
        },
      },
      () => answer.reject(new Error("too late")),
    );
    deepStrictEqual([reason, ...lines], ["killed"]);
  });
}
