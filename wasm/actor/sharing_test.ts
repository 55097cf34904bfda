import { deepStrictEqual, strictEqual } from "node:assert";

import { LocalComponent } from "../component/testdata/run.ts";
import { componentOf } from "../component/testdata/source.ts";
import { ACTOR } from "./actor.ts";
import { ALL_IN_ACTOR } from "./all_in_actor.ts";
import { TYPES } from "./types.ts";

// Sends three bytes twice to the pid that it is sent.
const MAIN = `(import "libc" "memory" (memory 1))
  (import "host" "receive" (func $receive (param i32)))
  (import "host" "send" (func $send (param i64 i32 i32)))
  (data (i32.const 100) "abc")
  (func $tell
    (call $send (i64.load (i32.load (i32.const 8))) (i32.const 100) (i32.const 3)))
  (func (export "run")
    (call $receive (i32.const 8)) (call $tell) (call $tell))`;

for (const host of [ACTOR, ALL_IN_ACTOR]) {
  const which = host === ACTOR ? "the interface" : "all in one";
  Deno.test(`send() gives small messages one buffer, of ${which}`, async () => {
    const hosts = [TYPES, host];
    const bytes = await componentOf({ hosts, main: MAIN });
    const component = await LocalComponent.load(bytes, { hosts });
    const heard: Uint8Array[] = [];
    const { runtime } = component;
    const listener = runtime.spawn<Uint8Array>(async (self) => {
      for (let nth = 0; nth < 2; nth++) heard.push(await self.receive());
    });
    const guest = component.spawn();
    const pid = new Uint8Array(8);
    new DataView(pid.buffer).setBigUint64(0, listener.pid.toBigInt(), true);
    runtime.send(guest.pid, pid);
    strictEqual(await guest.join(), "normal");
    strictEqual(await listener.join(), "normal");
    const [first, second] = heard.map((each) => [...each]);
    deepStrictEqual([first, second], [[97, 98, 99], [97, 98, 99]]);
    strictEqual(heard[0]!.buffer, heard[1]!.buffer);
  });
}
