import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { type Down, type ExitReason, Pid } from "@rusm/otp";

import { GUEST_MAILBOX_MAX } from "../limits.ts";
import type { GuestMessage } from "../message.ts";
import { LocalComponent } from "../testdata/local.ts";

function main(code: string): Promise<LocalComponent> {
  return LocalComponent.bake(`exports.default = ${code}`);
}

/** Resolves when the guests of `component` have logged `count` times. */
async function logged(
  { logs }: LocalComponent,
  count: number,
): Promise<void> {
  while (logs.length < count) {
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}

// deno-fmt-ignore
const WHILES: [name: string, code: string][] = [
  ["it computes", "() => { console.log('on'); for (;;); }"],
  ["it computes in a promise job", "async () => { await 0; console.log('on'); for (;;); }"],
  ["it waits for a message", "() => { console.log('on'); Process.receive(); }"],
  ["it waits for a message, for a time", "() => { console.log('on'); Process.receive(1e6); }"],
  ["it waits for a message and catches all", "() => { console.log('on'); for (;;) { try { Process.receive(); } catch {} } }"],
  ["it waits for a message and cleans up", "() => { try { console.log('on'); Process.receive(); } finally { console.log('cleaned'); } }"],
  ["it waits for a timer", "() => { console.log('on'); return new Promise((r) => setTimeout(r, 1e6)); }"],
  ["it waits for a stream", "() => { console.log('on'); Process.acceptStream(); }"],
  ["it waits for a stream and catches all", "() => { console.log('on'); for (;;) { try { Process.acceptStream(); } catch {} } }"],
  ["it reads", "() => { Process.openStream(Process.self()); const stream = Process.acceptStream(); console.log('on'); stream.read(); }"],
  ["it writes what nobody reads", "() => { const stream = Process.openStream(Process.self()); console.log('on'); while (stream.write('x')); }"],
  ["it reads in a loop", "async () => { Process.openStream(Process.self()); const stream = Process.acceptStream(); console.log('on'); for await (const _ of stream); }"],
  ["it waits for a file", "() => { files.read('/x').catch(() => {}); console.log('on'); return new Promise((r) => setTimeout(r, 1e6)); }"],
];

// deno-fmt-ignore
const EXITS: [asked: ExitReason, seen: ExitReason][] = [
  ["kill", "killed"],
  ["shutdown", "shutdown"],
  [{ type: "exit", payload: { code: 3 } }, { type: "exit", payload: { code: 3 } }],
];

for (const [name, code] of WHILES) {
  for (const [asked, seen] of EXITS) {
    const what = typeof asked === "string" ? asked : asked.type;
    Deno.test(`ScriptProcess exits at once from ${what} while ${name}`, async () => {
      const component = await main(code);
      const process = component.spawn();
      await logged(component, 1);
      strictEqual(component.runtime.exit(process.pid, asked), true);
      strictEqual(component.runtime.isAlive(process.pid), false);
      deepStrictEqual(await process.join(), seen);
      // The guest is stopped and its instance is used again.
      await component.pool.allBack();
      strictEqual(component.pool.idleCount, 1);
      deepStrictEqual(component.lines, ["on"]);
    });
  }
}

Deno.test("ScriptProcess that is killed before it started takes no instance", async () => {
  const component = await main("() => console.log('on')");
  const process = component.spawn();
  strictEqual(process.kill(), true);
  strictEqual(await process.join(), "killed");
  strictEqual(component.pool.idleCount, 0);
  deepStrictEqual(component.lines, []);
});

Deno.test("ScriptProcess that is killed while it awaits its request takes no instance", async () => {
  const component = await main("() => new Response()");
  const process = component.spawn("handle");
  await new Promise<void>((resolve) => setImmediate(resolve));
  process.kill();
  strictEqual(await process.join(), "killed");
  strictEqual(component.pool.idleCount, 0);
});

Deno.test("ScriptProcess ignores exit with the reason normal", async () => {
  const component = await main(
    "() => { console.log('on'); console.log(Process.receiveText()); }",
  );
  const process = component.spawn();
  await logged(component, 1);
  component.runtime.exit(process.pid, "normal");
  component.runtime.send(process.pid, "still here");
  strictEqual(await process.join(), "normal");
  deepStrictEqual(component.lines, ["on", "still here"]);
});

Deno.test("ScriptProcess that has ended ignores kill, and its reason stays", async () => {
  const component = await main("() => {}");
  const process = component.spawn();
  await process.join();
  strictEqual(process.kill(), false);
  strictEqual(component.runtime.kill(process.pid), false);
  strictEqual(await process.join(), "normal");
});

/** Runs `code` with `messages` in its mailbox: what it logged. */
async function receiving(
  code: string,
  messages: unknown[],
): Promise<string[]> {
  const component = await main(code);
  const process = component.spawn();
  for (const message of messages) {
    component.runtime.send(process.pid, message as GuestMessage);
  }
  strictEqual(await process.join(), "normal");
  return component.lines;
}

Deno.test("Process.receive() gives messages in their order, bytes as bytes and text as UTF-8", async () => {
  deepStrictEqual(
    await receiving(
      "() => { for (let i = 0; i < 4; i++) { const m = Process.receive(); console.log(m instanceof Uint8Array, m.join()); } }",
      [Uint8Array.of(1, 255), "hé", "", new Uint8Array()],
    ),
    ["true 1,255", "true 104,195,169", "true ", "true "],
  );
});

Deno.test("Process.receive() takes what is there before it waits, and gives null in time", async () => {
  deepStrictEqual(
    await receiving(
      "() => { for (const ms of [0, 1, 0, 1]) console.log(Process.receiveText(ms)); }",
      ["a", "b"],
    ),
    ["a", "b", "null", "null"],
  );
});

Deno.test("Process.receive() throws in the guest for what is neither bytes nor text", async () => {
  const bad = [5, null, { type: "down" }, { n: 1n }, [new Uint8Array(1)]];
  deepStrictEqual(
    await receiving(
      "() => { for (let i = 0; i < 6; i++) try { console.log(Process.receiveText()); } catch (e) { console.log(e.name); } }",
      [...bad, "good"],
    ),
    [...bad.map(() => "TypeError"), "good"],
  );
});

Deno.test("Process.receive() throws in the guest for what was no message while it waited", async () => {
  const component = await main(`() => {
    console.log("on");
    try { Process.receive(); } catch (error) { console.log(error.name); }
    console.log(Process.receiveText());
  }`);
  const process = component.spawn();
  await logged(component, 1);
  component.runtime.send(process.pid, { n: 1n } as unknown as GuestMessage);
  component.runtime.send(process.pid, "good");
  strictEqual(await process.join(), "normal");
  deepStrictEqual(component.lines, ["on", "TypeError", "good"]);
});

// deno-fmt-ignore
const WAITS: [ms: string, error: string][] = [
  ["-1", "RangeError"], ["NaN", "RangeError"], ["1e300", "RangeError"], ["'x'", "RangeError"], ["Symbol()", "TypeError"],
];

for (const [ms, error] of WAITS) {
  Deno.test(`Process.receive(${ms}) throws a ${error} in the guest`, async () => {
    const code =
      `() => { try { Process.receive(${ms}); } catch (error) { console.log(error.name); } }`;
    deepStrictEqual(await receiving(code, []), [error]);
  });
}

Deno.test("Process.send() copies: what the guest does afterwards is not seen", async () => {
  const lines = await receiving(
    `() => {
      const bytes = new Uint8Array([1, 2, 3]);
      const resizable = new Uint8Array(new ArrayBuffer(2, { maxByteLength: 8 }));
      resizable.buffer.resize(4);
      Process.send(Process.self(), bytes.subarray(1));
      Process.send(Process.self(), resizable);
      Process.send(Process.self(), bytes.buffer);
      bytes.fill(9);
      for (let i = 0; i < 3; i++) console.log(Process.receive(0).join());
    }`,
    [],
  );
  deepStrictEqual(lines, ["2,3", "0,0,0,0", "1,2,3"]);
});

// deno-fmt-ignore
const SENDS: [args: string, answer: string][] = [
  ["Process.self(), 'x'", "true"],
  ["`${Process.self()}`, 'x'", "true"],
  ["0n, 'x'", "false"],
  ["2n ** 46n - 1n, 'x'", "false"],
  ["2n ** 64n - 1n, 'x'", "false"],
  ["2n ** 64n, 'x'", "RangeError"],
  ["-1, 'x'", "RangeError"],
  ["'pid', 'x'", "SyntaxError"],
  ["1.5, 'x'", "RangeError"],
  ["undefined, 'x'", "TypeError"],
  ["Process.self(), 5", "TypeError"],
  ["Process.self(), {}", "TypeError"],
  ["Process.self(), new Proxy(new Uint8Array(1), {})", "TypeError"],
  ["Process.self(), Symbol()", "TypeError"],
];

for (const [args, answer] of SENDS) {
  Deno.test(`Process.send(${args}) gives ${answer}`, async () => {
    // A process has a serial above 0, so that 0 is free.
    const code =
      `() => { try { console.log(Process.send(${args})); } catch (error) { console.log(error.name); } }`;
    const component = await main(code);
    component.runtime.spawn(() => {});
    strictEqual(await component.spawn().join(), "normal");
    deepStrictEqual(component.lines, [answer]);
  });
}

Deno.test("Process.send() reaches a native process, and knows of one that is dead", async () => {
  const component = await main(`() => {
    const to = Process.receiveText();
    console.log(Process.send(to, "from " + Process.self()));
    console.log(Process.send(to, new Uint8Array(2)));
    Process.receive();
    console.log(Process.send(to, "too late"));
  }`);
  const { runtime } = component;
  const guest = component.spawn();
  const native = runtime.spawn<Uint8Array>(async (self) => {
    runtime.send(guest.pid, self.pid.toJSON());
    const text = new TextDecoder().decode(await self.receive());
    strictEqual(text, `from ${guest.pid.toBigInt()}`);
    deepStrictEqual(await self.receive(), new Uint8Array(2));
  });
  strictEqual(await native.join(), "normal");
  runtime.send(guest.pid, "go on");
  await guest.join();
  deepStrictEqual(component.lines, ["true", "true", "false"]);
});

Deno.test("ScriptProcess takes no more messages than its mailbox holds", async () => {
  const component = await main(
    "() => { for (let n = 0;; n++) if (Process.receive(0) === null) return console.log(n); }",
  );
  const process = component.spawn();
  const sent = Array.from(
    { length: GUEST_MAILBOX_MAX + 5 },
    () => component.runtime.send(process.pid, "x"),
  );
  strictEqual(sent.filter(Boolean).length, GUEST_MAILBOX_MAX);
  await process.join();
  deepStrictEqual(component.lines, [`${GUEST_MAILBOX_MAX}`]);
});

Deno.test("ScriptProcess sends its reply before its watchers hear of its end", async () => {
  const component = await main(
    "() => { Process.send(1n, 'x'); return new Response('y'); }",
  );
  const { runtime } = component;
  const arrived: string[] = [];
  const asker = runtime.spawn<Down>(async (self) => {
    const guest = component.spawn("handle").pid;
    self.monitor(guest);
    const head =
      '{"method":"GET","url":"http://a.test/","headers":[],"params":[],"action":null}';
    const from = self.pid.toJSON();
    runtime.send(guest, { type: "request", from, head, body: null });
    for (const _ of "ab") arrived.push((await self.receive()).type);
  });
  strictEqual(await asker.join(), "normal");
  deepStrictEqual(arrived, ["reply", "down"]);
});

Deno.test("Process.self() names the process as its pid does", async () => {
  const component = await main(
    "() => console.log(typeof Process.self(), `${Process.self()}`)",
  );
  const process = component.spawn();
  await process.join();
  const [line] = component.lines;
  ok(line!.startsWith("bigint "), line);
  ok(Pid.fromBigInt(BigInt(line!.split(" ")[1]!)).equals(process.pid));
});
