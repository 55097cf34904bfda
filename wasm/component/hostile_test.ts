/** Components that lie, run for too long, or ask for too much. */

import { deepStrictEqual, match, ok, strictEqual } from "node:assert";

import { formatReason } from "@rusm/otp";
import { Ceilings } from "../ceilings.ts";
import { Ticker } from "../ticker.ts";
import type { HostInterface } from "./host.ts";
import { LocalComponent, ROOMY } from "./testdata/run.ts";
import { componentOf } from "./testdata/source.ts";

const MEMORY = `
  (import "libc" "memory" (memory 1))
  (import "libc" "realloc" (func $realloc (param i32 i32 i32 i32) (result i32)))`;

const HOST: HostInterface = {
  name: "test:h/host@0.1.0",
  wit: `
    variant shape { dot, line(u32) }
    enum color { red, green }
    text: func() -> string;
    take: func(text: string);
    shape: func(it: shape);
    color: func(it: color);
    chars: func(it: list<char>);
    lists: func(it: list<list<u8>>);
    wait: func();
    again: func();`,
  functions: {
    text: () => "text",
    take: () => {},
    shape: () => {},
    color: () => {},
    chars: () => {},
    lists: () => {},
    again: () => {},
  },
  suspending: {
    wait: () => new Promise<void>(() => {}),
  },
};

const IMPORTS = `
  (import "host" "text" (func $text (param i32)))
  (import "host" "take" (func $take (param i32 i32)))
  (import "host" "shape" (func $shape (param i32 i32)))
  (import "host" "color" (func $color (param i32)))
  (import "host" "chars" (func $chars (param i32 i32)))
  (import "host" "lists" (func $lists (param i32 i32)))
  (import "host" "wait" (func $wait))
  (import "host" "again" (func $again))`;

/** A `libc` whose `realloc` does something. */
function libc(body: string): string {
  return `(module (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) ${body}))`;
}

function source(core: string, realloc?: string) {
  return {
    hosts: [HOST],
    main: `${MEMORY} ${IMPORTS} (func (export "run") ${core})`,
    ...(realloc === undefined ? {} : { libc: libc(realloc) }),
  };
}

const TEXT = "(call $text (i32.const 8))";

// deno-fmt-ignore
const LIES: [what: string, core: string, realloc: string | undefined, message: RegExp][] = [
  ["allocates beyond its memory", TEXT, "i32.const 65534", /Cannot reach beyond the memory: \d+ bytes at 65534$/],
  ["allocates at the highest address", TEXT, "i32.const -2", /Cannot reach beyond the memory: \d+ bytes at 4294967294$/],
  ["allocates what is not aligned", "(call $chars (i32.const 1) (i32.const 1))", undefined, /Cannot use a pointer that is not aligned to 4: 1$/],
  ["takes a result beyond its memory", "(call $text (i32.const 65532))", undefined, /Cannot reach beyond the memory: 8 bytes at 65532$/],
  ["takes a result where nothing is aligned", "(call $text (i32.const 2))", undefined, /not aligned to 4: 2$/],
  ["traps when it allocates", TEXT, "unreachable", /Trap: unreachable/],
  ["throws when it allocates", TEXT, "(local i32) (local.set 4 (i32.div_u (i32.const 1) (i32.const 0))) i32.const 0", /divide by zero/],
  ["recurses for ever when it allocates", TEXT, "(call 0 (local.get 0) (local.get 1) (local.get 2) (local.get 3))", /call stack exhausted/],
  ["gives text that is not UTF-8", "(i32.store8 (i32.const 8) (i32.const 255)) (call $take (i32.const 8) (i32.const 1))", undefined, /not UTF-8/],
  ["gives text beyond its memory", "(call $take (i32.const 65535) (i32.const 2))", undefined, /beyond the memory: 2 bytes at 65535$/],
  ["gives text of a length that wraps", "(call $take (i32.const -1) (i32.const 2))", undefined, /beyond the memory: 2 bytes at 4294967295$/],
  ["gives text that is too long", "(call $take (i32.const 0) (i32.const -1))", undefined, /too long: 4294967295 bytes$/],
  ["gives a list that is too long", "(call $lists (i32.const 0) (i32.const 536870912))", undefined, /CanonicalTrap/],
  ["gives a case that is not there", "(call $shape (i32.const 2) (i32.const 0))", undefined, /Cannot find a case of 2: 2$/],
  ["gives a name that is not there", "(call $color (i32.const -1))", undefined, /Cannot find a case of 2: 4294967295$/],
  ["gives a surrogate as a character", "(i32.store (i32.const 8) (i32.const 0xd800)) (call $chars (i32.const 8) (i32.const 1))", undefined, /not a Unicode scalar value: 55296$/],
];

for (const [what, core, realloc, message] of LIES) {
  Deno.test(`a component that ${what} ends, and the next is none the worse`, async () => {
    const component = await LocalComponent.load(
      await componentOf(source(core, realloc)),
      { hosts: [HOST] },
    );
    for (let round = 0; round < 2; round++) {
      match(formatReason(await component.run()), message);
    }
  });
}

// deno-fmt-ignore
const UNLEAVABLE: [what: string, call: string][] = [
  ["a function of the host", "(call $again)"],
  ["one that suspends", "(call $wait)"],
];

for (const [what, call] of UNLEAVABLE) {
  for (const isCaught of [false, true]) {
    Deno.test(`a component that calls ${what} when it cleans up ${isCaught ? "and catches all " : ""}ends`, async () => {
      const bytes = await componentOf({
        hosts: [HOST],
        exports: { "": "run: func() -> u32;" },
        posts: { run: "post" },
        main: `${MEMORY} ${IMPORTS}
          (func (export "run") (result i32) i32.const 1)
          (func (export "post") (param i32)
            ${isCaught ? `(try (do ${call}) (catch_all))` : call})`,
      });
      const component = await LocalComponent.load(bytes, { hosts: [HOST] });
      const reason = formatReason(await component.run());
      // An import that suspends cannot even be called: that can be caught, and nothing comes of it.
      const isRefused = isCaught && call.includes("wait");
      match(reason, isRefused ? /^normal$/ : /Cannot leave|SuspendError/);
    });
  }
}

Deno.test("a component that wants more memories than its profile has is refused", async () => {
  const bytes = await componentOf({
    main: `(memory 65) (func (export "run"))`,
    libc:
      `(module (memory (export "memory") 64) (func (export "realloc") (param i32 i32 i32 i32) (result i32) i32.const 0))`,
  });
  const message = await LocalComponent.load(bytes).then(
    () => "",
    (error: Error) => error.message,
  );
  strictEqual(
    message,
    "Cannot cap memories of 8454144 bytes together at 8388608 bytes",
  );
});

const LOOP = "(loop (br 0)) i32.const 0";

// deno-fmt-ignore
const GROWN: [pages: number, reason: RegExp][] = [
  [63, /^normal$/],
  [64, /^limit memory: Used more than 8388608 bytes of memory$/],
];

for (const [pages, reason] of GROWN) {
  Deno.test(`a component of two memories, of 64 pages and 1, that grows one by ${pages} ends when it waits: ${reason}`, async () => {
    const slow: HostInterface = {
      name: "test:h/slow@0.1.0",
      wit: "slow: func();",
      suspending: { slow: () => Promise.resolve() },
    };
    const bytes = await componentOf({
      hosts: [slow],
      main: `(import "host" "slow" (func $slow)) (memory 1)
        (func (export "run") (drop (memory.grow (i32.const ${pages}))) (call $slow))`,
      libc: `(module (memory (export "memory") 64)
        (func (export "realloc") (param i32 i32 i32 i32) (result i32) i32.const 64))`,
    });
    const component = await LocalComponent.load(bytes, { hosts: [slow] });
    match(formatReason(await component.run()), reason);
  });
}

async function withTicker(
  check: (ticker: Ticker) => Promise<void>,
): Promise<void> {
  const ticker = new Ticker(2);
  try {
    await check(ticker);
  } finally {
    ticker.close();
  }
}

// deno-fmt-ignore
const ENDLESS: [what: string, source: Parameters<typeof componentOf>[0]][] = [
  ["runs", source("(loop (br 0))")],
  ["allocates", source(TEXT, LOOP)],
  ["allocates for an answer that comes later", source("(call $wait)", LOOP)],
  ["cleans up", { ...source(""), exports: { "": "run: func() -> u32;" }, posts: { run: "post" },
    main: `${MEMORY} (func (export "run") (result i32) i32.const 1) (func (export "post") (param i32) (loop (br 0)))` }],
  ["starts", { main: `(func $f (loop (br 0))) (start $f) (func (export "run"))` }],
];

for (const [what, written] of ENDLESS) {
  Deno.test(`a component that ${what} for ever comes to the end of its CPU time`, () =>
    withTicker(async ({ epoch }) => {
      const late: HostInterface = {
        ...HOST,
        wit: HOST.wit.replace("wait: func();", "wait: func() -> string;"),
        suspending: { wait: () => Promise.resolve("text") },
      };
      const isLate = what.includes("later");
      const hosts = written.hosts && [isLate ? late : HOST];
      const main = isLate
        ? written.main.replace(`(func $wait)`, `(func $wait (param i32))`)
          .replace("(call $wait)", "(call $wait (i32.const 8))")
        : written.main;
      const bytes = await componentOf({
        ...written,
        main,
        ...(hosts && { hosts }),
      });
      const component = await LocalComponent.load(bytes, {
        hosts: hosts ?? [],
        epoch,
        capability: { ...ROOMY, cpuMsMax: 60 },
      });
      for (let round = 0; round < 2; round++) {
        match(
          formatReason(await component.run()),
          /limit cpu: Used more than 60 ms/,
        );
      }
    }));
}

Deno.test("a component that allocates for long ends before its CPU time does", () =>
  withTicker(async ({ epoch }) => {
    const component = await LocalComponent.load(
      await componentOf(source(TEXT, LOOP)),
      { hosts: [HOST], epoch },
    );
    match(
      formatReason(await component.run()),
      /limit cpu: Used more than 1000 ms of CPU time where it cannot be suspended/,
    );
  }));

Deno.test("a component beside one that runs for ever goes on, and that can be killed", () =>
  withTicker(async ({ epoch }) => {
    const component = await LocalComponent.load(
      await componentOf({
        ...source("(loop (br 0))"),
        exports: { "": "run: func(); quick: func();" },
        main: `${source("(loop (br 0))").main} (func (export "quick"))`,
      }),
      { hosts: [HOST], epoch },
    );
    const endless = component.spawn();
    for (let round = 0; round < 5; round++) {
      strictEqual(await component.run("quick"), "normal");
    }
    endless.kill();
    strictEqual(await endless.join(), "killed");
    strictEqual(await component.run("quick"), "normal");
  }));

Deno.test("a component that is killed while it waits leaves its instance to others", async () => {
  const component = await LocalComponent.load(
    await componentOf({ ...source("(call $wait)") }),
    { hosts: [HOST] },
  );
  const waiting = component.spawn();
  await new Promise((resolve) => setTimeout(resolve, 0));
  strictEqual(component.pool.idleCount, 0);
  waiting.kill();
  strictEqual(await waiting.join(), "killed");
  await new Promise((resolve) => setTimeout(resolve, 0));
  strictEqual(component.pool.idleCount, 1);
});

Deno.test("components take what they need of the machine, and give it back", async () => {
  const seed = {
    ...Ceilings.seed(),
    max: { maps: 5, bytes: 2 ** 20 },
    waitMsMax: 20,
  };
  const ceilings = new Ceilings(seed);
  const component = await LocalComponent.load(
    await componentOf(source("(call $wait)")),
    { hosts: [HOST], ceilings },
  );
  const waiting = component.spawn();
  await new Promise((resolve) => setTimeout(resolve, 0));
  // The memory can grow, and there is a fiber.
  deepStrictEqual(ceilings.taken, { maps: 5, bytes: 65536 });
  match(formatReason(await component.run()), /limit system/);
  waiting.kill();
  await waiting.join();
  await new Promise((resolve) => setTimeout(resolve, 0));
  // The stack stays for the next.
  ok(ceilings.taken.maps <= 5);
  const next = component.spawn();
  await new Promise((resolve) => setTimeout(resolve, 0));
  deepStrictEqual(ceilings.taken, { maps: 5, bytes: 65536 });
  next.kill();
  await next.join();
});

Deno.test("a component of very many imports counts for what they take of the heap", async () => {
  const imports = Array.from(
    { length: 1_000 },
    () => `(import "host" "again" (func))`,
  );
  const ceilings = new Ceilings();
  const component = await LocalComponent.load(
    await componentOf({
      hosts: [HOST],
      main: `${MEMORY} ${imports.join(" ")} (func (export "run"))`,
    }),
    { hosts: [HOST], ceilings },
  );
  strictEqual(await component.run(), "normal");
  // A page for the memory, and 1,000 times 512 bytes.
  strictEqual(ceilings.taken.bytes, 65536 * 8);
});
