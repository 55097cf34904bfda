/** Components that wait for messages, in whatever way a function of the host does. */

import {
  deepStrictEqual,
  match,
  notStrictEqual,
  strictEqual,
} from "node:assert";

import { formatReason } from "@rusm/otp";
import type { HostGuest, HostInterface } from "./host.ts";
import { LocalComponent } from "./testdata/run.ts";
import { componentOf } from "./testdata/source.ts";

type Receive = (guest: HostGuest) => unknown;

const WAYS: Readonly<Record<string, Receive>> = {
  "returns the promise": (guest) => guest.receive(undefined),
  "returns what then makes of it": (guest) =>
    Promise.resolve(guest.receive(undefined)).then((it) => it),
  "awaits it": async (guest) => await guest.receive(undefined),
  "awaits something else before": async (guest) => {
    await Promise.resolve();
    return await guest.receive(undefined);
  },
  "awaits something else after": async (guest) => {
    const message = await guest.receive(undefined);
    await Promise.resolve();
    return message;
  },
  "awaits a second one": async (guest) => {
    await guest.receive(undefined);
    return await guest.receive(undefined);
  },
};

interface Given {
  readonly said: Uint8Array[];
  readonly host: HostInterface;
}

function give(receive: Receive): Given {
  const said: Uint8Array[] = [];
  const host: HostInterface = {
    name: "test:a/mail@0.1.0",
    wit:
      "receive: func() -> list<u8>; wait: func() -> u32; say: func(it: list<u8>); share: func(it: list<u8>);",
    functions: {
      say: (_guest, it: Uint8Array) => void said.push(it),
      share: (_guest, it: Uint8Array) => void said.push(it),
    },
    suspending: { receive, wait: () => Promise.resolve(7) },
    sharing: new Set(["share"]),
  };
  return { said, host };
}

const IMPORTS = `(import "libc" "memory" (memory 1))
  (import "host" "receive" (func $receive (param i32)))
  (import "host" "wait" (func $wait (result i32)))
  (import "host" "say" (func $say (param i32 i32)))
  (import "host" "share" (func $share (param i32 i32)))`;

const ROUND = `(call $receive (i32.const 8)) (drop (call $wait))
  (call $say (i32.load (i32.const 8)) (i32.load (i32.const 12)))`;

async function load(
  { host }: Given,
  body: string,
  libc?: string,
): Promise<LocalComponent> {
  const bytes = await componentOf({
    hosts: [host],
    main:
      `${IMPORTS} (data (i32.const 100) "abc") (func (export "run") ${body})`,
    ...(libc === undefined ? {} : { libc }),
  });
  return await LocalComponent.load(bytes, { hosts: [host] });
}

function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

for (const [way, receive] of Object.entries(WAYS)) {
  const each = way === "awaits a second one" ? 2 : 1;

  Deno.test(`a component receives by a function that ${way}, and so do others meanwhile`, async () => {
    const given = give(receive);
    const component = await load(given, `${ROUND} ${ROUND}`);
    const [one, other] = [component.spawn(), component.spawn()];
    await turn();
    for (let nth = 0; nth < 2 * each; nth++) {
      for (const { pid } of [one, other]) {
        component.runtime.send(pid, Uint8Array.of(nth));
        await turn();
      }
    }
    strictEqual(await one.join(), "normal");
    strictEqual(await other.join(), "normal");
    const nths = given.said.map(([nth]) => nth);
    const [first, last] = [each - 1, 2 * each - 1];
    deepStrictEqual(nths, [first, first, last, last]);
  });

  Deno.test(`a component that is killed while a function ${way} leaves the turn to others`, async () => {
    const given = give(receive);
    const component = await load(given, ROUND);
    const [one, other] = [component.spawn(), component.spawn()];
    await turn();
    one.kill();
    strictEqual(await one.join(), "killed");
    for (let nth = 0; nth < each; nth++) {
      component.runtime.send(other.pid, Uint8Array.of(nth));
      await turn();
    }
    strictEqual(await other.join(), "normal");
    strictEqual(given.said.length, 1);
  });
}

Deno.test("a component that traps when it is given a message ends alone", async () => {
  const given = give(WAYS["returns the promise"]!);
  const component = await load(
    given,
    `${ROUND} ${ROUND}`,
    `(module (memory (export "memory") 1)
      (global $count (mut i32) (i32.const 0))
      (func (export "realloc") (param i32 i32 i32 i32) (result i32)
        (if (i32.eq (local.get 3) (i32.const 2)) (then unreachable))
        (i32.const 4096)))`,
  );
  const [one, other] = [component.spawn(), component.spawn()];
  await turn();
  component.runtime.send(one.pid, Uint8Array.of(1, 2));
  component.runtime.send(other.pid, Uint8Array.of(1));
  component.runtime.send(other.pid, Uint8Array.of(2));
  match(
    formatReason(await one.join()),
    /^crashed: Trap: unreachable: in function/,
  );
  strictEqual(await other.join(), "normal");
  deepStrictEqual(given.said.map(([nth]) => nth), [1, 2]);
});

Deno.test("small lists lie in one buffer for a function that only passes them on", async () => {
  const given = give(WAYS["returns the promise"]!);
  const call = (name: string) =>
    `(call $${name} (i32.const 100) (i32.const 3))`;
  const component = await load(
    given,
    `${call("share")} ${call("share")} ${call("say")} ${call("say")}`,
  );
  strictEqual(await component.run(), "normal");
  const [shared, alike, own, another] = given.said;
  for (const each of given.said) deepStrictEqual([...each], [97, 98, 99]);
  strictEqual(shared!.buffer, alike!.buffer);
  strictEqual(own!.buffer.byteLength, 3);
  notStrictEqual(own!.buffer, another!.buffer);
});
