import { deepStrictEqual, ok, rejects, strictEqual, throws } from "node:assert";
import { causeOf } from "../../core/uncatchable.ts";
import { ProcessExit } from "../../wasi/errors.ts";
import { ComponentError } from "../canonical/mod.ts";
import type { HostInterface } from "../host.ts";
import { HostRegistry } from "../registry.ts";
import { type GlueGuest, HostImports } from "./host_imports.ts";

/** A resource of the host, of whatever class. */
interface Counter {
  count: number;
}

const dropped: Counter[] = [];

const COUNTERS: HostInterface = {
  name: "test:count/counters@1.0.0",
  wit: `
    resource counter {
      constructor(first: u32);
      add: func(more: u32) -> u32;
      later: func() -> result<counter, counter>;
      of-two: static func(counters: list<borrow<counter>>) -> counter;
    }
    fail: func(how: string) -> result<u32, counter>;
    soon: async func() -> u32;
  `,
  functions: {
    "[constructor]counter": (_guest, count: number): Counter => ({ count }),
    "[method]counter.add": (_guest, counter: Counter, more: number) =>
      counter.count += more,
    "[static]counter.of-two": (_guest, counters: Counter[]): Counter => ({
      count: counters.reduce((sum, { count }) => sum + count, 0),
    }),
    "fail": (_guest, how: string) => {
      if (how === "error") throw new ComponentError({ count: 5 });
      if (how === "exit") throw new ProcessExit(3);
      return 1;
    },
  },
  suspending: {
    "[method]counter.later": (_guest, counter: Counter) =>
      Promise.resolve({ count: counter.count * 2 }),
    "soon": () => Promise.resolve(9),
  },
  resources: {
    "counter": {
      drop: (_guest, counter: Counter) => void dropped.push(counter),
    },
  },
};

/** What glue sees of a resource. */
interface GlueCounter {
  add(more: number): number;
  later(): Promise<GlueCounter>;
  [Symbol.dispose](): void;
}

/** What glue imports. */
interface Imported {
  readonly Counter: {
    new (first: number): GlueCounter;
    ofTwo(counters: GlueCounter[]): GlueCounter;
  };
  fail(how: string): number;
  soon(): Promise<number>;
}

interface Setting {
  readonly imported: Imported;
  readonly failures: unknown[];
  readonly guest: { isStopped: boolean };
}

function setting(hosts: readonly HostInterface[] = [COUNTERS]): Setting {
  const failures: unknown[] = [];
  const guest = {
    isStopped: false,
    fail: (thrown: unknown) => void failures.push(thrown),
  };
  const imports = new HostImports(
    guest as unknown as GlueGuest,
    new HostRegistry(hosts),
  );
  const all = imports.all(new Map(hosts.map(({ name }) => [name, "it"])));
  return { imported: all["it"] as Imported, failures, guest };
}

Deno.test("HostImports makes a class of a resource", async () => {
  const { imported: { Counter } } = setting();
  const one = new Counter(1);
  ok(one instanceof Counter);
  strictEqual(one.add(2), 3);
  const both = Counter.ofTwo([one, new Counter(4)]);
  ok(both instanceof Counter);
  strictEqual(both.add(0), 7);
  strictEqual((await both.later()).add(0), 14);
});

Deno.test("HostImports drops what glue disposes of", () => {
  const { imported: { Counter } } = setting();
  dropped.length = 0;
  new Counter(6)[Symbol.dispose]();
  deepStrictEqual(dropped, [{ count: 6 }]);
});

Deno.test("HostImports gives glue the error that a function answers", () => {
  const { imported, failures } = setting();
  strictEqual(imported.fail("not"), 1);
  throws(() => imported.fail("error"), ({ payload }: ComponentError) => {
    ok(payload instanceof imported.Counter);
    strictEqual((payload as unknown as GlueCounter).add(0), 5);
    return true;
  });
  deepStrictEqual(failures, []);
});

Deno.test("HostImports ends the process for whatever else is thrown", () => {
  const { imported, failures } = setting();
  throws(() => imported.fail("exit"), (thrown: Error) => {
    ok(thrown instanceof WebAssembly.RuntimeError);
    ok(causeOf(thrown) instanceof ProcessExit);
    return true;
  });
  strictEqual(failures.length, 1);
  ok(failures[0] instanceof ProcessExit);
});

Deno.test("HostImports answers no more when the process has ended", () => {
  const { imported, guest } = setting();
  const counter = new imported.Counter(1);
  dropped.length = 0;
  guest.isStopped = true;
  throws(() => imported.fail("not"));
  throws(() => counter.add(1));
  counter[Symbol.dispose]();
  deepStrictEqual(dropped, []);
});

Deno.test("HostImports calls what asks the node one after the other", async () => {
  const log: string[] = [];
  const gates = [
    Promise.withResolvers<number>(),
    Promise.withResolvers<number>(),
  ];
  const { imported, failures } = setting([{
    name: "rusm:test/asking@0.1.0",
    wit: "soon: func() -> u32;",
    suspending: {
      "soon": () => {
        log.push("begun");
        return gates[log.length - 1]!.promise;
      },
    },
  }]);
  const first = imported.soon();
  const second = imported.soon();
  await Promise.resolve();
  await Promise.resolve();
  deepStrictEqual(log, ["begun"]);
  gates[0]!.reject(new TypeError("Cannot go on"));
  await rejects(first);
  gates[1]!.resolve(2);
  strictEqual(await second, 2);
  strictEqual(failures.length, 1);
});
