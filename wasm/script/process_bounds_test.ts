import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { MONITORS_MAX, TIMERS_MAX } from "../actor/limits.ts";
import { NAMES_MAX, STREAMS_MAX } from "../core/limits.ts";
import { localGuest } from "../core/guests.ts";
import { MEBIBYTE, OPERATION_BYTES_MAX, OPERATIONS_MAX } from "../limits.ts";
import { LocalComponent, ROOMY } from "../testdata/local.ts";
import { runApp, SANDBOXED } from "./testdata/app.ts";

// How long it takes is not the question, on a busy machine either.
const ABLE = {
  ...{ ...ROOMY, cpuMsMax: 600_000 },
  ...{ spawn: true, processControl: true },
};

/** Does `use` until it throws, or is null or false: how often it did, and why it did not any more. */
function untilRefused(use: string): string {
  return `async () => {
    let count = 0, why = "";
    try { while (${use}) count++; } catch (error) { why = error.name + " " + error.message; }
    console.log(count + " " + why);
  }`;
}

// deno-fmt-ignore
const BOUNDS: [what: string, use: string, count: number, why: RegExp][] = [
  ["streams", "Process.openStream(Process.self())", STREAMS_MAX / 2, /^$/],
  ["accepted streams", "(Process.openStream(Process.self()) && Process.acceptStream())", STREAMS_MAX / 2, /^$/],
  ["messages that are sent later", "Process.sendAfter(1n, 1e6, '') + 1", TIMERS_MAX, /^RangeError Cannot send more messages later: 1000/],
  ["names", "Process.register('name' + count)", NAMES_MAX, /^$/],
  ["monitors of who is not there", "Process.monitor(9n) !== null", MONITORS_MAX, /^RangeError Cannot monitor more processes/],
  ["links with who is not there", "(Process.trapExit(true), Process.link(9n))", MONITORS_MAX, /^RangeError Cannot monitor more processes/],
  ["monitors that are ended", "(count > 25_000 ? false : (Process.demonitor(Process.monitor(Process.self())), true))", 25_001, /^$/],
];

for (const [what, use, count, why] of BOUNDS) {
  Deno.test(`a script has no more ${what} than a component`, async () => {
    const component = await LocalComponent.bake(
      `exports.default = ${untilRefused(use)}`,
      ABLE,
    );
    strictEqual(await component.run(), "normal");
    const [line = ""] = component.lines;
    const [counted] = line.split(" ");
    strictEqual(counted, `${count}`, line);
    ok(why.test(line.slice(counted!.length + 1)), line);
  });
}

Deno.test("a script has no more operations on streams under way than others", async () => {
  const component = await LocalComponent.bake(`exports.default = async () => {
    const out = Process.openStream(Process.self());
    const stream = Process.acceptStream();
    const reads = Array.from({ length: ${
    OPERATIONS_MAX + 1
  } }, () => stream.readAsync());
    try { await reads.at(-1) } catch (error) { console.log(error.name, error.message) }
    out.close();
    console.log((await Promise.all(reads.slice(0, -1))).every((chunk) => chunk === null));
  }`);
  strictEqual(await component.run(), "normal");
  deepStrictEqual(component.lines, [
    `RangeError Cannot have more than ${OPERATIONS_MAX} operations under way`,
    "true",
  ]);
});

Deno.test("a script has no more bytes on their way than it may, but one that is large", async () => {
  const component = await LocalComponent.bake(
    `exports.default = async () => {
    const out = Process.openStream(Process.self());
    const stream = Process.acceptStream();
    const first = out.writeAsync(new Uint8Array(${OPERATION_BYTES_MAX + 1}));
    try { await out.writeAsync("x") } catch (error) { console.log(error.name, error.message) }
    let length = 0;
    while (length <= ${OPERATION_BYTES_MAX}) length += (await stream.readAsync()).length;
    console.log(await first, length, await out.writeAsync("x"));
  }`,
    { ...ABLE, memoryBytesMax: 64 * MEBIBYTE },
  );
  strictEqual(await component.run(), "normal");
  deepStrictEqual(component.lines, [
    `RangeError Cannot give more than ${OPERATION_BYTES_MAX} bytes to operations under way: ${
      OPERATION_BYTES_MAX + 2
    }`,
    `true ${OPERATION_BYTES_MAX + 1} true`,
  ]);
});

Deno.test("a script that is killed gives up its name, its streams and what it would send later", async () => {
  const component = await LocalComponent.bake(
    `exports.default = () => {
    Process.register("held");
    Process.sendAfter(Process.self(), 1e6, "x");
    Process.openStream(Process.self());
    Process.acceptStream();
    setTimeout(() => {}, 1e6);
    console.log("on");
    Process.receive();
  }`,
    ABLE,
  );
  const { runtime } = component;
  const process = component.spawn();
  while (component.lines.length === 0) {
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  ok(runtime.whereis("held")?.equals(process.pid));
  ok(localGuest(runtime, process.pid));
  // What it would have sent later is a timer that the sanitizer would find.
  process.kill();
  strictEqual(runtime.whereis("held"), undefined);
  strictEqual(localGuest(runtime, process.pid), undefined);
  await component.pool.allBack();
});

Deno.test("a script that is killed leaves its groups", async () => {
  const { lines } = await runApp(
    `const pid = Process.spawn("member");
    Process.monitor(pid);
    while (Process.whereisTag("t").length === 0) Process.receive(1);
    Process.kill(pid);
    while (Process.whereisTag("t").length > 0) Process.receive(1);
    console.log("left");`,
    { others: { member: `Process.registerTag("t"); Process.receive();` } },
  );
  deepStrictEqual(lines, ["left"]);
});

Deno.test("a script that traps exits ends with its engine", async () => {
  const { reason } = await runApp(`Process.sendAfter(1n, 1, "");`, {
    capability: SANDBOXED,
    running: `Process.trapExit(true); for (;;) Process.receive();`,
  });
  strictEqual(reason, "normal");
});

Deno.test("a script that traps exits gets one that nobody asked for as null", async () => {
  const component = await LocalComponent.bake(`exports.default = () => {
    Process.trapExit(true);
    console.log("on");
    console.log(Process.receiveText());
    Process.receive();
  }`);
  const process = component.spawn();
  while (component.lines.length === 0) {
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  component.runtime.exit(process.pid, "shutdown");
  while (component.lines.length === 1) {
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  deepStrictEqual(component.lines[1], '{"__exit":null,"reason":"killed"}');
  process.kill();
  strictEqual(await process.join(), "killed");
  await component.pool.allBack();
});
