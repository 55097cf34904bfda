/** Supervisors and brokers in TypeScript. */

import { deepStrictEqual, match, strictEqual } from "node:assert";
import { BUILT_IN_PROFILES, type Capability } from "@rusm/wasm";
import { clientOf, withCalls } from "./testdata/calls.ts";

const CHILD = `exports.default = () => {
  const parent = Process.whereis("parent");
  Process.send(parent, "started");
  Process.receive();
  throw new Error("ended");
};`;

/** The boss supervises, and what it ends with it tells who asks. */
function bossOf(before: string): string {
  return `exports.default = () => {
    ${before}
    supervise({ strategy: "one-for-one", children: ["child"], maxRestarts: 2, maxSeconds: 3600 });
  };`;
}

// The parent ends each child that it hears of, up to the last one.
const PARENT = `exports.default = () => {
  Process.register("parent");
  const boss = spawn("boss");
  Process.monitor(boss.pid);
  for (let starts = 0;;) {
    const text = Process.receiveText();
    if (text !== "started") return console.log(starts, text.replace(String(boss.pid), "boss"));
    starts++;
    for (const pid of Process.list()) {
      if (Process.info(pid)?.label === "child") Process.send(pid, "end");
    }
  }
};`;

async function superviseLines(
  before: string,
  capability: Capability = BUILT_IN_PROFILES.get("trusted")!,
): Promise<readonly [lines: string[], reasons: unknown[]]> {
  let lines: string[] = [];
  const reasons: unknown[] = [];
  await withCalls(async (node) => {
    await node.script("child", CHILD);
    await node.script("boss", bossOf(before), capability);
    const parent = await node.script("parent", PARENT);
    const nobody = node.runtime.spawn(() => new Promise(() => {})).pid;
    lines = await node.ask(parent, nobody, true);
    reasons.push(...node.reasonsOf("boss"));
    node.runtime.kill(nobody);
  });
  return [lines, reasons];
}

Deno.test("supervise() starts children again, and ends with its supervisor", async () => {
  const [lines] = await superviseLines("");
  deepStrictEqual(lines, ['3 {"__down":"boss","reason":"crashed"}']);
});

Deno.test("supervise() throws in who traps exits", async () => {
  const [lines, reasons] = await superviseLines("Process.trapExit(true);");
  deepStrictEqual(lines, ['3 {"__down":"boss","reason":"crashed"}']);
  match(
    JSON.stringify(reasons),
    /the supervisor ended \(\w+\)/,
  );
});

Deno.test("supervise() throws when it is denied", async () => {
  const [lines, reasons] = await superviseLines(
    "",
    BUILT_IN_PROFILES.get("sandboxed")!,
  );
  // It may have ended before it was monitored.
  match(lines.join(), /^0 {"__down":"boss","reason":"(crashed|noproc)"}$/);
  match(
    JSON.stringify(reasons),
    /supervise denied: missing the spawn capability/,
  );
});

const BROKER = `
const { pubsub } = require("@rusm/wasm/guest");
const topics = new pubsub.Topics();
exports.subscribe = (topic, pid) => topics.subscribe(topic, pid);
exports.unsubscribe = (topic, pid) => topics.unsubscribe(topic, pid);
exports.publish = (topic, text) => topics.publish(topic, text);
exports.count = (topic) => topics.subscriberCount(topic);
`;

const SUBSCRIBER = `exports.default = async () => {
  const broker = connect(BigInt(Process.args()[0]));
  await broker.subscribe("news", String(Process.self()));
};`;

for (const isAway of [false, true]) {
  const where = isAway ? "across schedulers" : "on one scheduler";

  Deno.test(`Topics sends to subscribers, and forgets those that end ${where}`, () =>
    withCalls(async (node) => {
      const component = await node.script("broker", BROKER);
      const broker = node.engine.spawn(component, "run");
      const subscriber = await node.script("subscriber", SUBSCRIBER);
      await node.ask(subscriber, broker, isAway);
      const client = await node.script(
        "client",
        clientOf(
          "(globalThis.me = String(Process.self())).length > 0",
          "service.count('news')",
          "service.subscribe('news', me)",
          "[await service.subscribe('news', me), await service.count('news')]",
          "[await service.publish('news', 'one'), Process.receiveText(1000)]",
          "[await service.publish('other', 'two'), Process.receive(0)]",
          "[await service.unsubscribe('news', me), await service.unsubscribe('news', me)]",
          "[await service.publish('news', 'three'), Process.receive(0)]",
          // In a process that receives itself.
          "[(globalThis.topics = new pubsub.Topics()).subscribe('t', pid), topics.subscribe('u', pid), topics.subscriberCount('t')]",
          "[topics.handleDown('mail'), topics.handleDown(JSON.stringify({ __down: me, reason: 'normal' })), topics.subscriberCount('t')]",
          "[Process.kill(pid), topics.handleDown(Process.receive(5000)), topics.subscriberCount('t'), topics.subscriberCount('u'), topics.publish('t', 'x')]",
        ),
      );
      deepStrictEqual(await node.ask(client, broker, isAway), [
        ...["true", "0", "null", "[null,1]", '[1,"one"]', "[0,null]"],
        ...["[true,false]", "[0,null]", "[null,null,1]"],
        ...["[false,true,1]", "[true,true,0,0,0]"],
      ]);
      strictEqual(node.runtime.isAlive(broker), false);
    }));
}
