/**
 * Makes valid modules at random, which end and show all their state.
 *
 * @module
 */

import fc from "fast-check";

import { u32 } from "../sections.ts";
import { exported, imported, moduleOf, section, sized } from "./bytes.ts";

const TYPES = [0x7f, 0x7e, 0x7d, 0x7c] as const;
type Type = typeof TYPES[number];

/** What a function takes and gives. */
export interface Signature {
  readonly params: readonly Type[];
  readonly results: readonly Type[];
}

/** A module, and what it exports as `f0`, `f1`, …. */
export interface Generated {
  readonly module: Uint8Array<ArrayBuffer>;
  readonly signatures: readonly Signature[];
}

// Steps that a call from outside may take; each loop round and call is one.
const FUEL = 200;

/** Where instructions are made. */
interface Scope {
  readonly module: Plan;
  readonly locals: readonly Type[];
  readonly results: readonly Type[];
  /** What a branch to each label takes, innermost last. */
  readonly labels: readonly (readonly Type[])[];
  readonly depth: number;
  readonly next: (bound: number) => number;
}

/** What a module holds. Function 0 is imported, and the last global is the fuel. */
interface Plan {
  readonly signatures: readonly Signature[];
  readonly globals: readonly Type[];
  readonly memories: number;
  readonly entries: number;
}

/** Modules with functions, loops, branches, calls of all kinds, memories, globals and a table. */
export const generated: fc.Arbitrary<Generated> = fc
  .uint32Array({ minLength: 300, maxLength: 4000 })
  .map((numbers) => generate(reader(numbers)));

// Behind the last number all are 0, which makes the smallest thing there is.
function reader(numbers: Uint32Array): Scope["next"] {
  let at = 0;
  return (bound) => (numbers[at++] ?? 0) % bound;
}

function generate(next: Scope["next"]): Generated {
  const pick = () => TYPES[next(TYPES.length)]!;
  const many = (most: number) => Array.from({ length: next(most + 1) }, pick);
  const signatures = Array.from({ length: 1 + next(8) }, () => ({
    params: many(3),
    results: many(2),
  }));
  const plan: Plan = {
    signatures,
    globals: many(4),
    memories: next(3),
    entries: signatures.length + 1,
  };
  const bodies = signatures.map(({ params, results }) => {
    const locals = many(3);
    const scope: Scope = {
      module: plan,
      locals: [...params, ...locals],
      results,
      labels: [results],
      depth: 0,
      next,
    };
    const code = [...spendFuel(plan), ...block(scope, results)];
    return sized([
      ...u32(locals.length),
      ...locals.flatMap((type) => [1, type]),
      ...code,
      0x0b,
    ]);
  });
  return { module: assemble(plan, bodies, next), signatures };
}

function assemble(
  { signatures, globals, memories, entries }: Plan,
  bodies: number[][],
  next: Scope["next"],
): Uint8Array<ArrayBuffer> {
  const types = signatures.map(({ params, results }) => [
    ...[0x60, params.length, ...params, results.length, ...results],
  ]);
  const isImported = memories > 1;
  const defined = Math.max(0, memories - (isImported ? 1 : 0));
  const isMutable = 1;
  const values = [...globals, 0x7f as Type];
  return moduleOf(
    section(1, ...types, [0x60, 1, 0x7f, 1, 0x7f]),
    section(
      2,
      imported("log", 0, types.length),
      ...(isImported ? [imported("memory", 2, 1, 1, 3)] : []),
    ),
    section(3, ...signatures.map((_, index) => [index])),
    section(4, [0x70, 0, ...u32(entries + 1)]),
    section(5, ...Array.from({ length: defined }, () => [1, 1, 3])),
    section(
      6,
      ...values.map((type) => [type, isMutable, ...constant(type, next), 0x0b]),
    ),
    section(
      7,
      ...signatures.map((_, index) => exported(`f${index}`, 0, index + 1)),
      ...values.map((_, index) => exported(`g${index}`, 3, index)),
      ...Array.from(
        { length: memories },
        (_, index) => exported(`m${index}`, 2, index),
      ),
      exported("table", 1, 0),
    ),
    section(9, [
      ...[0, 0x41, 0, 0x0b, ...u32(entries)],
      ...Array.from({ length: entries }, (_, index) => u32(index)).flat(),
    ]),
    section(10, ...bodies),
  );
}

// if fuel = 0 then unreachable; fuel -= 1.
function spendFuel({ globals }: Plan): number[] {
  const fuel = u32(globals.length);
  return [
    ...[0x23, ...fuel, 0x45, 0x04, 0x40, 0x00, 0x0b],
    ...[0x23, ...fuel, 0x41, 1, 0x6b, 0x24, ...fuel],
  ];
}

/** Sets the fuel of an instance; each call from outside starts with it. */
export const FUEL_STEPS = FUEL;

/** Name of the global that holds the fuel. */
export function fuelExport(module: WebAssembly.Module): string {
  return WebAssembly.Module.exports(module)
    .filter(({ kind }) => kind === "global").at(-1)!.name;
}

// Some statements, and then the values.
function block(scope: Scope, results: readonly Type[]): number[] {
  const statements = Array.from(
    { length: scope.depth > 4 ? 0 : scope.next(6) },
    () => statement({ ...scope, depth: scope.depth + 1 }),
  );
  return [...statements.flat(), ...values(scope, results)];
}

function values(scope: Scope, types: readonly Type[]): number[] {
  return types.flatMap((type) => value(scope, type));
}

function value(scope: Scope, type: Type): number[] {
  const { next, depth } = scope;
  const inner = { ...scope, depth: depth + 1 };
  if (depth > 5) return constant(type, next);
  switch (next(9)) {
    case 0:
      return constant(type, next);
    case 1:
      return local(scope, type);
    case 2:
      return globalOf(scope, type);
    case 3:
      return arithmetic(inner, type);
    case 4:
      return load(inner, type);
    case 5:
      return labelled(inner, 0x02, type);
    case 6:
      return [...value(inner, 0x7f), ...labelled(inner, 0x04, type)];
    case 7:
      return [
        ...value(inner, type),
        ...value(inner, type),
        ...value(inner, 0x7f),
        0x1c,
        1,
        type,
      ];
    default:
      return called(inner, type);
  }
}

function statement(scope: Scope): number[] {
  const { next, labels, module, locals } = scope;
  switch (next(14)) {
    case 12:
    case 13:
      return shortLoop(scope);
    case 0: {
      if (locals.length === 0) return [0x01];
      const index = next(locals.length);
      return [...value(scope, locals[index]!), 0x21, ...u32(index)];
    }
    case 1: {
      if (module.globals.length === 0) return [0x01];
      const index = next(module.globals.length);
      return [...value(scope, module.globals[index]!), 0x24, ...u32(index)];
    }
    case 2:
      return loop(scope);
    case 3: {
      const depth = next(labels.length);
      const types = labels.at(-1 - depth)!;
      return [
        ...values(scope, types),
        ...value(scope, 0x7f),
        0x0d,
        ...u32(depth),
        ...types.map(() => 0x1a),
      ];
    }
    case 4:
      return branchTable(scope);
    case 5:
      return store(scope);
    case 6: {
      const index = next(module.signatures.length);
      const { params, results } = module.signatures[index]!;
      return [
        ...values(scope, params),
        0x10,
        ...u32(index + 1),
        ...results.map(() => 0x1a),
      ];
    }
    case 7:
      return [...value(scope, 0x7f), 0x10, 0, 0x1a];
    case 8:
      return tailCall(scope);
    case 9:
      return bulk(scope);
    case 10:
      return [
        ...value(scope, 0x7f),
        0x04,
        0x40,
        ...block({ ...scope, labels: [...labels, []] }, []),
        0x05,
        0x01,
        0x0b,
      ];
    default:
      return [
        0x02,
        0x40,
        ...block({ ...scope, labels: [...labels, []] }, []),
        0x0b,
      ];
  }
}

// (loop … spend fuel … br_if 0)
function loop(scope: Scope): number[] {
  const inner = { ...scope, labels: [...scope.labels, []] };
  return [
    ...[0x03, 0x40, ...spendFuel(scope.module)],
    ...block(inner, [0x7f]),
    ...[0x0d, 0, 0x0b],
  ];
}

/**
 * A loop of some small pieces, most of which branch: with a result, with
 * parameters, or without either; and with an end that is reached or is not.
 */
function shortLoop(scope: Scope): number[] {
  const { next, module, labels } = scope;
  const form = next(5);
  const index = next(module.signatures.length);
  const signature = module.signatures[index]!;
  const results = form === 1 ? [TYPES[next(4)]!] : form === 0 ? signature.results : [];
  const params = form === 0 ? signature.params : [];
  const type = form === 0 ? u32(index) : [results[0] ?? 0x40];
  const inner = { ...scope, labels: [...labels, params], depth: 5 };
  const pieces = Array.from({ length: next(4) }, () => piece(inner));
  return [
    ...values(inner, params),
    ...[0x03, ...type, ...params.map(() => 0x1a), ...spendFuel(module)],
    ...pieces.flat(),
    ...values(inner, params),
    ...[lowFuel(inner), [0x41, 0]][next(2)]!,
    ...[0x0d, 0, ...params.map(() => 0x1a)],
    ...values(inner, results),
    ...next(3) === 0 ? deadEnd(inner) : [],
    ...[0x0b, ...results.map(() => 0x1a)],
  ];
}

function piece(scope: Scope): number[] {
  const { next, labels, locals } = scope;
  const inner = { ...scope, labels: [...labels, []] };
  switch (next(9)) {
    case 0:
    case 1: {
      const depth = next(labels.length);
      const types = labels.at(-1 - depth)!;
      const branch = [0x0d, ...u32(depth), ...types.map(() => 0x1a)];
      return [...values(scope, types), ...lowFuel(scope), ...branch];
    }
    case 2:
      return [...lowFuel(scope), 0x04, 0x40, ...piece(inner), 0x0b];
    case 3:
      return [...lowFuel(scope), 0x04, 0x40, ...deadEnd(inner), 0x0b];
    case 4:
      return [0x02, 0x40, ...piece(inner), ...deadEnd(inner), 0x0b];
    case 5:
      return store(scope);
    case 6:
      return [...lowFuel(scope), 0x41, 0, 0x6d, 0x1a];
    case 7:
      return next(4) === 0 ? statement(scope) : [0x01];
    default: {
      const index = locals.indexOf(0x7f);
      if (index < 0) return [0x01];
      const local = u32(index);
      return [0x20, ...local, ...lowFuel(scope), 0x6a, 0x21, ...local];
    }
  }
}

// Some low bits of the fuel, which differ from turn to turn.
function lowFuel({ module, next }: Scope): number[] {
  return [0x23, ...u32(module.globals.length), 0x41, 1 + next(7), 0x71];
}

// Branches somewhere for sure; what stands behind is never reached.
function deadEnd(scope: Scope): number[] {
  const { next, labels } = scope;
  const depth = next(labels.length);
  const types = labels.at(-1 - depth)!;
  const fits = labels.flatMap((each, nth) =>
    `${each}` === `${types}` ? [labels.length - 1 - nth] : []
  );
  const targets = Array.from({ length: next(4) }, () =>
    fits[next(fits.length)]!);
  const table = [0x0e, targets.length, ...targets.flatMap(u32), ...u32(depth)];
  const branch = next(2) === 0
    ? [0x0c, ...u32(depth)]
    : [...lowFuel(scope), ...table];
  const dead = [[], [0x00], [0x1a], [0x45, 0x1a]][next(4)]!;
  return [...values(scope, types), ...branch, ...dead];
}

function branchTable(scope: Scope): number[] {
  const inner = { ...scope, labels: [...scope.labels, [], [], []] };
  const targets = Array.from({ length: scope.next(5) }, () => scope.next(3));
  const table = [0x0e, ...u32(targets.length), ...targets, scope.next(3)];
  const code = [...value(inner, 0x7f), ...table];
  return [0x02, 0x40, 0x02, 0x40, 0x02, 0x40, ...code, 0x0b, 0x0b, 0x0b];
}

// In a block of its own, since nothing behind it is reached.
function tailCall(scope: Scope): number[] {
  const { next, module, results } = scope;
  const fits = module.signatures.flatMap((signature, index) =>
    `${signature.results}` === `${results}` ? [index] : []
  );
  if (fits.length === 0) return [0x01];
  const index = fits[next(fits.length)]!;
  const inner = { ...scope, labels: [...scope.labels, []] };
  const args = values(inner, module.signatures[index]!.params);
  const call = next(2) === 0
    ? [0x12, ...u32(index + 1)]
    : [0x41, ...u32(next(module.entries) & 63), 0x13, ...u32(index), 0];
  return [...value(scope, 0x7f), 0x04, 0x40, ...args, ...call, 0x0b];
}

function called(scope: Scope, type: Type): number[] {
  const { next, module } = scope;
  const fits = module.signatures.flatMap((signature, index) =>
    `${signature.results}` === `${type}` ? [index] : []
  );
  if (fits.length === 0) return constant(type, next);
  const index = fits[next(fits.length)]!;
  const args = values(scope, module.signatures[index]!.params);
  if (next(2) === 0) return [...args, 0x10, ...u32(index + 1)];
  return [...args, 0x41, next(module.entries + 1) & 63, 0x11, ...u32(index), 0];
}

function labelled(scope: Scope, opcode: number, type: Type): number[] {
  const inner = { ...scope, labels: [...scope.labels, [type]] };
  const first = block(inner, [type]);
  if (opcode === 0x02) return [opcode, type, ...first, 0x0b];
  return [opcode, type, ...first, 0x05, ...block(inner, [type]), 0x0b];
}

function local({ locals, next }: Scope, type: Type): number[] {
  const fits = locals.flatMap((each, index) => each === type ? [index] : []);
  if (fits.length === 0) return constant(type, next);
  return [0x20, ...u32(fits[next(fits.length)]!)];
}

function globalOf({ module, next }: Scope, type: Type): number[] {
  const fits = module.globals.flatMap((each, index) =>
    each === type ? [index] : []
  );
  if (fits.length === 0) return constant(type, next);
  return [0x23, ...u32(fits[next(fits.length)]!)];
}

// deno-fmt-ignore
const ARITHMETIC: Readonly<Record<Type, readonly number[]>> = {
  0x7f: [0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f, 0x71, 0x74, 0x75, 0x77],
  0x7e: [0x7c, 0x7d, 0x7e, 0x7f, 0x80, 0x82, 0x85, 0x86, 0x89],
  0x7d: [0x92, 0x93, 0x94, 0x95, 0x96],
  0x7c: [0xa0, 0xa1, 0xa2, 0xa3, 0xa5],
};

function arithmetic(scope: Scope, type: Type): number[] {
  const opcodes = ARITHMETIC[type];
  const opcode = opcodes[scope.next(opcodes.length)]!;
  return [...value(scope, type), ...value(scope, type), opcode];
}

// deno-fmt-ignore
const LOADS: Readonly<Record<Type, number>> = { 0x7f: 0x28, 0x7e: 0x29, 0x7d: 0x2a, 0x7c: 0x2b };

function load(scope: Scope, type: Type): number[] {
  const memory = memoryArgument(scope);
  if (memory === undefined) return constant(type, scope.next);
  return [...address(scope), LOADS[type], ...memory];
}

function store(scope: Scope): number[] {
  const type = TYPES[scope.next(4)]!;
  const memory = memoryArgument(scope);
  if (memory === undefined) return [0x01];
  const at = address(scope);
  return [...at, ...value(scope, type), LOADS[type] + 0x0e, ...memory];
}

function memoryArgument({ module, next }: Scope): number[] | undefined {
  if (module.memories === 0) return undefined;
  const index = next(module.memories);
  const offset = u32([0, 1, 200, 65_530, 2 ** 32 - 1][next(5)]!);
  return index === 0 ? [0, ...offset] : [0x40, ...u32(index), ...offset];
}

// Mostly inside.
function address(scope: Scope): number[] {
  const wide = value(scope, 0x7f);
  return scope.next(8) === 0 ? wide : [...wide, 0x41, 0xff, 0x3f, 0x71];
}

function bulk(scope: Scope): number[] {
  const { module, next } = scope;
  if (module.memories === 0) return [0x01];
  const [to, from] = [next(module.memories), next(module.memories)];
  const operands = [...address(scope), ...address(scope), ...address(scope)];
  switch (next(3)) {
    case 0:
      return [...operands, 0xfc, 0x0a, to, from];
    case 1:
      return [...operands, 0xfc, 0x0b, to];
    default:
      return [0x41, ...u32(next(3)), 0x40, to, 0x1a];
  }
}

function constant(type: Type, next: Scope["next"]): number[] {
  switch (type) {
    case 0x7f:
      return [
        0x41,
        ...[[next(64)], [0x80, 0x80, 0x80, 0x80, 0x78], [0x7f]][next(3)]!,
      ];
    case 0x7e:
      return [
        0x42,
        ...[[next(64)], [0x80, 0x80, 0x80, 0x80, 0x80, 0x01], [0x7f]][next(3)]!,
      ];
    case 0x7d:
      return [0x43, 0, 0, next(256), [0x3f, 0x40, 0xbf][next(3)]!];
    case 0x7c:
      return [
        0x44,
        0,
        0,
        0,
        0,
        0,
        next(256),
        next(256),
        [0x3f, 0x40, 0xbf][next(3)]!,
      ];
  }
}
