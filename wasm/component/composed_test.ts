/** Components that are made of others: what one calls of another can wait, too. */

import { deepStrictEqual, match, strictEqual } from "node:assert";

import { formatReason } from "@rusm/otp";
import { Ceilings } from "../ceilings.ts";
import type { HostInterface } from "./host.ts";
import { fixture } from "./testdata/fixture.ts";
import { LocalComponent } from "./testdata/run.ts";

function host(log: number[], wait?: () => Promise<void>): HostInterface {
  return {
    name: "test:c/host@0.1.5",
    wit: `
      log: func(n: u32);
      wait: func(n: u32) -> u32;
      text: func() -> string;`,
    functions: { log: (_guest, n: number) => void log.push(n) },
    suspending: {
      wait: async (_guest, n: number) => {
        await wait?.();
        return n + 100;
      },
      text: () => Promise.resolve("text"),
    },
  };
}

// deno-fmt-ignore
const RUNS: [entry: string, log: number[], reason: RegExp][] = [
  ["run", [107, 107, 2], /^normal$/],
  ["own", [], /without parameters: own/],
  // The text of who calls stays, and what comes back is the other's.
  ["talk", [116, 33, 101, 4], /^normal$/],
  ["failing", [1], /^normal$/],
  ["trapping", [], /^crashed: Trap: unreachable/],
  ["dropping", [], /^crashed: Trap: unreachable/],
  ["lost", [], /^crashed: CanonicalTrap: Cannot find a handle: 1$/],
];

for (const [entry, log, reason] of RUNS) {
  Deno.test(`a component made of others does what its parts do: ${entry}`, async () => {
    const found: number[] = [];
    const ceilings = new Ceilings();
    const component = await LocalComponent.load(fixture("composed"), {
      hosts: [host(found)],
      ceilings,
    });
    for (let round = 0; round < 3; round++) {
      match(formatReason(await component.run(entry)), reason);
      deepStrictEqual(found.splice(0), log);
    }
    strictEqual(component.pool.idleCount, 1);
  });
}

Deno.test("a component's own resource is dropped by itself, which waits", async () => {
  const log: number[] = [];
  const component = await LocalComponent.load(fixture("composed"), {
    hosts: [host(log)],
  });
  const instance = component.instance();
  await instance.call("own", 5);
  deepStrictEqual(log, [105]);
  strictEqual(await instance.call("text"), "text");
});

Deno.test("a component that is killed while a part of it waits leaves its instance to others", async () => {
  let isWaiting = false;
  const forever = () => {
    isWaiting = true;
    return new Promise<void>(() => {});
  };
  const component = await LocalComponent.load(fixture("composed"), {
    hosts: [host([], forever)],
  });
  const process = component.spawn();
  while (!isWaiting) await new Promise((resolve) => setTimeout(resolve, 0));
  process.kill();
  strictEqual(await process.join(), "killed");
  await new Promise((resolve) => setTimeout(resolve, 0));
  strictEqual(component.pool.idleCount, 1);
});

Deno.test("calls between components cost a fiber each, and none is there when the machine is full", async () => {
  const log: number[] = [];
  const seed = { ...Ceilings.seed(), max: { maps: 8, bytes: 2 ** 20 } };
  const ceilings = new Ceilings(seed);
  const component = await LocalComponent.load(fixture("composed"), {
    hosts: [host(log)],
    ceilings,
  });
  // Two memories that cannot grow and a fiber; another; and one too many.
  strictEqual(await component.run(), "normal");
  ceilings.force({ maps: 2, bytes: 0 });
  match(
    formatReason(await component.run()),
    /CanonicalTrap: Cannot have more calls between components$/,
  );
});
