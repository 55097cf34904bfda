/**
 * Images: a component evaluated once, as the memory that every process of it
 * starts from.
 *
 * @module
 */

import type { Capability } from "../capability.ts";
import { PAGE_BYTES } from "../instrument/memory_cap.ts";
import {
  BAKE_MS_MAX,
  HEAP_RESERVE_BYTES,
  PRELUDE_MEMORY_BYTES,
  QUICKJS_OVERHEAD_BYTES,
  STACK_BYTES_MAX,
  STACK_ROOM_BYTES,
} from "../limits.ts";
import { readAbilities } from "./abilities.ts";
import { GUEST_MODULE } from "./guest_module.ts";
import {
  compileLibraries,
  librariesOf,
  type LibraryCode,
} from "./libraries.ts";
import { LoadBridge } from "./load_bridge.ts";
import {
  type ComponentAbilities,
  type GuestEntry,
  type LibraryName,
  PRELUDE_FILE,
} from "./ops.ts";
import { PRELUDE } from "./prelude.gen.ts";
import { quickjs } from "./quickjs.ts";
import { GuestThrew } from "./guest_error.ts";
import type { Value } from "./quickjs_exports.ts";
import { Vm } from "./vm.ts";

/** Addresses of the prelude's entry points, the same in every instance. */
export type EntryValues = Readonly<
  Record<
    Exclude<keyof GuestEntry, "component" | "guestModule" | "preload">,
    Value
  >
>;

/** What a process of a component starts from. Can be posted to Workers, which share it. */
export interface Image {
  /** Name of the component. */
  readonly name: string;
  /** QuickJS with its memory capped. */
  readonly module: WebAssembly.Module;
  /** Size of the memory, in pages. */
  readonly pages: number;
  /** Parts of the memory that are not all zero, by address, not touching each other. */
  readonly parts: readonly ImagePart[];
  /** Where the memory of a new instance is not all zero, in order. */
  readonly initial: readonly Span[];
  /** Where its memory is all zero, and that of an instance that was used may not be, in order. */
  readonly zeros: readonly Span[];
  /** The module's one mutable global. */
  readonly stackPointer: number;
  /** Where the entry points are. */
  readonly entry: EntryValues;
  /** What the component can do. */
  readonly abilities: ComponentAbilities;
  /** What a process can still evaluate. In shared memory while it is posted to Workers. */
  readonly libraries: LibraryCode;
}

/** A piece of memory: its first address, and the first one behind it. */
export type Span = readonly [at: number, end: number];

/** A part of an image. */
export interface ImagePart {
  /** Address in the memory. */
  readonly at: number;
  /** What stands there. In shared memory while it is posted to Workers. */
  readonly bytes: Uint8Array;
}

/** How a component is evaluated. */
export interface BakeOptions {
  /** How long it may take, in milliseconds; {@linkcode BAKE_MS_MAX} when absent. */
  readonly msMax?: number;
}

/**
 * Evaluates prelude and bundle, and takes the image of the memory.
 *
 * @param name Name of the component, for stacks and messages.
 * @param bundle The component as one CommonJS script.
 * @param log Takes what the component logs while it is evaluated.
 * @throws {GuestThrew} The bundle threw while it was evaluated.
 * @throws {GuestOutOfMemory} It needs more memory than its profile has.
 */
export async function bake(
  name: string,
  bundle: string,
  capability: Capability,
  log: (level: number, text: string) => void,
  { msMax = BAKE_MS_MAX }: BakeOptions = {},
): Promise<Image> {
  const module = await quickjs(capability.memoryBytesMax);
  compiled ??= compileScripts();
  const { prelude, libraries } = await compiled;
  const bridge = new LoadBridge(name, msMax, log, libraries);
  const compiler = new Vm(module, bridge);
  const initial = spansOf(compiler.bytes);
  const main = await compileBundle(compiler, capability, name, bundle);
  const vm = new Vm(module, bridge);
  initialize(vm, capability);
  const scripts = { prelude, main, libraries: librariesOf(bundle) };
  const loaded = await load(vm, name, scripts);
  vm.reserve(HEAP_RESERVE_BYTES);
  const memory = vm.bytes;
  const parts = partsOf(memory);
  const [[dataAt]] = initial as [Span];
  return {
    name,
    module,
    pages: memory.length / PAGE_BYTES,
    parts,
    initial,
    zeros: zerosOf(parts, memory.length, dataAt),
    stackPointer: vm.stackPointer,
    ...loaded,
    libraries,
  };
}

function initialize(vm: Vm, { memoryBytesMax }: Capability): void {
  vm.initialize(memoryBytesMax - QUICKJS_OVERHEAD_BYTES, STACK_BYTES_MAX);
}

// In an instance of its own: what a compiler leaves behind lies between all
// that it makes, and keeps its pages from being zero.
function compileBundle(
  compiler: Vm,
  capability: Capability,
  name: string,
  bundle: string,
): Promise<Uint8Array> {
  initialize(compiler, capability);
  return compiler.compile(wrap(bundle), `${name}.js`, "kept");
}

/** What an image is made of, as bytecode. */
interface Scripts {
  readonly prelude: Uint8Array;
  /** The bundle, as {@linkcode wrap} makes a function of it. */
  readonly main: Uint8Array;
  /** Those that the bundle seems to need. */
  readonly libraries: readonly LibraryName[];
}

async function load(
  vm: Vm,
  name: string,
  { prelude, main, libraries }: Scripts,
): Promise<Pick<Image, "entry" | "abilities">> {
  const global = vm.global();
  const host = vm.hostFunction("host");
  vm.setProperty(global, "__host", host);
  vm.free(host);
  vm.free(await vm.evaluateBytecode(prelude));
  const rusm = vm.property(global, "__rusm");
  vm.free(await vm.evaluate("delete globalThis.__rusm", PRELUDE_FILE));
  for (const library of libraries) {
    vm.free(await vm.call(vm.property(rusm, "preload"), vm.lower(library)));
  }
  const exports = await evaluateBundle(vm, rusm, name, main);
  const abilities = await vm.call(vm.property(rusm, "component"), exports);
  await insistHandled(vm);
  const entry = {
    handle: vm.property(rusm, "handle"),
    run: vm.property(rusm, "run"),
    settle: vm.property(rusm, "settle"),
    fire: vm.property(rusm, "fire"),
  };
  return { entry, abilities: readAbilities(vm.lift(abilities)) };
}

// The bundle stands in one function alone: each has a copy of its source.
async function evaluateBundle(
  vm: Vm,
  rusm: Value,
  name: string,
  bytecode: Uint8Array,
): Promise<Value> {
  const main = await vm.evaluateBytecode(bytecode);
  const load = await vm.evaluate(LOAD, `${name}.js`);
  const exports = await vm.call(load, vm.property(rusm, "guestModule"), main);
  vm.free(load);
  return exports;
}

interface CompiledScripts {
  readonly prelude: Uint8Array;
  readonly libraries: LibraryCode;
}

let compiled: Promise<CompiledScripts> | undefined;

// Without its source the prelude takes a third less of every image, and is
// evaluated in a fraction of the time.
async function compileScripts(): Promise<CompiledScripts> {
  const module = await quickjs(PRELUDE_MEMORY_BYTES);
  const bridge = new LoadBridge("prelude", BAKE_MS_MAX, () => {});
  const vm = new Vm(module, bridge);
  vm.initialize(PRELUDE_MEMORY_BYTES - QUICKJS_OVERHEAD_BYTES, STACK_BYTES_MAX);
  return {
    prelude: await vm.compile(PRELUDE, PRELUDE_FILE, "dropped"),
    libraries: await compileLibraries((code) =>
      vm.compile(code, PRELUDE_FILE, "dropped")
    ),
  };
}

async function insistHandled(vm: Vm): Promise<void> {
  const rejection = await vm.unhandledRejection();
  if (rejection !== undefined) throw new GuestThrew(rejection);
}

// On the bundle's first line, so that line numbers stay right. A bundle that
// closes the function itself only gains what any script could do.
function wrap(bundle: string): string {
  return `((module, exports, require) => {${bundle}
})`;
}

const LOAD = `((guest, main, module = { exports: {} }) => {
  main(module, module.exports, (specifier) => {
    if (specifier === "${GUEST_MODULE}") return guest;
    throw new TypeError(\`Cannot import "\${specifier}": a component has no Node APIs\`);
  });
  return module.exports;
})`;

const GRAIN_BYTES = 256;
// Zeros shorter than this are copied along: a copy has a cost of its own.
const GAP_BYTES_MIN = 4_096;

function partsOf(memory: Uint8Array): ImagePart[] {
  return spansOf(memory).map(([at, end]) => {
    const bytes = new Uint8Array(new SharedArrayBuffer(end - at));
    bytes.set(memory.subarray(at, end));
    return { at, bytes };
  });
}

function spansOf(memory: Uint8Array): Span[] {
  const words = new BigUint64Array(memory.buffer);
  const spans: [number, number][] = [];
  for (let at = 0; at < memory.length; at += GRAIN_BYTES) {
    if (isZero(words, at / 8, (at + GRAIN_BYTES) / 8)) continue;
    const last = spans.at(-1);
    if (last !== undefined && at - last[1] < GAP_BYTES_MIN) {
      last[1] = at + GRAIN_BYTES;
    } else spans.push([at, at + GRAIN_BYTES]);
  }
  return spans;
}

/**
 * Where the memory of an instance that was used has to be made zero: all that is
 * in no part, but for what lies between the stack and the data. Nothing points
 * there: only a fault of QuickJS could write to it, and only another one read
 * what that left.
 *
 * @param length Of the memory.
 * @param dataAt Where its data begins.
 */
export function zerosOf(
  parts: readonly ImagePart[],
  length: number,
  dataAt: number,
): Span[] {
  const begins = [0, ...parts.map(({ at, bytes }) => at + bytes.length)];
  const ends = [...parts.map(({ at }) => at), length];
  return begins.flatMap((begin, index): Span[] => {
    const end = ends[index]!;
    return [
      [begin, Math.min(end, STACK_ROOM_BYTES)],
      [Math.max(begin, dataAt), end],
    ];
  }).filter(([begin, end]) => begin < end);
}

function isZero(words: BigUint64Array, from: number, end: number): boolean {
  for (let at = from; at < end; at++) if (words[at] !== 0n) return false;
  return true;
}

/**
 * Puts `vm` into the state of `image`, whatever ran in it before, except that a
 * memory cannot shrink, and for what lies between the stack and the data, where
 * nothing is.
 */
export function restore(vm: Vm, image: Image): void {
  growTo(vm, image);
  const memory = vm.bytes;
  for (const [at, end] of image.zeros) memory.fill(0, at, end);
  put(vm, image);
}

/**
 * Puts `vm`, in which nothing has run, into the state of `image`. Of its
 * memory it touches no more than what is not zero, here or there.
 */
export function restoreNew(vm: Vm, image: Image): void {
  growTo(vm, image);
  const memory = vm.bytes;
  for (const [at, end] of image.initial) memory.fill(0, at, end);
  put(vm, image);
}

function growTo({ bytes, memory }: Vm, { pages }: Image): void {
  const missing = pages - bytes.length / PAGE_BYTES;
  if (missing > 0) memory.grow(missing);
}

function put(vm: Vm, image: Image): void {
  const memory = vm.bytes;
  for (const { at, bytes } of image.parts) memory.set(bytes, at);
  vm.stackPointer = image.stackPointer;
  vm.forget();
}

/** Whether `vm` can be put back into the state of `image`: its memory has not grown. */
export function isRestorable(vm: Vm, image: Image): boolean {
  return vm.bytes.length === image.pages * PAGE_BYTES;
}
