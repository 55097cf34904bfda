import { deepStrictEqual, strictEqual } from "node:assert";
import fc from "fast-check";
import { type Context, DONE, type ReceiveOptions, TIMEOUT } from "./context.ts";
import type { Overflow } from "./overflow.ts";
import type { Pid } from "./pid.ts";
import { Runtime } from "./runtime.ts";
import type { Down, ExitMessage, MonitorRef } from "./signal.ts";
import { Sim } from "./sim.ts";
import {
  type Act,
  type Bounds,
  type Command,
  isUrgentTarget,
  type Key,
  matches,
  Model,
  type Received,
  TARGETS,
  type Way,
} from "./testdata/inbox_model.ts";

/** Acts of a process. */
const ACTS: fc.Arbitrary<Act[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        type: fc.constant("receive" as const),
        of: fc.oneof(
          fc.constantFrom("any" as const, "signals" as const),
          fc.integer({ min: 1, max: 3 }),
        ),
        timeoutMs: fc.option(fc.nat(6), { nil: undefined }),
      }),
    },
    fc.record({
      type: fc.constant("each" as const),
      count: fc.integer({ min: 1, max: 3 }),
      isAsync: fc.boolean(),
    }),
    {
      weight: 3,
      arbitrary: fc.record({
        type: fc.constantFrom("stash" as const, "unstash" as const),
      }),
    },
    fc.record({
      type: fc.constant("demonitor" as const),
      target: fc.nat(TARGETS - 1),
      flush: fc.boolean(),
    }),
  ),
  { maxLength: 20, size: "max" },
);

const WAYS: Way[] = [
  "pid",
  "alias",
  "plainByUrgent",
  "urgentByPid",
  "urgentByAlias",
  "urgent",
];

/** What is done to it. */
const COMMANDS: fc.Arbitrary<Command[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        type: fc.constant("send" as const),
        way: fc.constantFrom(...WAYS),
        isTagged: fc.boolean(),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        type: fc.constantFrom("sendWhenRoom" as const, "exit" as const),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        type: fc.constant("end" as const),
        target: fc.nat(TARGETS - 1),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        type: fc.constant("advance" as const),
        ms: fc.nat(8),
      }),
    },
  ) as fc.Arbitrary<Command>,
  { maxLength: 40, size: "max" },
);

/** Bounds that are hit. */
const BOUNDS: fc.Arbitrary<Bounds> = fc.record({
  mailboxMax: fc.integer({ min: 1, max: 4 }),
  overflow: fc.constantFrom<Overflow>("reject", "dropNewest", "dropOldest"),
});

type Message = number | Down | ExitMessage;

/** What was received, as the model says it. */
function keyOf(message: Message, targets: readonly Pid[]): Key {
  if (typeof message === "number") return message;
  if (message.type === "exit") return "exit";
  const index = targets.findIndex((target) => target.equals(message.pid));
  return `down ${index}`;
}

/** A process that does its acts, and notes what it receives. */
class Actor {
  readonly received: Received[] = [];
  readonly targets: Pid[];
  readonly pid: Pid<Message>;
  urgent!: Pid<Message>;
  alias!: Pid<Message>;
  isDone = false;
  #last: Message | undefined;
  #refs: MonitorRef[] = [];

  constructor(runtime: Runtime, acts: readonly Act[], bounds = {}) {
    const forever = () => new Promise(() => {});
    this.targets = Array.from(
      { length: TARGETS },
      () => runtime.spawn(forever).pid,
    );
    this.pid = runtime.spawn<Message>((self) => this.#run(self, acts), bounds)
      .pid;
  }

  async #run(self: Context<Message>, acts: readonly Act[]): Promise<void> {
    self.trapExits(true);
    this.alias = self.alias();
    this.urgent = self.alias({ priority: true });
    this.#refs = this.targets.map((target, index) =>
      self.monitor(target, { priority: isUrgentTarget(index) })
    );
    for (const act of acts) await this.#do(self, act);
    this.isDone = true;
    await new Promise(() => {});
  }

  #do(self: Context<Message>, act: Act): unknown {
    switch (act.type) {
      case "receive":
        return this.#receive(self, act);
      case "each":
        return this.#each(self, act);
      case "stash":
        return typeof this.#last === "number" && self.stash(this.#last);
      case "unstash":
        return self.unstash();
      case "demonitor": {
        const { target, flush } = act;
        const isThere = self.demonitor(this.#refs[target]!, { flush });
        return this.#note(self, `demonitor ${isThere}`);
      }
    }
  }

  async #receive(self: Context<Message>, act: Act & { type: "receive" }) {
    const { of, timeoutMs } = act;
    const match = (message: Message) =>
      matches(of, keyOf(message, this.targets));
    const options: ReceiveOptions<Message> = {
      ...(of === "any" ? {} : { match }),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    };
    const isPlain = of === "any" && timeoutMs === undefined;
    const message = await (isPlain ? self.receive() : self.receive(options));
    if (message === TIMEOUT) this.#note(self, "timeout");
    else this.#take(self, message);
  }

  #each(self: Context<Message>, act: Act & { type: "each" }): Promise<void> {
    let left = act.count;
    return self.receiveEach((message) => {
      this.#take(self, message);
      left--;
      const result = left === 0 ? DONE : undefined;
      return act.isAsync ? Promise.resolve(result) : result;
    });
  }

  #take(self: Context<Message>, message: Message): void {
    this.#last = message;
    this.#note(self, keyOf(message, this.targets));
  }

  #note({ metadata }: Context<Message>, key: Key): void {
    this.received.push([key, metadata?.tag as number | undefined]);
  }
}

/** A process and its model, to which the same is done. */
class Pair {
  readonly #sim: Sim;
  readonly #runtime: Runtime;
  readonly #model: Model;
  readonly #actor: Actor;
  readonly #arrivals: [number, boolean][] = [];
  readonly #isBounded: boolean;
  #sent = 0;

  constructor(seed: number, slice: number, acts: Act[], bounds?: Bounds) {
    this.#sim = new Sim({ seed });
    const host = this.#sim.host();
    this.#runtime = new Runtime({ host, reductionsPerSlice: slice });
    this.#model = new Model(acts, bounds);
    this.#actor = new Actor(this.#runtime, acts, bounds);
    this.#isBounded = bounds !== undefined;
  }

  async perform(commands: readonly Command[]): Promise<void> {
    await this.#advance(0);
    let isUrgentBefore = false;
    for (const command of commands) {
      // What a receive is handed at once is not overtaken any more, and makes
      // room at once.
      const isOvertaking = isUrgent(command) && !isUrgentBefore;
      if (this.#isBounded || isOvertaking) await this.#advance(0);
      isUrgentBefore = isUrgent(command);
      // The process has no turn between two commands but when it settles.
      if (command.type === "advance") await this.#advance(command.ms);
      else this.#perform(command);
    }
    await this.#advance(0);
    await this.#kill();
  }

  #perform(command: Exclude<Command, { type: "advance" }>): void {
    const { pid, targets } = this.#actor;
    switch (command.type) {
      case "send":
        return this.#send(command.way, command.isTagged);
      case "sendWhenRoom": {
        const key = this.#sent++;
        this.#model.sendWhenRoom({ key, tag: undefined });
        return void this.#runtime.sendWhenRoom(pid, key)
          .then((hasArrived) => this.#arrivals.push([key, hasArrived]));
      }
      case "exit":
        this.#model.ordinary.push({ key: "exit", tag: undefined });
        return void this.#runtime.exit(pid, "shutdown");
      case "end":
        this.#model.end(command.target);
        return void this.#runtime.kill(targets[command.target]!);
    }
  }

  #send(way: Way, isTagged: boolean): void {
    const model = this.#model;
    if (way === "urgent" && model.isFull) return;
    const key = this.#sent++;
    const item = { key, tag: isTagged ? key : undefined };
    const isSent = way === "urgent"
      ? model.urgent.push(item) > 0
      : model.send(item);
    const { pid, alias, urgent } = this.#actor;
    const to = {
      pid,
      alias,
      urgent,
      plainByUrgent: urgent,
      urgentByPid: pid,
      urgentByAlias: alias,
    };
    const priority = way.startsWith("urgent");
    const options = isTagged
      ? { priority, metadata: { tag: key } }
      : { priority };
    strictEqual(this.#runtime.send(to[way], key, options), isSent);
  }

  async #advance(ms: number): Promise<void> {
    this.#model.advance(ms);
    await this.#sim.advance(ms);
    this.#compare();
    const { mailboxDepth, refused, dropped } = this.#runtime.info(
      this.#actor.pid,
    )!;
    const model = this.#model;
    deepStrictEqual({ mailboxDepth, refused, dropped }, {
      mailboxDepth: model.depth,
      refused: model.refused,
      dropped: model.dropped,
    });
  }

  #compare(): void {
    deepStrictEqual(this.#actor.received, this.#model.received);
    deepStrictEqual(this.#arrivals, this.#model.arrivals);
    strictEqual(this.#actor.isDone, this.#model.isDone);
  }

  async #kill(): Promise<void> {
    const { pid, urgent, alias } = this.#actor;
    this.#model.kill();
    strictEqual(this.#runtime.kill(pid), true);
    for (const to of [pid, urgent, alias]) {
      strictEqual(this.#runtime.send(to, 0, { priority: true }), false);
    }
    strictEqual(await this.#runtime.sendWhenRoom(pid, 0), false);
    await this.#sim.run();
    this.#compare();
    const { refused, dropped } = this.#runtime.counters();
    deepStrictEqual([refused, dropped], [
      this.#model.refused,
      this.#model.dropped,
    ]);
  }
}

function isUrgent(command: Command): boolean {
  return command.type === "send" && command.way === "urgent" ||
    command.type === "end" && isUrgentTarget(command.target);
}

const SLICES = fc.integer({ min: 1, max: 5 });
const RUNS = { numRuns: 600 };

Deno.test("Context does what plain arrays do, whatever comes when", async () => {
  const property = fc.asyncProperty(
    fc.nat(),
    SLICES,
    ACTS,
    COMMANDS,
    (seed, slice, acts, commands) =>
      new Pair(seed, slice, acts).perform(commands),
  );
  await fc.assert(property, RUNS);
});

const BACK_PRESSURE: fc.Arbitrary<Bounds> = fc.record({
  mailboxMax: fc.integer({ min: 1, max: 4 }),
  overflow: fc.constant("backPressure" as const),
});

// deno-fmt-ignore
const BOUNDED: [string, fc.Arbitrary<Bounds>][] = [
  ["a bound",               BOUNDS],
  ["a bound and waiting senders", BACK_PRESSURE],
];

for (const [what, bounds] of BOUNDED) {
  Deno.test(`Context with ${what} does what plain arrays do`, {}, async () => {
    const property = fc.asyncProperty(
      fc.nat(),
      SLICES,
      ACTS,
      COMMANDS,
      bounds,
      (seed, slice, acts, commands, bounds) =>
        new Pair(seed, slice, acts, bounds).perform(commands),
    );
    await fc.assert(property, RUNS);
  });
}
