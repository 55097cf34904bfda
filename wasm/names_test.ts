import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { formatReason, type Pid, type Runtime } from "@rusm/otp";

import { BUILT_IN_PROFILES } from "./capability.ts";
import type { Component } from "./engine_options.ts";
import { assemble } from "./instrument/testdata/text.ts";
import { type WatchedEngine, withEngine } from "./testdata/workers.ts";

const SANDBOXED = BUILT_IN_PROFILES.get("sandboxed")!;
const CLIENT = BUILT_IN_PROFILES.get("network-client")!;

// The name "x". Whom to tell comes in the first 8 bytes of the first message.
const HEAD = `
  (import "rusm" "own_pid" (func $own_pid (result i64)))
  (import "rusm" "receive" (func $receive (param i32 i32) (result i32)))
  (import "rusm" "send" (func $send (param i64 i32 i32)))
  (import "rusm" "register" (func $register (param i32 i32) (result i32)))
  (import "rusm" "unregister" (func $unregister (param i32 i32) (result i32)))
  (import "rusm" "whereis" (func $whereis (param i32 i32) (result i64)))
  (memory (export "memory") 1) (data (i32.const 100) "x")
  (func $wait (drop (call $receive (i32.const 0) (i32.const 16))))
  (func $register_x (result i32) (call $register (i32.const 100) (i32.const 1)))
  (func $unregister_x (result i32) (call $unregister (i32.const 100) (i32.const 1)))
  (func $whereis_x (result i64) (call $whereis (i32.const 100) (i32.const 1)))
  (func $tell (param i64) (i64.store (i32.const 200) (local.get 0))
    (call $send (i64.load (i32.const 0)) (i32.const 200) (i32.const 8)))`;

const LOOK_UP =
  `(func (export "run") (call $wait) (call $tell (call $whereis_x)))`;

/** Both of two schedulers have one guest when two are spawned. */
async function withGuests(
  text: string,
  test: (
    watched: WatchedEngine,
    component: Component,
  ) => Promise<void>,
): Promise<void> {
  await withEngine({ schedulersPerPool: 2 }, async (watched) => {
    const bytes = await assemble(`(module ${HEAD} ${text})`);
    const component = await watched.engine.loadModule("g", bytes, SANDBOXED);
    await test(watched, component);
  });
}

function bytesOf(...pids: Pid[]): Uint8Array {
  const bytes = new Uint8Array(8 * pids.length);
  const view = new DataView(bytes.buffer);
  pids.forEach((pid, index) =>
    view.setBigUint64(8 * index, pid.toBigInt(), true)
  );
  return bytes;
}

function numberIn(bytes: Uint8Array): bigint {
  return new DataView(bytes.buffer, bytes.byteOffset).getBigInt64(0, true);
}

/** Runs `body` with what it is told, one number after another. */
async function inProcess(
  runtime: Runtime,
  body: (self: Pid<Uint8Array>, next: () => Promise<bigint>) => Promise<void>,
): Promise<void> {
  const process = runtime.spawn<Uint8Array>((self) =>
    body(self.pid, async () => numberIn(await self.receive()))
  );
  strictEqual(formatReason(await process.join()), "normal");
}

Deno.test("register() makes a guest known on the main thread until it ends", () =>
  withGuests(
    `(func (export "run") (call $wait) (call $tell (i64.extend_i32_u (call $register_x)))
      (call $tell (call $whereis_x)) (call $wait))`,
    ({ engine, runtime, ends }, component) =>
      inProcess(runtime, async (self, next) => {
        const pid = engine.spawn(component, "run");
        runtime.send(pid, bytesOf(self));
        deepStrictEqual([await next(), await next()], [1n, pid.toBigInt()]);
        ok(runtime.whereis("x")?.equals(pid));
        strictEqual(runtime.register("x", self), false);
        runtime.send(runtime.whereis<string>("x")!, "end");
        strictEqual(await ends.of(pid), "normal");
        strictEqual(runtime.whereis("x"), undefined);
        ok(runtime.register("x", self));
      }),
  ));

Deno.test("whereis() finds a name of the main thread's, given before a scheduler started and after", () =>
  withGuests(
    LOOK_UP,
    ({ engine, runtime }, component) =>
      inProcess(runtime, async (self, next) => {
        const ask = async () => {
          runtime.send(engine.spawn(component, "run"), bytesOf(self));
          return await next();
        };
        strictEqual(await ask(), -1n);
        runtime.register("x", self);
        strictEqual(await ask(), self.toBigInt());
        // On a scheduler of its own.
        const bytes = await assemble(
          `(module ${HEAD} ${LOOK_UP})`,
        );
        const other = await engine.loadModule("o", bytes, CLIENT);
        runtime.send(engine.spawn(other, "run"), bytesOf(self));
        strictEqual(await next(), self.toBigInt());
        runtime.unregister("x");
        strictEqual(await ask(), -1n);
      }),
  ));

Deno.test("register() gives a name to one of all that ask at once", () =>
  withGuests(
    `(func (export "run") (call $wait) (call $tell (i64.extend_i32_u (call $register_x))) (call $wait))`,
    ({ engine, runtime }, component) =>
      inProcess(runtime, async (self, next) => {
        for (let round = 0; round < 20; round++) {
          const pids = Array.from(
            { length: 10 },
            () => engine.spawn(component, "run"),
          );
          for (const pid of pids) runtime.send(pid, bytesOf(self));
          const granted = [];
          for (const _ of pids) granted.push(await next());
          strictEqual(granted.filter((each) => each === 1n).length, 1);
          ok(pids.some((pid) => runtime.whereis("x")?.equals(pid)));
          for (const pid of pids) runtime.kill(pid);
          // Whoever had it has ended on its own thread.
          while (runtime.whereis("x") !== undefined) await turn();
        }
      }),
  ));

// "give" registers, and tells the guest in its second 8 bytes, which looks it up
// in "find"; then takes the name back, and tells it again, which takes it.
const HANDING = `
  (func (export "give") (local $to i64)
    (call $wait) (local.set $to (i64.load (i32.const 8)))
    (if (i32.eqz (call $register_x)) (then unreachable))
    (call $send (local.get $to) (i32.const 100) (i32.const 1))
    (call $wait)
    (if (i32.eqz (call $unregister_x)) (then unreachable))
    (if (i64.ne (call $whereis_x) (i64.const -1)) (then unreachable))
    (call $send (local.get $to) (i32.const 100) (i32.const 1)))
  (func (export "find") (local $peer i64)
    (call $wait) (local.set $peer (i64.load (i32.const 8)))
    (drop (call $receive (i32.const 300) (i32.const 8)))
    (if (i64.ne (call $whereis_x) (local.get $peer)) (then unreachable))
    (if (call $unregister_x) (then unreachable))
    (call $send (local.get $peer) (i32.const 100) (i32.const 1))
    (drop (call $receive (i32.const 300) (i32.const 8)))
    (call $tell (i64.extend_i32_u (call $register_x))))`;

Deno.test("whereis() finds what its process has told of, and register() gets what it has given back, on another scheduler", () =>
  withGuests(
    HANDING,
    ({ engine, runtime, ends }, component) =>
      inProcess(runtime, async (self, next) => {
        for (let round = 0; round < 100; round++) {
          const find = engine.spawn(component, "find");
          const give = engine.spawn(component, "give");
          ok(find.scheduler !== give.scheduler);
          runtime.send(find, bytesOf(self, give));
          runtime.send(give, bytesOf(self, find));
          strictEqual(await next(), 1n);
          for (const pid of [find, give]) {
            strictEqual(formatReason(await ends.of(pid)), "normal");
          }
        }
      }),
  ));

function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
