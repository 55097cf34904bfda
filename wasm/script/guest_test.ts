import { deepStrictEqual, strictEqual } from "node:assert";
import { LocalComponent } from "../testdata/local.ts";
import type * as Guest from "./guest.ts";
import { GUEST_MODULE } from "./guest_module.ts";
import { OPS } from "./ops.ts";
import type * as Items from "./testdata/typed_service.ts";

/** What a component can import, as `guest.ts` declares it. */
const NAMES: readonly (keyof typeof Guest)[] = [
  "Process",
  "authentication",
  "callTimeout",
  "connect",
  "kv",
  "pubsub",
  "spawn",
  "sse",
  "supervise",
  "websocket",
];

/** What each thing logs, in a process. */
async function linesOf(bundle: string): Promise<string[]> {
  const component = await LocalComponent.bake(bundle);
  strictEqual(await component.run(), "normal");
  return component.lines;
}

Deno.test("the module of the SDK has what its types say, frozen, and the same as globals", async () => {
  const [names, frozen, same] = await linesOf(`
    const guest = require("${GUEST_MODULE}");
    exports.default = () => {
      console.log(Object.keys(guest).sort().join());
      console.log(Object.isFrozen(guest));
      console.log(Object.keys(guest).every((name) => guest[name] === globalThis[name]));
    };`);
  deepStrictEqual(names!.split(","), NAMES);
  deepStrictEqual([frozen, same], ["true", "true"]);
});

Deno.test("a component can import nothing else", async () => {
  const [message] = await linesOf(`exports.default = () => {
    try { require("node:fs"); } catch ({ message }) { console.log(message); }
  };`);
  strictEqual(message, 'Cannot import "node:fs": a component has no Node APIs');
});

// Asks the host for the bytes of a text: nothing else answers that with bytes.
Deno.test("a component that replaces all it can gets no way to the host from the SDK", async () => {
  const lines = await linesOf(`
    const seen = new Set();
    const { apply } = Reflect;
    const add = Set.prototype.add;
    const look = (value) => {
      if (typeof value === "function") apply(add, seen, [value]);
      if (typeof value === "object" && value !== null) {
        for (const key in value) {
          if (typeof value[key] === "function") apply(add, seen, [value[key]]);
        }
      }
    };
    const prototypes = [Map, Set, Array, Promise, Function, Object, String, Uint8Array]
      .map(({ prototype }) => prototype);
    exports.default = async () => {
      const next = seen.values();
      const step = next.next;
      for (const prototype of prototypes) {
        for (const name of Object.getOwnPropertyNames(prototype)) {
          const { value, writable } = Object.getOwnPropertyDescriptor(prototype, name);
          if (typeof value !== "function" || !writable || name === "constructor") continue;
          prototype[name] = function (...args) {
            look(this);
            for (let at = 0; at < args.length; at++) look(args[at]);
            return apply(value, this, args);
          };
        }
      }
      const own = connect(Process.self());
      try { await own.withTimeout(5).add(1, () => {}); } catch (error) { console.log(error.message); }
      try { for await (const each of own.withTimeout(5).count(1)); } catch (error) { console.log(error.message); }
      own.cast.add(1);
      new pubsub.Topics().subscribe("t", own.pid);
      let ways = 0, tried = 0;
      for (;;) {
        const { value, done } = apply(step, next, []);
        if (done || tried > 5_000) break;
        tried++;
        try { if (value(${OPS.encode}, "x") instanceof Uint8Array) ways++; } catch {}
      }
      console.log(tried > 10, ways);
    };`);
  deepStrictEqual(lines, ["timeout", "timeout", "true 0"]);
});

// What follows is for the type checker alone, and never runs.

declare const guest: typeof Guest;

/** Fails to check when the two are not one type. */
function same<One, Other>(
  ..._: (<T>() => T extends One ? 1 : 2) extends
    (<T>() => T extends Other ? 1 : 2) ? [] : [never]
): void {}

function proxies(): void {
  const items = guest.spawn<typeof Items>("items");
  same<ReturnType<typeof items.count>, Promise<number>>();
  items.count("a");
  items.count("a", 1);
  same<ReturnType<typeof items.clear>, Promise<null>>();
  same<ReturnType<typeof items.find>, Promise<Items.Item | null>>();
  same<ReturnType<typeof items.names>, AsyncIterable<string>>();
  same<ReturnType<typeof items.items>, AsyncIterable<Items.Item>>();
  items.work((percent) => percent.toFixed(), "name");
  items.work(() => Promise.resolve(), "name");
  same<typeof items.pid, bigint>();
  same<ReturnType<typeof items.stop>, boolean>();
  same<ReturnType<typeof items.cast.count>, void>();
  items.withTimeout(50).withTimeout(60).stop();
  // @ts-expect-error: it takes text.
  items.count(1);
  // @ts-expect-error: there is no such function.
  items.nope();
  // @ts-expect-error: a value is no function.
  items.LIMIT();
  // @ts-expect-error: the default is for the host.
  items.default();
  // @ts-expect-error: a stream cannot be awaited for its values.
  items.names().then;
  // @ts-expect-error: one value cannot be iterated over.
  items.count("")[Symbol.asyncIterator]();
  // @ts-expect-error: what is called back takes a number.
  items.work((percent: string) => percent, "name");
  // @ts-expect-error: nobody assigns a function of a service.
  items.count = () => Promise.resolve(1);
}

function connected(): void {
  guest.connect<typeof Items>("items").withTimeout(50).count("a");
  guest.connect<typeof Items>(7n).find("a");
  // @ts-expect-error: only who has started a service stops it.
  guest.connect<typeof Items>("items").stop();
  // @ts-expect-error: nothing is known of it.
  guest.connect("items").count("a");
  same<
    ReturnType<typeof guest.callTimeout<number>>,
    Promise<number>
  >();
}

function handlers(): void {
  guest.websocket({
    message: (socket, data) => socket.send(data) && socket.info.param("room"),
  });
  guest.sse({ open: (stream) => stream.emit({ data: "a", event: "b" }) });
  // @ts-expect-error: frames must be taken.
  guest.websocket({ open() {} });
  const broker = new guest.pubsub.Topics();
  same<ReturnType<typeof broker.publish>, number>();
  // @ts-expect-error: no such strategy.
  guest.supervise({ strategy: "all", children: [] });
}

Deno.test("the types of the SDK are as services are", () => {
  // It is the type checker that tests them.
  deepStrictEqual([proxies, connected, handlers].map(({ length }) => length), [
    0,
    0,
    0,
  ]);
});
