/** Components that run: calls both ways, and what is left of them afterwards. */

import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert";

import { formatReason } from "@rusm/otp";
import { ProcessExit } from "../wasi/p1.ts";
import { ComponentError } from "./canonical/mod.ts";
import type { HostInterface, HostState } from "./host.ts";
import { LocalComponent, type RunOptions } from "./testdata/run.ts";
import { componentOf, type WrittenComponent } from "./testdata/source.ts";

const MEMORY = `
  (import "libc" "memory" (memory 1))
  (import "libc" "realloc" (func $realloc (param i32 i32 i32 i32) (result i32)))`;

async function load(
  written: WrittenComponent,
  options: RunOptions = {},
): Promise<LocalComponent> {
  const bytes = await componentOf(written);
  return await LocalComponent.load(bytes, {
    ...(written.hosts === undefined ? {} : { hosts: written.hosts }),
    ...options,
  });
}

/** Takes what a guest says. */
function sayings(): { said: unknown[]; host: HostInterface } {
  const said: unknown[] = [];
  const host: HostInterface = {
    name: "test:a/say@0.1.0",
    wit: "say: func(text: string); count: func(n: u32);",
    functions: {
      say: (_guest, text: string) => void said.push(text),
      count: (_guest, n: number) => void said.push(n),
    },
  };
  return { said, host };
}

const SAY = `
  (import "host" "say" (func $say (param i32 i32)))
  (import "host" "count" (func $count (param i32)))`;

Deno.test("a component calls the host with what is in its memory", async () => {
  const { said, host } = sayings();
  const component = await load({
    hosts: [host],
    main: `${MEMORY} ${SAY} (data (i32.const 100) "h\\c3\\a4llo")
      (func (export "run")
        (call $say (i32.const 100) (i32.const 6))
        (call $count (i32.const -1)))`,
  });
  strictEqual(await component.run(), "normal");
  deepStrictEqual(said, ["hällo", 4294967295]);
  strictEqual(component.pool.idleCount, 1);
});

Deno.test("a component finds its memory, globals and tables as new in each process", async () => {
  const { said, host } = sayings();
  const component = await load({
    hosts: [host],
    main: `${MEMORY} ${SAY}
      (global $g (mut i32) (i32.const 7))
      (table $t 2 funcref) (elem (table $t) (i32.const 0) func $f)
      (func $f)
      (func (export "run")
        (call $count (i32.load (i32.const 8)))
        (call $count (global.get $g))
        (call $count (ref.is_null (table.get $t (i32.const 0))))
        (call $count (call $realloc (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
        (table.set $t (i32.const 0) (ref.null func))
        (global.set $g (i32.const 8))
        (i32.store (i32.const 8) (i32.const 9)))`,
  });
  for (let round = 0; round < 3; round++) {
    strictEqual(await component.run(), "normal");
    deepStrictEqual(said.splice(0), [0, 7, 0, 4096]);
  }
  strictEqual(component.pool.idleCount, 1);
});

Deno.test("an instance whose memory has grown is not used again", async () => {
  const { said, host } = sayings();
  const component = await load({
    hosts: [host],
    main: `${MEMORY} ${SAY} (func (export "run")
      (call $count (memory.size))
      (drop (memory.grow (i32.const 1))))`,
  });
  for (let round = 0; round < 2; round++) {
    strictEqual(await component.run(), "normal");
    strictEqual(component.pool.idleCount, 0);
  }
  deepStrictEqual(said, [1, 1]);
});

const WAITS: HostInterface = {
  name: "test:a/wait@0.1.0",
  wit: `
    wait: func(text: string) -> string;
    receive: func() -> list<u8>;
    look: func() -> option<list<u8>>;`,
  suspending: {
    wait: async (_guest, text: string) => {
      await Promise.resolve();
      return `${text}!`;
    },
    receive: (guest) => guest.receive(undefined),
    look: (guest) => guest.receive(0),
  },
};

const WAIT = `
  (import "host" "wait" (func $wait (param i32 i32 i32)))
  (import "host" "receive" (func $receive (param i32)))
  (import "host" "look" (func $look (param i32)))`;

Deno.test("a component waits in a function that suspends, and gets what came of it", async () => {
  const { said, host } = sayings();
  const component = await load({
    hosts: [host, WAITS],
    main: `${MEMORY} ${SAY} ${WAIT} (data (i32.const 100) "x")
      (func (export "run")
        (call $wait (i32.const 100) (i32.const 1) (i32.const 8))
        (call $wait (i32.load (i32.const 8)) (i32.load (i32.const 12)) (i32.const 8))
        (call $say (i32.load (i32.const 8)) (i32.load (i32.const 12))))`,
  });
  deepStrictEqual(
    await Promise.all([1, 2, 3].map(() => component.run())),
    ["normal", "normal", "normal"],
  );
  deepStrictEqual(said, ["x!!", "x!!", "x!!"]);
  strictEqual(component.pool.idleCount, 3);
});

Deno.test("processes of a component get their own messages, one while the other waits", async () => {
  const { said, host } = sayings();
  const component = await load({
    hosts: [host, WAITS],
    main: `${MEMORY} ${SAY} ${WAIT} (func (export "run")
      (call $receive (i32.const 8))
      (call $say (i32.load (i32.const 8)) (i32.load (i32.const 12)))
      (call $receive (i32.const 8))
      (call $say (i32.load (i32.const 8)) (i32.load (i32.const 12))))`,
  });
  const [one, other] = [component.spawn(), component.spawn()];
  const { runtime } = component;
  for (
    const [to, text] of [[one, "a"], [other, "b"], [other, "c"], [
      one,
      "d",
    ]] as const
  ) {
    runtime.send(to.pid, text);
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  strictEqual(await one.join(), "normal");
  strictEqual(await other.join(), "normal");
  deepStrictEqual(said, ["a", "b", "c", "d"]);
});

Deno.test("a component that only looks for messages goes on", async () => {
  const { said, host } = sayings();
  const component = await load({
    hosts: [host, WAITS],
    main: `${MEMORY} ${SAY} ${WAIT} (func (export "run")
      (call $look (i32.const 8))
      (call $count (i32.load8_u (i32.const 8)))
      (call $look (i32.const 8))
      (call $count (i32.load8_u (i32.const 8))))`,
  });
  const process = component.spawn();
  component.runtime.send(process.pid, "a");
  strictEqual(await process.join(), "normal");
  deepStrictEqual(said, [1, 0]);
});

const RUN = "wasi:cli/run@0.2.3";

// deno-fmt-ignore
const ENTRIES: [what: string, exports: Record<string, string>, core: string, entry: string, reason: RegExp][] = [
  ["a function of its world", { "": "go: func();" }, `(func (export "go"))`, "go", /^normal$/],
  ["a command that succeeds", { [RUN]: "run: func() -> result;" }, `(func (export "${RUN}#run") (result i32) i32.const 0)`, "run", /^normal$/],
  ["a command that fails", { [RUN]: "run: func() -> result;" }, `(func (export "${RUN}#run") (result i32) i32.const 1)`, "run", /^exit/],
  ["a member without its version", { [RUN]: "run: func() -> result;" }, `(func (export "${RUN}#run") (result i32) i32.const 0)`, "wasi:cli/run#run", /^normal$/],
  ["a member of another version", { [RUN]: "run: func() -> result;" }, `(func (export "${RUN}#run") (result i32) i32.const 0)`, "wasi:cli/run@0.2.0#run", /^normal$/],
  ["a function that answers an error", { "": "go: func() -> result<_, string>;" }, `(data (i32.const 8) "\\01\\00\\00\\00\\20\\00\\00\\00\\03\\00\\00\\00") (data (i32.const 32) "bad") (func (export "go") (result i32) i32.const 8)`, "go", /^crashed: ComponentError: .*: bad$/],
  ["a member of an incompatible version", { [RUN]: "run: func() -> result;" }, `(func (export "${RUN}#run") (result i32) i32.const 0)`, "wasi:cli/run@0.3.0#run", /Cannot find an exported function without parameters: wasi:cli\/run@0.3.0#run/],
  ["a function that takes something", { "": "go: func(x: u32);" }, `(func (export "go") (param i32))`, "go", /without parameters: go/],
  ["nothing", { "": "go: func();" }, `(func (export "go"))`, "constructor", /without parameters: constructor/],
  ["a trap", { "": "go: func();" }, `(func $inner unreachable) (func $outer (export "go") (call $inner) (unreachable))`, "go", /^crashed: Trap: unreachable: in function/],
];

for (const [what, exports, core, entry, reason] of ENTRIES) {
  Deno.test(`a process of a component begins with ${what}`, async () => {
    const component = await load({ main: `${MEMORY} ${core}`, exports });
    const found = formatReason(await component.run(entry));
    ok(reason.test(found), found);
  });
}

/** Keeps count of what is dropped. */
function things(): { log: string[]; host: HostInterface; throws: Set<number> } {
  const log: string[] = [];
  const throws = new Set<number>();
  const state: HostState<{ made: number }> = {
    create: () => ({ made: 0 }),
    close: ({ made }) => void log.push(`closed ${made}`),
  };
  const host: HostInterface = {
    name: "test:a/things@1.2.0",
    wit: `
      resource thing {
        constructor();
        id: func() -> u32;
        both: static func(one: borrow<thing>, other: borrow<thing>) -> u32;
        take: static func(self: thing) -> u32;
      }
      wait-with: func(it: borrow<thing>);`,
    functions: {
      "[constructor]thing": (guest) => ({ id: ++guest.state(state).made }),
      "[method]thing.id": (_guest, { id }) => id,
      "[static]thing.both": (_guest, one, other) => one.id * 10 + other.id,
      "[static]thing.take": (_guest, { id }) => id,
    },
    suspending: {
      "wait-with": () => Promise.resolve(),
    },
    resources: {
      thing: {
        drop: (_guest, { id }) => {
          log.push(`dropped ${id}`);
          if (throws.has(id)) throw new Error(`no ${id}`);
        },
      },
    },
  };
  return { log, host, throws };
}

const THINGS = `
  (import "host" "[constructor]thing" (func $new (result i32)))
  (import "host" "[method]thing.id" (func $id (param i32) (result i32)))
  (import "host" "[static]thing.both" (func $both (param i32 i32) (result i32)))
  (import "host" "[static]thing.take" (func $take (param i32) (result i32)))
  (import "host" "wait-with" (func $wait (param i32)))
  (import "host" "drop-thing" (func $drop (param i32)))`;

// deno-fmt-ignore
const HANDLES: [what: string, core: string, log: string[], reason: RegExp][] = [
  ["are dropped when it drops them", "(call $drop (call $new))", ["dropped 1", "closed 1"], /^normal$/],
  ["are dropped at its end, the latest first", "(drop (call $new)) (drop (call $new))", ["dropped 2", "dropped 1", "closed 2"], /^normal$/],
  ["are the host's when it takes them", "(drop (call $take (call $new)))", ["closed 1"], /^normal$/],
  ["are lent, also the same twice", "(local i32) (local.set 0 (call $new)) (call $wait (local.get 0)) (drop (call $both (local.get 0) (local.get 0)))", ["dropped 1", "closed 1"], /^normal$/],
  ["cannot be used after they are dropped", "(local i32) (local.set 0 (call $new)) (call $drop (local.get 0)) (drop (call $id (local.get 0)))", ["dropped 1", "closed 1"], /^crashed: CanonicalTrap: Cannot find a handle: 1$/],
  ["cannot be dropped twice", "(local i32) (local.set 0 (call $new)) (call $drop (local.get 0)) (call $drop (local.get 0))", ["dropped 1", "closed 1"], /Cannot find a handle: 1$/],
  ["cannot be used after they are taken", "(local i32) (local.set 0 (call $new)) (drop (call $take (local.get 0))) (call $drop (local.get 0))", ["closed 1"], /Cannot find a handle: 1$/],
  ["cannot be made up", "(drop (call $id (i32.const -1)))", [], /Cannot find a handle: 4294967295$/],
  ["cannot be too many", "(loop (drop (call $new)) (br 0))", [], /^crashed: CanonicalTrap: Cannot hold more handles than 10000$/],
  ["are dropped when it traps", "(drop (call $new)) (unreachable)", ["dropped 1", "closed 1"], /^crashed: Trap: unreachable/],
];

for (const [what, core, log, reason] of HANDLES) {
  Deno.test(`handles of a component ${what}`, async () => {
    const { host, log: found } = things();
    const component = await load({
      hosts: [host],
      main: `${MEMORY} ${THINGS} (func (export "run") ${core})`,
    });
    const why = formatReason(await component.run());
    ok(reason.test(why), why);
    if (log.length > 0 || found.length < 10) deepStrictEqual(found, log);
    else deepStrictEqual(found.slice(-1), [`closed 10001`]);
    // And the next process has none of them.
    found.length = 0;
    ok(reason.test(formatReason(await component.run())));
    if (log.length > 0) deepStrictEqual(found, log);
  });
}

Deno.test("a resource that throws when it is dropped ends the process, or is logged at its end", async () => {
  const { host, log, throws } = things();
  throws.add(1);
  const component = await load({
    hosts: [host],
    exports: { "": "run: func(); leave: func();" },
    main: `${MEMORY} ${THINGS}
      (func (export "run") (call $drop (call $new)))
      (func (export "leave") (drop (call $new)) (drop (call $new)))`,
  });
  strictEqual(formatReason(await component.run()), "crashed: Error: no 1");
  strictEqual(await component.run("leave"), "normal");
  deepStrictEqual(log, [
    "dropped 1",
    "closed 1",
    "dropped 2",
    "dropped 1",
    "closed 2",
  ]);
  deepStrictEqual(component.logs, [
    "Cannot drop a thing at the end: Error: no 1",
  ]);
});

/** Calls of the host that fail, one way or another. */
function failures(): HostInterface {
  return {
    name: "test:a/fail@0.1.0",
    wit: `
      throws: func();
      rejects: func();
      answers: func() -> result<u32, string>;
      later: func() -> result<u32, string>;
      exits: func();
      lies: func() -> u32;
      promises: func() -> u32;`,
    functions: {
      throws: () => {
        throw new RangeError("thrown");
      },
      answers: () => {
        throw new ComponentError("not now");
      },
      exits: () => {
        throw new ProcessExit(7);
      },
      lies: () => "no number",
      promises: () => Promise.reject(new Error("unseen")),
    },
    suspending: {
      rejects: () => Promise.reject(new RangeError("rejected")),
      later: () => Promise.reject(new ComponentError("not then")),
    },
  };
}

const FAIL = `
  (import "host" "throws" (func $throws))
  (import "host" "rejects" (func $rejects))
  (import "host" "answers" (func $answers (param i32)))
  (import "host" "later" (func $later (param i32)))
  (import "host" "exits" (func $exits))
  (import "host" "lies" (func $lies (result i32)))
  (import "host" "promises" (func $promises (result i32)))
  (func $check (param i32)
    (if (i32.ne (i32.const 1) (i32.load8_u (i32.const 8))) (then (unreachable)))
    (if (i32.ne (local.get 0) (i32.load offset=8 (i32.const 8))) (then (unreachable))))`;

// deno-fmt-ignore
const FAILURES: [what: string, core: string, reason: RegExp][] = [
  ["throws", "(call $throws)", /^crashed: RangeError: thrown$/],
  ["rejects", "(call $rejects)", /^crashed: RangeError: rejected$/],
  ["answers with an error", "(call $answers (i32.const 8)) (call $check (i32.const 7))", /^normal$/],
  ["answers with an error later", "(call $later (i32.const 8)) (call $check (i32.const 8))", /^normal$/],
  ["exits", "(call $exits)", /^exit/],
  ["answers what has another type", "(drop (call $lies))", /^crashed: TypeMismatch: Cannot lower what is not a u32: no number$/],
  ["promises without leave", "(drop (call $promises))", /^crashed: TypeError: Cannot wait in a function that answers at once$/],
];

for (const [what, core, reason] of FAILURES) {
  for (const isCaught of [false, true]) {
    Deno.test(`a function of the host that ${what} ends a guest that ${isCaught ? "catches all" : "does not catch"} or not`, async () => {
      const component = await load({
        hosts: [failures()],
        main: `${MEMORY} ${FAIL} (func (export "run") ${
          isCaught ? `(try (do ${core}) (catch_all))` : core
        })`,
      });
      const found = formatReason(await component.run());
      ok(reason.test(found), found);
    });
  }
}

Deno.test("call() takes and gives values, and rejects what does not fit", async () => {
  const component = await load({
    exports: {
      "":
        "twice: func(text: string) -> string; sum: func(a: u32, b: u32) -> u32; half: func(n: u32) -> result<u32, u32>;",
    },
    main: `${MEMORY}
      (func (export "twice") (param i32 i32) (result i32)
        (local $to i32)
        (local.set $to (call $realloc (i32.const 0) (i32.const 0) (i32.const 1) (i32.mul (local.get 1) (i32.const 2))))
        (memory.copy (local.get $to) (local.get 0) (local.get 1))
        (memory.copy (i32.add (local.get $to) (local.get 1)) (local.get 0) (local.get 1))
        (i32.store (i32.const 8) (local.get $to))
        (i32.store (i32.const 12) (i32.mul (local.get 1) (i32.const 2)))
        (i32.const 8))
      (func (export "sum") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
      (func (export "half") (param i32) (result i32)
        (i32.store (i32.const 8) (i32.rem_u (local.get 0) (i32.const 2)))
        (i32.store (i32.const 12) (i32.div_u (local.get 0) (i32.const 2)))
        (i32.const 8))`,
  });
  const outcome: unknown[] = [];
  const instance = component.instance();
  strictEqual(await instance.call("twice", "aß"), "aßaß");
  strictEqual(await instance.call("sum", 1, 2), 3);
  strictEqual(await instance.call("half", 8), 4);
  await rejects(
    instance.call("half", 9),
    (error) => error instanceof ComponentError && error.payload === 4,
  );
  await rejects(instance.call("sum", 1, -2), { name: "TypeMismatch" });
  strictEqual(await instance.call("sum", 1, 3), 4);
  await rejects(
    instance.call("none"),
    /Cannot find an exported function: none/,
  );
  // While one call is under way there is no other.
  const calls = [instance.call("sum", 1, 2), instance.call("sum", 3, 4)];
  deepStrictEqual(
    (await Promise.allSettled(calls)).map(({ status }) => status),
    ["fulfilled", "rejected"],
  );
  deepStrictEqual(outcome, []);
});

/** Says that it starts, and then needs what another module has. */
const STARTING = `(module (memory (export "memory") 1)
  (func $start (i32.store (i32.const 8) (i32.add (i32.load (i32.const 8)) (i32.const 1))))
  (start $start)
  (func (export "realloc") (param i32 i32 i32 i32) (result i32) i32.const 0))`;

Deno.test("start functions run in each process, those of a module before the next is instantiated", async () => {
  const { said, host } = sayings();
  const component = await load({
    hosts: [host],
    libc: STARTING,
    main: `${MEMORY} ${SAY}
      (data (i32.const 8) "\\05")
      (func $start (call $count (i32.load (i32.const 8))))
      (start $start)
      (func (export "run") (call $count (i32.const 0)))`,
  });
  for (let round = 0; round < 3; round++) {
    strictEqual(await component.run(), "normal");
    // What a later module writes lies over what the first has started with.
    deepStrictEqual(said.splice(0), [5, 0]);
  }
  // An instance in which code had to run is not put back.
  strictEqual(component.pool.idleCount, 0);
});

Deno.test("start functions of the last module do not keep an instance from being put back", async () => {
  const { said, host } = sayings();
  const component = await load({
    hosts: [host],
    main: `${MEMORY} ${SAY}
      (global $g (mut i32) (i32.const 0))
      (func $start (global.set $g (i32.add (global.get $g) (i32.const 1))))
      (start $start)
      (func (export "run") (call $count (global.get $g)))`,
  });
  for (let round = 0; round < 3; round++) {
    strictEqual(await component.run(), "normal");
    deepStrictEqual(said.splice(0), [1]);
  }
  strictEqual(component.pool.idleCount, 1);
});

Deno.test("a function of the host sees the process that calls", async () => {
  const seen: unknown[] = [];
  const host: HostInterface = {
    name: "test:a/self@0.1.0",
    wit: "look: func(); name: func() -> bool;",
    functions: {
      look: (guest) => {
        const { self, capability, command } = guest;
        seen.push(
          self.pid.serial,
          capability.name,
          command.args,
          self.signal.aborted,
        );
        guest.log(2, "seen");
      },
    },
    suspending: { name: (guest) => guest.register("known") },
  };
  const component = await load({
    hosts: [host],
    main: `(import "host" "look" (func $look))
      (import "host" "name" (func $name (result i32)))
      (func (export "run") (call $look)
        (if (i32.eqz (call $name)) (then (unreachable))))`,
  });
  const process = component.spawn();
  strictEqual(await process.join(), "normal");
  deepStrictEqual(seen, [process.pid.serial, "roomy", [], false]);
  deepStrictEqual(component.logs, ["seen"]);
});
