import { deepStrictEqual, ok, strictEqual } from "node:assert";
import fc from "fast-check";
import { Pid } from "./pid.ts";
import { PubSub } from "./pubsub.ts";
import type { Runtime } from "./runtime.ts";
import type { Down } from "./signal.ts";
import { simulated } from "./testdata/simulated.ts";

interface Topics {
  readonly news: string;
  readonly counts: number;
}

/** Spawns a process that notes what it is sent. */
function reader(runtime: Runtime, mailboxMax = Infinity) {
  const seen: unknown[] = [];
  const { pid } = runtime.spawn<unknown>(async (self) => {
    for (;;) seen.push(await self.receive());
  }, { mailboxMax });
  return { pid, seen };
}

/** A PubSub of two readers. */
function pubsubOf() {
  const { sim, runtime } = simulated();
  const pubsub = new PubSub<Topics>(runtime);
  return {
    sim,
    runtime,
    pubsub,
    one: reader(runtime),
    other: reader(runtime),
  };
}

Deno.test("publish() reaches who subscribes to the topic, in order", async () => {
  const { sim, pubsub, one, other } = pubsubOf();
  ok(pubsub.subscribe("news", one.pid));
  ok(pubsub.subscribe("counts", one.pid));
  ok(pubsub.subscribe("counts", other.pid));
  const reached = [
    pubsub.publish("news", "hello"),
    pubsub.publish("counts", 1),
    pubsub.publish("counts", 2),
  ];
  deepStrictEqual(reached, [1, 2, 2]);
  await sim.run();
  deepStrictEqual(one.seen, ["hello", 1, 2]);
  deepStrictEqual(other.seen, [1, 2]);
});

Deno.test("publish() leaves out the exception, however it is named", async () => {
  const { sim, pubsub, one, other } = pubsubOf();
  pubsub.subscribe("news", one.pid);
  pubsub.subscribe("news", other.pid);
  const copy = Pid.fromBigInt(one.pid.toBigInt());
  strictEqual(pubsub.publish("news", "a", { except: one.pid }), 1);
  strictEqual(pubsub.publish("news", "b", { except: copy }), 1);
  strictEqual(pubsub.publish("counts", 1, { except: one.pid }), 0);
  pubsub.unsubscribe("news", one.pid);
  strictEqual(pubsub.publish("news", "c", { except: one.pid }), 1);
  await sim.run();
  deepStrictEqual(one.seen, []);
  deepStrictEqual(other.seen, ["a", "b", "c"]);
});

Deno.test("publish() passes over a full mailbox", async () => {
  const { sim, runtime, pubsub, one, other } = pubsubOf();
  const full = reader(runtime, 0);
  pubsub.subscribe("news", one.pid);
  pubsub.subscribe("news", full.pid);
  pubsub.subscribe("news", other.pid);
  strictEqual(pubsub.publish("news", "hello"), 2);
  strictEqual(runtime.counters().refused, 1);
  deepStrictEqual(pubsub.subscribers("news"), [one.pid, full.pid, other.pid]);
  await sim.run();
  deepStrictEqual([one.seen, full.seen, other.seen], [["hello"], [], [
    "hello",
  ]]);
});

Deno.test("publish() goes on when a subscriber dies of the message", async () => {
  const { sim, runtime, pubsub, other } = pubsubOf();
  const fragile = runtime.spawn<string>(async (self) => {
    pubsub.subscribe("news", self.pid);
    const match = () => {
      throw new RangeError("no");
    };
    await self.receive({ match });
  });
  await sim.run();
  pubsub.subscribe("news", other.pid);
  pubsub.publish("news", "hello");
  ok(!runtime.isAlive(fragile.pid));
  await sim.run();
  deepStrictEqual(other.seen, ["hello"]);
});

Deno.test("subscribe() twice delivers once", async () => {
  const { sim, pubsub, one } = pubsubOf();
  ok(pubsub.subscribe("news", one.pid));
  ok(pubsub.subscribe("news", one.pid));
  strictEqual(pubsub.publish("news", "hello"), 1);
  await sim.run();
  deepStrictEqual(one.seen, ["hello"]);
  ok(pubsub.unsubscribe("news", one.pid));
  strictEqual(pubsub.publish("news", "hello"), 0);
});

Deno.test("subscribe() refuses who is not alive here", () => {
  const { runtime, pubsub, one } = pubsubOf();
  runtime.kill(one.pid);
  ok(!pubsub.subscribe("news", one.pid));
  ok(!pubsub.subscribe("news", new Pid(0, 1, 0)));
  deepStrictEqual(pubsub.topics(), []);
});

Deno.test("unsubscribe() says when there was no subscription", () => {
  const { pubsub, one } = pubsubOf();
  ok(!pubsub.unsubscribe("news", one.pid));
  pubsub.subscribe("news", one.pid);
  ok(!pubsub.unsubscribe("counts", one.pid));
  ok(pubsub.unsubscribe("news", one.pid));
  deepStrictEqual(pubsub.topics(), []);
});

Deno.test("subscribers() has forgotten a process when its watcher hears of the end", async () => {
  const { sim, runtime, pubsub, one, other } = pubsubOf();
  pubsub.subscribe("news", one.pid);
  pubsub.subscribe("news", other.pid);
  pubsub.subscribe("counts", one.pid);
  const seen: unknown[] = [];
  const look = () => seen.push(pubsub.subscribers("news"), pubsub.topics()) > 0;
  runtime.spawn<Down>(async (self) => {
    self.monitor(one.pid);
    await self.receive({ match: look });
  });
  await sim.run();
  runtime.kill(one.pid);
  deepStrictEqual(seen, [[other.pid], ["news"]]);
});

Deno.test("PubSub takes only subscribers that accept the topic", () => {
  const { runtime } = simulated();
  const pubsub = new PubSub<Topics & Record<`room:${string}`, Date>>(runtime);
  const { pid } = runtime.spawn<string>((self) => self.receive());
  pubsub.subscribe("news", pid);
  const [subscriber] = pubsub.subscribers("news");
  ok(runtime.send(subscriber!, "hello"));
  // @ts-expect-error It accepts no numbers.
  pubsub.subscribe("counts", pid);
  // @ts-expect-error It accepts no dates.
  pubsub.subscribe("room:blue", pid);
  // @ts-expect-error The messages are strings.
  pubsub.publish("news", 1);
  // @ts-expect-error There is no such topic.
  pubsub.topics().includes("weather");
});

Deno.test("PubSub delivers as a list of subscriptions would", async () => {
  const step = fc.tuple(
    fc.constantFrom("subscribe", "unsubscribe", "publish", "kill"),
    fc.constantFrom("a", "b"),
    fc.nat(3),
  );
  const property = fc.asyncProperty(fc.array(step), async (steps) => {
    const { sim, runtime } = simulated();
    const pubsub = new PubSub<Record<string, string>>(runtime);
    const readers = Array.from({ length: 4 }, () => reader(runtime));
    const expected: string[][] = readers.map(() => []);
    let subscriptions: string[] = [];
    for (const [action, topic, index] of steps) {
      const { pid } = readers[index]!;
      const key = `${topic}${index}`;
      const others = subscriptions.filter((each) => each !== key);
      if (action === "subscribe" && runtime.isAlive(pid)) {
        pubsub.subscribe(topic, pid);
        subscriptions = [...others, key];
      } else if (action === "unsubscribe") {
        strictEqual(
          pubsub.unsubscribe(topic, pid),
          subscriptions.includes(key),
        );
        subscriptions = others;
      } else if (action === "publish") {
        const hit = others.filter((each) => each.startsWith(topic));
        hit.forEach((each) => expected[Number(each[1])]!.push(key));
        strictEqual(pubsub.publish(topic, key, { except: pid }), hit.length);
      } else {
        // What it has not read yet is lost with it.
        await sim.run();
        runtime.kill(pid);
        const isOf = (each: string) => each.endsWith(String(index));
        subscriptions = subscriptions.filter((each) => !isOf(each));
      }
    }
    await sim.run();
    deepStrictEqual(readers.map(({ seen }) => seen), expected);
  });
  await fc.assert(property);
});
