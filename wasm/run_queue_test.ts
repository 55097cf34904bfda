import { deepStrictEqual, strictEqual } from "node:assert";
import { RunQueue } from "./run_queue.ts";

Deno.test("enter() lets one in at a time, in the order they came", async () => {
  const queue = new RunQueue();
  const seen: string[] = [];
  async function visit(name: string): Promise<void> {
    await queue.enter();
    seen.push(`${name} in`);
    await Promise.resolve();
    seen.push(`${name} out`);
    queue.leave();
  }
  await Promise.all(["a", "b", "c"].map(visit));
  deepStrictEqual(
    seen,
    ["a in", "a out", "b in", "b out", "c in", "c out"],
  );
});

Deno.test("enter() lets who comes back in behind those who wait", async () => {
  const queue = new RunQueue();
  const seen: number[] = [];
  async function visitTwice(name: number): Promise<void> {
    for (let turn = 0; turn < 2; turn++) {
      await queue.enter();
      seen.push(name);
      queue.leave();
    }
  }
  await Promise.all([0, 1, 2].map(visitTwice));
  deepStrictEqual(seen, [0, 1, 2, 0, 1, 2]);
});

Deno.test("enter() waits for nobody when the queue has emptied", async () => {
  const queue = new RunQueue();
  for (let turn = 0; turn < 3; turn++) {
    const second = [queue.enter(), queue.enter()][1]!;
    queue.leave();
    await second;
    queue.leave();
  }
  await queue.enter();
  queue.leave();
});

Deno.test("enter() keeps its order over many turns in which the queue never empties", async () => {
  const queue = new RunQueue();
  await queue.enter();
  const seen: number[] = [];
  for (let index = 0; index < 5_000; index++) {
    queue.enter().then(() => seen.push(index));
    queue.enter().then(() => seen.push(index));
    queue.leave();
    await Promise.resolve();
  }
  strictEqual(queue.waitingCount, 5_000);
  while (queue.waitingCount > 0) {
    queue.leave();
    await Promise.resolve();
  }
  strictEqual(seen.length, 10_000);
  deepStrictEqual(seen, seen.toSorted((one, other) => one - other));
});

Deno.test("tryEnter() passes nobody", () => {
  const queue = new RunQueue();
  strictEqual(queue.tryEnter(), true);
  queue.enter();
  queue.leave();
  strictEqual(queue.tryEnter(), false);
  queue.leave();
  strictEqual(queue.tryEnter(), true);
});

Deno.test("idle() resolves when nobody has the turn, and at once when nobody had", async () => {
  const queue = new RunQueue();
  await queue.idle();
  const order: string[] = [];
  await queue.enter();
  const second = queue.enter().then(() => {
    order.push("second");
    queue.leave();
  });
  const idle = queue.idle().then(() => void order.push("idle"));
  queue.leave();
  await Promise.all([second, idle]);
  deepStrictEqual(order, ["second", "idle"]);
  await queue.idle();
});

Deno.test("enterBy() calls when it is the caller's turn, never at once, and in the order they came", async () => {
  const queue = new RunQueue();
  const seen: string[] = [];
  queue.enterBy({ enter: () => void seen.push("a") });
  strictEqual(seen.length, 0);
  await Promise.resolve();
  deepStrictEqual(seen, ["a"]);
  queue.enterBy({ enter: () => void seen.push("b") });
  const third = queue.enter().then(() => seen.push("c"));
  strictEqual(queue.waitingCount, 2);
  queue.leave();
  deepStrictEqual(seen, ["a", "b"]);
  queue.leave();
  await third;
  deepStrictEqual(seen, ["a", "b", "c"]);
  queue.leave();
  strictEqual(queue.tryEnter(), true);
});

Deno.test("enterBy() waits for who came between", async () => {
  const queue = new RunQueue();
  const seen: string[] = [];
  queue.enterBy({ enter: () => void seen.push("late") });
  strictEqual(queue.tryEnter(), true);
  await Promise.resolve();
  strictEqual(seen.length, 0);
  queue.leave();
  deepStrictEqual(seen, ["late"]);
});

/** A queue with a clock and an event loop, and who had its turn. */
class Crowd {
  now = 0;
  hasMail = false;
  readonly order: string[] = [];
  readonly queue = new RunQueue({
    now: () => this.now,
    hasMail: () => this.hasMail,
  });
  #macrotasks: (() => void)[] = [];

  come(name: string): void {
    void this.queue.enter().then(() => this.order.push(name));
  }

  /** Who has the turn is preempted. */
  preempt(name: string): void {
    this.queue.preempt((callback) => this.#macrotasks.push(callback))
      .then(() => this.order.push(name));
  }

  /** The event loop goes round. */
  async goRound(): Promise<void> {
    const callbacks = this.#macrotasks;
    this.#macrotasks = [];
    callbacks.forEach((callback) => callback());
    await settle();
  }

  async leave(): Promise<void> {
    this.queue.leave();
    await settle();
  }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await Promise.resolve();
}

Deno.test("preempt() lets those who come go first, until time has passed", async () => {
  const crowd = new Crowd();
  await crowd.queue.enter();
  for (const name of ["a", "b", "c", "d"]) crowd.come(name);
  crowd.preempt("spins");
  await crowd.goRound();
  await crowd.leave();
  deepStrictEqual(crowd.order, ["a", "b"]);
  crowd.now++;
  await crowd.leave();
  deepStrictEqual(crowd.order, ["a", "b", "spins"]);
  crowd.preempt("spins");
  await crowd.goRound();
  await crowd.leave();
  deepStrictEqual(crowd.order, ["a", "b", "spins", "c", "d"]);
});

Deno.test("preempt() gives those who come every other unit of time, however many were preempted", async () => {
  const crowd = new Crowd();
  const { queue, order } = crowd;
  await queue.enter();
  for (const name of ["1", "2", "3"]) {
    crowd.preempt(name);
    await queue.enter();
  }
  await crowd.goRound();
  for (let round = 0; round < 4; round++) {
    crowd.come("new");
    crowd.come("newer");
    crowd.now++;
    await crowd.leave();
    crowd.preempt(order.at(-1)!);
    await crowd.goRound();
    await crowd.leave();
  }
  const rounds = ["1", "2", "3", "1"].map((name) => [name, "new", "newer"]);
  deepStrictEqual(order, rounds.flat());
});

Deno.test("preempt() comes back at once when there is nobody else, and in order beside others like it", async () => {
  const crowd = new Crowd();
  await crowd.queue.enter();
  crowd.preempt("a");
  await crowd.goRound();
  deepStrictEqual(crowd.order, ["a"]);
  for (const name of ["a", "b", "c"]) {
    crowd.preempt(name);
    await crowd.queue.enter();
  }
  await crowd.goRound();
  for (let turn = 0; turn < 3; turn++) await crowd.leave();
  deepStrictEqual(crowd.order, ["a", "a", "b", "c"]);
});

Deno.test("preempt() waits for mail, but no longer than a unit of time", async () => {
  const crowd = new Crowd();
  await crowd.queue.enter();
  crowd.hasMail = true;
  crowd.preempt("spins");
  for (let round = 0; round < 3; round++) await crowd.goRound();
  deepStrictEqual(crowd.order, []);
  crowd.now++;
  await crowd.goRound();
  deepStrictEqual(crowd.order, ["spins"]);
});

Deno.test("isWanted is true when somebody new waits, or mail does", async () => {
  const crowd = new Crowd();
  const { queue } = crowd;
  await queue.enter();
  strictEqual(queue.isWanted, false);
  crowd.hasMail = true;
  strictEqual(queue.isWanted, true);
  crowd.hasMail = false;
  crowd.come("a");
  strictEqual(queue.isWanted, true);
  strictEqual(queue.waitingCount, 1);
});
