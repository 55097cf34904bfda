import { deepStrictEqual, match, ok, strictEqual } from "node:assert";
import {
  FLOOD_GROWTH_BYTES,
  FLOOD_LEVEL_TICKS,
  FLOOD_LOOK_MS,
  FLOOD_LOOKS_MAX,
  FLOOD_LOOKS_MIN,
  FLOOD_TICK_MS,
  FLOOD_WAITING_BYTES,
} from "../limits.ts";
import { TestClock } from "../testdata/test_clock.ts";
import { FloodGuard, type Silence, type Suspect } from "./flood_guard.ts";

const GROWN = FLOOD_GROWTH_BYTES + 1;
const HTTP1: Silence = { request: {}, isHttp1: true, piecesCount: 0 };
/** Time for all looks at the sockets. */
const ROUND_MS = FLOOD_TICK_MS + FLOOD_LOOKS_MAX * FLOOD_LOOK_MS;

/** A client whose socket a test fills. */
class TestSuspect implements Suspect {
  readonly peer = {
    transport: "tcp",
    hostname: "10.0.0.9",
    port: 9,
  } as const;
  silence: Silence | undefined = HTTP1;
  waitingBytes = 1;
  cutsCount = 0;

  cut(): void {
    this.cutsCount++;
    this.silence = undefined;
  }

  line(): string {
    const bytes = this.waitingBytes.toString(16).toUpperCase().padStart(8, "0");
    return `   0: 0100007F:1F90 0900000A:0009 01 00000000:${bytes} 00\n`;
  }
}

/** A guard of one listener, and all that it sees. */
class TestMachine {
  readonly clock = new TestClock();
  readonly suspect = new TestSuspect();
  readonly told: string[] = [];
  residentBytes = 0;
  readsCount = 0;
  floodsCount = 0;
  /** Called before a table is read. */
  beforeRead = () => {};
  readonly guard = new FloodGuard({
    host: this.clock,
    log: {
      warn: (text) => void this.told.push(`warn ${text}`),
      debug: (text) => void this.told.push(`debug ${text}`),
    },
    view: {
      residentBytes: () => this.residentBytes,
      readTable: () => {
        this.readsCount++;
        this.beforeRead();
        return this.suspect.line();
      },
    },
  });

  watch(port = 8_080): () => void {
    return this.guard.watch({
      port,
      suspects: () => [this.suspect],
      flooded: () => void this.floodsCount++,
    });
  }

  /** Lets memory grow, and all looks pass. */
  flood(): void {
    this.residentBytes += GROWN;
    this.clock.advance(ROUND_MS);
  }
}

Deno.test("FloodGuard looks at memory alone while it does not grow", () => {
  const machine = new TestMachine();
  machine.watch();
  machine.residentBytes = FLOOD_GROWTH_BYTES;
  machine.clock.advance(100_000);
  deepStrictEqual([machine.readsCount, machine.suspect.cutsCount], [0, 0]);
});

Deno.test("FloodGuard cuts who sends on and on while memory grows, and tells it once", () => {
  const machine = new TestMachine();
  machine.watch();
  machine.flood();
  deepStrictEqual(
    [machine.suspect.cutsCount, machine.floodsCount, machine.readsCount],
    [1, 1, FLOOD_LOOKS_MIN],
  );
  strictEqual(machine.told.length, 1);
  match(machine.told[0]!, /^warn Closed a connection .*: 10\.0\.0\.9 port 9$/);
});

Deno.test("FloodGuard goes on after it has cut", () => {
  const machine = new TestMachine();
  machine.watch();
  machine.flood();
  machine.suspect.silence = HTTP1;
  machine.flood();
  strictEqual(machine.floodsCount, 2);
});

// What changes at the looks at the sockets, the first of which is 1; nobody is cut.
// deno-fmt-ignore
const INNOCENT: readonly (readonly [name: string, change: (machine: TestMachine) => void])[] = [
  ["who sends nothing", ({ suspect }) => void (suspect.waitingBytes = 0)],
  ["who was seen sending too seldom", ({ suspect, readsCount }) => void (suspect.waitingBytes = readsCount < FLOOD_LOOKS_MIN ? 9 : 0)],
  ["who may have something to say from then on", ({ suspect }) => void (suspect.silence = undefined)],
  ["whose body is read", ({ suspect, readsCount }) => void (suspect.silence = { ...HTTP1, piecesCount: readsCount })],
  ["who sends another request", ({ suspect, readsCount }) => void (suspect.silence = { ...HTTP1, request: { readsCount } })],
  ["who may speak HTTP/2", ({ suspect }) => void (suspect.silence = { ...HTTP1, isHttp1: false })],
  ["when memory is back", (machine) => void (machine.residentBytes = 0)],
  ["who is at another port", ({ suspect }) => void (suspect.line = () => "   0: 0100007F:1F91 0900000A:0009 01 00000000:00000001 00\n")],
];

for (const [name, change] of INNOCENT) {
  Deno.test(`FloodGuard does not cut ${name}`, () => {
    const machine = new TestMachine();
    machine.watch();
    machine.beforeRead = () => change(machine);
    machine.flood();
    ok(machine.readsCount > 0);
    deepStrictEqual([machine.suspect.cutsCount, machine.told], [0, []]);
  });
}

// The same, who send much more than a few requests.
for (const name of ["who sends another request", "who may speak HTTP/2"]) {
  Deno.test(`FloodGuard cuts ${name} when it is much`, () => {
    const [, change] = INNOCENT.find(([each]) => each === name)!;
    const machine = new TestMachine();
    machine.watch();
    machine.suspect.waitingBytes = FLOOD_WAITING_BYTES;
    machine.beforeRead = () => change(machine);
    machine.flood();
    strictEqual(machine.suspect.cutsCount, 1);
  });
}

Deno.test("FloodGuard does not read of sockets when nobody is suspect", () => {
  const machine = new TestMachine();
  machine.suspect.silence = undefined;
  machine.watch();
  machine.flood();
  strictEqual(machine.readsCount, 0);
});

Deno.test("FloodGuard takes memory that nobody is to blame for as the level", () => {
  const machine = new TestMachine();
  machine.suspect.waitingBytes = 0;
  machine.watch();
  machine.flood();
  const readsCount = machine.readsCount;
  machine.clock.advance(100_000);
  strictEqual(machine.readsCount, readsCount);
  machine.residentBytes = 0;
  machine.clock.advance(2 * FLOOD_LEVEL_TICKS * FLOOD_TICK_MS);
  machine.flood();
  strictEqual(machine.readsCount, 2 * readsCount);
});

// deno-fmt-ignore
const ROUNDS: readonly (readonly [name: string, sendsAt: readonly number[], readsCount: number, cutsCount: number])[] = [
  ["half of it when nobody sends", [], FLOOD_LOOKS_MAX / 2, 0],
  ["half of it when somebody begins late", [FLOOD_LOOKS_MAX / 2 + 1], FLOOD_LOOKS_MAX / 2, 0],
  ["all of it when somebody sends too seldom", [1, FLOOD_LOOKS_MAX], FLOOD_LOOKS_MAX, 0],
  ["all of it when somebody sends now and then", [2, 5, FLOOD_LOOKS_MAX], FLOOD_LOOKS_MAX, 1],
];

for (const [name, sendsAt, readsCount, cutsCount] of ROUNDS) {
  Deno.test(`FloodGuard looks for a round, ${name}`, () => {
    const machine = new TestMachine();
    const { suspect } = machine;
    machine.watch();
    machine.beforeRead = () => {
      suspect.waitingBytes = sendsAt.includes(machine.readsCount) ? 1 : 0;
    };
    machine.flood();
    deepStrictEqual([machine.readsCount, suspect.cutsCount], [
      readsCount,
      cutsCount,
    ]);
  });
}

Deno.test("FloodGuard has one timer for all listeners, and none without any", () => {
  const { guard, clock } = new TestMachine();
  const crowd = (port: number) => ({ port, suspects: () => [], flooded() {} });
  const [first, second] = [guard.watch(crowd(1)), guard.watch(crowd(2))];
  strictEqual(clock.timerCount, 1);
  first();
  first();
  strictEqual(clock.timerCount, 1);
  second();
  strictEqual(clock.timerCount, 0);
  guard.watch(crowd(3))();
  strictEqual(clock.timerCount, 0);
});

Deno.test("FloodGuard gives up where sockets cannot be looked at, and says so once", () => {
  const machine = new TestMachine();
  machine.beforeRead = () => {
    throw new Deno.errors.NotFound("No such file");
  };
  const unwatch = machine.watch();
  machine.flood();
  strictEqual(machine.clock.timerCount, 0);
  unwatch();
  machine.watch();
  strictEqual(machine.clock.timerCount, 0);
  deepStrictEqual(machine.told, [
    "debug Cannot see who sends too much: No such file",
  ]);
});
