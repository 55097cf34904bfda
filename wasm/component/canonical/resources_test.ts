import { deepStrictEqual, rejects, strictEqual, throws } from "node:assert";

import type { ResourceType, ValueType } from "../value_type.ts";
import { ComponentInstanceState, HANDLES_MAX } from "./mod.ts";
import {
  liftExport,
  lowerImport,
  resourceDrop,
  resourceNew,
  resourceRep,
} from "./testdata/alone.ts";
import {
  func,
  listOf,
  optionsFor,
  traps,
  trapsGuest,
} from "./testdata/functions.ts";
import { FakeGuest } from "./testdata/fake_guest.ts";

const FILE: ResourceType = { name: "file" };
const OTHER: ResourceType = { name: undefined };

function own(resource: ResourceType): ValueType {
  return { kind: "own", resource };
}

function borrow(resource: ResourceType): ValueType {
  return { kind: "borrow", resource };
}

function hosted() {
  const state = new ComponentInstanceState();
  const options = optionsFor(new FakeGuest(), state);
  const file = { path: "/a" };
  const open = lowerImport(func([], own(FILE)), options, () => file);
  return { state, options, file, open };
}

function implementing() {
  const state = new ComponentInstanceState(new Set([FILE]));
  const create = resourceNew(FILE, state);
  return { state, create, options: optionsFor(new FakeGuest(), state) };
}

Deno.test("lowerImport() gives out handles from 1 on, the last freed first", () => {
  const { state, open } = hosted();
  deepStrictEqual([open(), open(), open()], [1, 2, 3]);
  const drop = resourceDrop(FILE, state);
  drop(1);
  drop(2);
  strictEqual(state.handles.size, 1);
  deepStrictEqual([open(), open(), open()], [2, 1, 4]);
});

Deno.test("lowerImport() passes the host its own objects", () => {
  const { options, file, open, state } = hosted();
  const seen: unknown[] = [];
  const read = lowerImport(
    func([borrow(FILE)]),
    options,
    (it) => seen.push(it),
  );
  const close = lowerImport(func([own(FILE)]), options, (it) => seen.push(it));
  const handle = open();
  read(handle);
  read(handle);
  close(handle);
  strictEqual(seen.length, 3);
  strictEqual(seen.every((it) => it === file), true);
  strictEqual(state.handles.size, 0);
});

// Each begins with handle 1 of a file that the guest owns.
const MISUSES: readonly (readonly [string, ValueType[], number[], RegExp])[] = [
  ["handle 0", [borrow(FILE)], [0], /find a handle: 0$/],
  ["a handle that was never given out", [own(FILE)], [2], /find a handle: 2$/],
  ["handle -1", [own(FILE)], [-1], /find a handle: 4294967295$/],
  [
    "a handle of another type",
    [own(OTHER)],
    [1],
    /as a resource without a name: it is of file$/,
  ],
  ["a handle borrowed as another type", [borrow(OTHER)], [1], /it is of file$/],
  [
    "a handle given away twice",
    [own(FILE), own(FILE)],
    [1, 1],
    /find a handle: 1$/,
  ],
  [
    "a handle lent and given away at once",
    [borrow(FILE), own(FILE)],
    [1, 1],
    /while it is lent: 1$/,
  ],
];

for (const [name, params, flat, message] of MISUSES) {
  Deno.test(`lowerImport() traps on ${name}`, () => {
    const { options, open } = hosted();
    open();
    const lowered = lowerImport(func(params), options, () => {});
    trapsGuest(() => lowered(...flat), message);
  });
}

Deno.test("lowerImport() lends until a promise of the host is settled", async () => {
  const { options, open, state } = hosted();
  open();
  const { promise, resolve } = Promise.withResolvers<void>();
  const slow = lowerImport(func([borrow(FILE)]), options, () => promise);
  const pending = slow(1);
  strictEqual(state.handles.get(1, FILE).lends, 1);
  resolve();
  await pending;
  strictEqual(state.handles.get(1, FILE).lends, 0);
});

Deno.test("resourceDrop() traps while the handle is lent", () => {
  const { options, open, state } = hosted();
  open();
  const drop = resourceDrop(FILE, state);
  const slow = lowerImport(
    func([borrow(FILE)]),
    options,
    () => new Promise(() => {}),
  );
  slow(1);
  trapsGuest(() => drop(1), /while it is lent: 1$/);
});

Deno.test("resourceDrop() calls the destructor with what was owned", async () => {
  const { file, open, state } = hosted();
  const seen: unknown[] = [];
  const drop = resourceDrop(FILE, state, (it) => seen.push(it));
  strictEqual(drop(open()), undefined);
  deepStrictEqual(seen, [file]);
  trapsGuest(() => drop(1), /find a handle: 1$/);
  state.reset();
  const failing = resourceDrop(
    FILE,
    state,
    () => Promise.reject(new Error("Cannot close")),
  );
  await rejects(failing(open()) as Promise<void>, WebAssembly.RuntimeError);
  traps(() => state.enter(), /Cannot enter/);
});

Deno.test("resourceNew() and resourceRep() know what the guest knows", () => {
  const { state, create } = implementing();
  const rep = resourceRep(FILE, state);
  strictEqual(rep(create(7)), 7);
  strictEqual(rep(create(-1)), 2 ** 32 - 1);
  trapsGuest(() => rep(3), /find a handle: 3$/);
});

Deno.test("resourceNew() and resourceRep() are for the one who implements the resource", () => {
  const state = new ComponentInstanceState(new Set([OTHER]));
  throws(() => resourceNew(FILE, state), /what others implement: file$/);
  throws(() => resourceRep(FILE, state), TypeError);
});

Deno.test("resourceNew() and resourceDrop() trap when the instance may not leave", () => {
  for (const work of [resourceNew, resourceDrop]) {
    const { state, create } = implementing();
    const handle = create(1);
    state.mayLeave = false;
    trapsGuest(() => work(FILE, state)(handle), /Cannot leave/);
  }
});

Deno.test("liftExport() lends a guest its own resource without a handle", () => {
  const { options, state } = implementing();
  let got = 0;
  const lifted = liftExport(func([borrow(FILE)]), options, (it) => got = it);
  lifted(7);
  strictEqual(got, 7);
  strictEqual(state.handles.size, 0);
  throws(() => lifted({}), /not a file: object$/);
});

Deno.test("liftExport() passes resources of the guest by what it knows them by", () => {
  const { options, create, state } = implementing();
  const make = liftExport(func([], own(FILE)), options, () => create(7));
  strictEqual(make(), 7);
  strictEqual(state.handles.size, 0);
  const take = liftExport(func([own(FILE)]), options, (index) => {
    strictEqual(resourceRep(FILE, state)(index), 7);
  });
  take(7);
  strictEqual(state.handles.size, 1);
});

Deno.test("liftExport() traps when the guest returns before it drops what it borrowed", () => {
  const { options, file } = hosted();
  const lifted = liftExport(func([borrow(FILE)]), options, () => {});
  traps(() => lifted(file), /before what was borrowed is dropped: 1$/);
});

Deno.test("liftExport() returns when the guest has dropped what it borrowed", () => {
  const { options, file, state } = hosted();
  let destroyed = 0;
  const drop = resourceDrop(FILE, state, () => destroyed++);
  const type = func([listOf(borrow(FILE)), borrow(FILE)]);
  const lifted = liftExport(type, options, () => [1, 2, 3].forEach(drop));
  lifted([file, file], file);
  strictEqual(destroyed, 0);
  strictEqual(state.handles.size, 0);
});

Deno.test("liftExport() traps when the guest gives away what it borrowed", () => {
  const { options, file } = hosted();
  const lifted = liftExport(
    func([borrow(FILE)], own(FILE)),
    options,
    (index) => index,
  );
  traps(() => lifted(file), /handle that was borrowed: 1$/);
});

Deno.test("lowerImport() traps when the guest holds too many handles", () => {
  const { open, state } = hosted();
  for (let at = 0; at < HANDLES_MAX; at++) open();
  trapsGuest(open, /more handles than 10000$/);
  state.reset();
  strictEqual(open(), 1);
});

Deno.test("reset() returns what the instance owned, and forgets it all", () => {
  const { open, options, file, state } = hosted();
  open();
  liftExport(func([borrow(FILE)]), options, () => new Promise(() => {}))(file);
  strictEqual(state.handles.size, 2);
  deepStrictEqual(state.reset().map(({ rep }) => rep), [file]);
  strictEqual(state.handles.size, 0);
  strictEqual(state.mayEnter, true);
});

Deno.test("lowerImport() refuses a host without the resource", () => {
  const { options } = hosted();
  const open = lowerImport(func([], own(FILE)), options, () => undefined);
  throws(
    open,
    ({ cause }: Error) => /not a file: undefined$/.test(String(cause)),
  );
});
