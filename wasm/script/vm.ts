/**
 * One instance of QuickJS: values in, values out, and calls.
 *
 * Everything that a script guest does happens in here, in Wasm. The only way
 * out is the {@linkcode Bridge}.
 *
 * @see quickjs-wasi, whose module this drives without its JavaScript wrapper,
 * which can neither suspend a guest nor be put back to an image.
 *
 * @module
 */

import { suspending } from "../fiber.ts";
import { STACK_ROOM_BYTES, STEPS_PER_INTERRUPT } from "../limits.ts";
import {
  type GuestError,
  guestError,
  GuestOutOfMemory,
  GuestStopped,
  GuestThrew,
} from "./guest_error.ts";
import { type HostValue, OPS } from "./ops.ts";
import {
  type Fibers,
  fibersOf,
  type QuickjsExports,
  type Value,
} from "./quickjs_exports.ts";
import { JOB_THREW } from "./turn.ts";

/** What an instance asks of its surroundings. */
export interface Bridge {
  /**
   * Does operation `op` of `OPS`. May return a promise, which suspends the
   * guest. What it throws is thrown in the guest, by name and message. Of
   * `OPS.loadLibrary` it returns bytecode: the guest gets what that evaluates to.
   */
  call(op: number, args: HostValue[]): HostValue | Promise<HostValue>;

  /**
   * Called every `STEPS_PER_INTERRUPT` steps of the guest. True ends it, in a
   * way that it cannot catch; a promise suspends it.
   */
  interrupt(): boolean | Promise<boolean>;
}

// `JS_STRIP_SOURCE` of QuickJS.
const STRIP_SOURCE = 16;

// Of `interrupt_counter` in `JSContext`. No export sets it; a test counts.
const STEPS_LEFT_OFFSET = 292;
const STEPS_OF_QUICKJS = 10_000;

// One unhandled rejection ends a process; more are kept only in case that the
// first ones are handled late.
const REJECTIONS_MAX = 64;

// Free pieces that are smaller make no page zero.
const HOLE_BYTES_MIN = 256;

// How exactly the size of a free piece is found.
const HOLE_GRAIN_BYTES = 8;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Holds on to the promise: another would take its address, and be taken for it. */
interface Rejection {
  readonly promise: Value;
  readonly reason: Value;
}

/** One instance of QuickJS. */
export class Vm {
  /** The instance's memory. */
  readonly memory: WebAssembly.Memory;
  /** Who answers the guest now; changes with the process that uses the instance. */
  bridge: Bridge;

  readonly #exports: QuickjsExports;
  readonly #fibers: Fibers;
  // Of its memory. When that grows they are detached, and have no length.
  #bytes: Uint8Array<ArrayBuffer>;
  #view: DataView;
  // Promises that were rejected and that nothing handles yet, by address.
  readonly #rejections = new Map<number, Rejection>();

  /** An instance of `module` as it is when it has just been instantiated. */
  constructor(module: WebAssembly.Module, bridge: Bridge) {
    this.bridge = bridge;
    const instance = new WebAssembly.Instance(module, this.#imports());
    this.#exports = instance.exports as QuickjsExports;
    this.memory = this.#exports.memory;
    this.#bytes = new Uint8Array(this.memory.buffer as ArrayBuffer);
    this.#view = new DataView(this.#bytes.buffer);
    this.#fibers = fibersOf(this.#exports);
  }

  #imports(): WebAssembly.Imports {
    return {
      env: {
        host_call: suspending((
          _name: number,
          _count: number,
          _self: number,
          argc: number,
          argv: number,
        ) => this.#hostCall(argc, argv)),
        host_interrupt: suspending(() => this.#interrupt()),
        host_promise_rejection: (
          promise: Value,
          reason: Value,
          isHandled: number,
        ) => this.#rejected(promise, reason, isHandled !== 0),
        host_module_normalize: () => 0,
        host_module_load: () => 0,
        // Guests live in UTC, wherever the node is.
        host_get_timezone_offset: () => 0,
      },
      wasi_snapshot_preview1: this.#wasi(),
    };
  }

  // What the C library of the module asks for. It has no files.
  #wasi(): WebAssembly.ModuleImports {
    const badFile = () => 8;
    return {
      clock_time_get: (clock: number, _precision: bigint, at: number) => {
        // Threads count from different times, and an image is used in all.
        const nowMs = clock === 0
          ? Date.now()
          : performance.timeOrigin + performance.now();
        this.#look().setBigUint64(at, BigInt(Math.round(nowMs * 1e6)), true);
        return 0;
      },
      random_get: (at: number, count: number) => {
        crypto.getRandomValues(this.bytes.subarray(at, at + count));
        return 0;
      },
      fd_close: badFile,
      fd_fdstat_get: badFile,
      fd_seek: badFile,
      fd_write: badFile,
    };
  }

  /**
   * Starts the engine: once, before anything else.
   *
   * Its stack grows down to the memory's begin, where what is too deep traps. It
   * has `STACK_ROOM_BYTES`; what lies between it and the data is never used.
   */
  initialize(memoryLimitBytes: number, stackBytesMax: number): void {
    this.stackPointer = STACK_ROOM_BYTES;
    this.#exports._initialize();
    if (this.#exports.qjs_init() !== 0) throw new GuestOutOfMemory();
    this.#exports.qjs_set_memory_limit(memoryLimitBytes);
    this.#exports.qjs_set_max_stack_size(stackBytesMax);
    this.#exports.qjs_set_interrupt_handler(1);
    this.#exports.qjs_set_promise_rejection_handler(1);
  }

  /** All of its memory, as it is until it grows. */
  get bytes(): Uint8Array<ArrayBuffer> {
    if (this.#bytes.length === 0) this.#see();
    return this.#bytes;
  }

  #look(): DataView {
    if (this.#bytes.length === 0) this.#see();
    return this.#view;
  }

  // To ask a memory for its buffer takes longer than all that is done with it.
  #see(): void {
    this.#bytes = new Uint8Array(this.memory.buffer as ArrayBuffer);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** The one mutable global of the module. */
  get stackPointer(): number {
    return this.#exports.__stack_pointer.value;
  }

  set stackPointer(address: number) {
    this.#exports.__stack_pointer.value = address;
  }

  /** Whether promise reactions wait. */
  get isJobPending(): boolean {
    return this.#exports.qjs_is_job_pending() !== 0;
  }

  /**
   * Runs `code` as a script.
   *
   * @returns Its last value, owned by the caller.
   * @throws {GuestThrew} It threw, trapped, or was interrupted.
   */
  async evaluate(code: string, file: string): Promise<Value> {
    const [codeAt, count] = this.#copyText(code);
    const [fileAt] = this.#copyText(file);
    const value = await this.#fibers.evaluate(codeAt, count, fileAt, 0);
    this.#exports.wasm_free(codeAt);
    this.#exports.wasm_free(fileAt);
    return await this.#checked(value);
  }

  /**
   * Compiles `code`, a script, to bytecode; stacks keep their lines.
   *
   * @param source `"dropped"`: functions print as native ones.
   * @returns What {@linkcode Vm.evaluateBytecode} takes, in an instance of the
   * same module.
   * @throws {GuestThrew} It is no script.
   */
  async compile(
    code: string,
    file: string,
    source: "kept" | "dropped",
  ): Promise<Uint8Array<ArrayBuffer>> {
    const [codeAt, count] = this.#copyText(code);
    const [fileAt] = this.#copyText(file);
    const countAt = this.#allocate(4);
    const flags = source === "dropped" ? STRIP_SOURCE : 0;
    const at = await this.#fibers.compile(
      ...[codeAt, count, fileAt, 0, flags, countAt] as const,
    );
    if (at === 0) throw new GuestThrew(await this.#takeException());
    const bytecode = this.bytes.slice(
      at,
      at + this.#look().getUint32(countAt, true),
    );
    for (const address of [codeAt, fileAt, countAt, at]) {
      this.#exports.wasm_free(address);
    }
    return bytecode;
  }

  /**
   * Runs what {@linkcode Vm.compile} made, and nothing else: bytecode is trusted.
   *
   * @returns The script's last value, owned by the caller.
   * @throws {GuestThrew} It threw.
   */
  async evaluateBytecode(bytecode: Uint8Array): Promise<Value> {
    const at = this.#copyBytes(bytecode, bytecode.length);
    const value = await this.#fibers.evaluateBytecode(at, bytecode.length);
    // It can be larger than what `reserve` looks for.
    this.bytes.fill(0, at, at + bytecode.length);
    this.#exports.wasm_free(at);
    return await this.#checked(value);
  }

  /**
   * Calls `fn`, and runs every promise reaction that follows. Takes ownership of `args`.
   *
   * @returns What it returned, owned by the caller.
   * @throws {GuestThrew} It threw, trapped, or was interrupted.
   */
  async call(fn: Value, ...args: Value[]): Promise<Value> {
    const undefinedValue = this.#exports.qjs_get_undefined();
    const argv = this.#copyArgs(args);
    const value = await this.#fibers.turn(
      fn,
      undefinedValue,
      args.length,
      argv,
    );
    if (value === JOB_THREW) throw new GuestThrew(await this.#takeException());
    this.#freeArgs(args, argv);
    return await this.#checked(value as Value);
  }

  /** What a promise was rejected with that nothing handles: the oldest, if any. */
  async unhandledRejection(): Promise<GuestError | undefined> {
    for (const { reason } of this.#rejections.values()) {
      return await this.#describe(reason);
    }
    return undefined;
  }

  /** Forgets all that is kept about the guest outside its memory. */
  forget(): void {
    this.#rejections.clear();
  }

  /** The global object, owned by the caller. */
  global(): Value {
    return this.#exports.qjs_get_global();
  }

  /** A function that calls {@linkcode Bridge.call}, owned by the caller. */
  hostFunction(name: string): Value {
    const [at, count] = this.#copyText(name);
    const value = this.#exports.qjs_new_host_function(at, count, 0);
    this.#exports.wasm_free(at);
    return present(value);
  }

  /** A property of `object` that is no getter, owned by the caller. */
  property(object: Value, name: string): Value {
    const [at] = this.#copyText(name);
    const value = this.#exports.qjs_get_prop_string(object, at);
    this.#exports.wasm_free(at);
    return present(value);
  }

  /** Sets a property of `object`; `value` stays the caller's. */
  setProperty(object: Value, name: string, value: Value): void {
    const [at] = this.#copyText(name);
    this.#exports.qjs_set_prop_string(object, at, value);
    this.#exports.wasm_free(at);
  }

  /** Copies a value into the guest. The caller owns it there. */
  lower(value: HostValue): Value {
    if (value === undefined) return this.#exports.qjs_get_undefined();
    if (value === null) return this.#exports.qjs_get_null();
    if (typeof value === "number") return this.#exports.qjs_new_number(value);
    if (typeof value === "string") return this.#lowerText(value);
    const at = this.#copyBytes(value, value.length);
    const array = this.#exports.qjs_new_uint8_array(at, value.length);
    this.#exports.wasm_free(at);
    return this.#allocated(array);
  }

  #lowerText(text: string): Value {
    const [at, count] = this.#copyText(text);
    const value = this.#exports.qjs_new_string(at, count);
    this.#exports.wasm_free(at);
    return this.#allocated(value);
  }

  // A value that the guest's memory has no room for is an exception.
  #allocated(value: Value): Value {
    if (value !== 0 && this.#exports.qjs_is_exception(value) === 0) {
      return value;
    }
    throw new GuestOutOfMemory();
  }

  /**
   * Copies a value out of the guest.
   *
   * @throws {TypeError} It is no string, number, `Uint8Array`, null or undefined.
   */
  lift(value: Value): HostValue {
    const exports = this.#exports;
    if (exports.qjs_is_undefined(value) !== 0) return undefined;
    if (exports.qjs_is_null(value) !== 0) return null;
    if (exports.qjs_is_number(value) !== 0) {
      return exports.qjs_get_float64(value);
    }
    if (exports.qjs_is_string(value) !== 0) return this.#liftText(value);
    if (exports.qjs_is_object(value) !== 0) return this.#liftBytes(value);
    throw new TypeError("Cannot pass this type of value to the host");
  }

  #liftText(value: Value): string {
    const countAt = this.#allocate(4);
    const at = this.#exports.qjs_get_string_len(value, countAt);
    const count = this.#look().getUint32(countAt, true);
    this.#exports.wasm_free(countAt);
    if (at === 0) throw new GuestOutOfMemory();
    const text = decoder.decode(this.bytes.subarray(at, at + count));
    this.#exports.qjs_free_cstring(at);
    return text;
  }

  #liftBytes(value: Value): Uint8Array<ArrayBuffer> {
    const at = this.#allocate(16);
    try {
      const buffer = this.#allocated(
        this.#exports.qjs_get_typed_array_buffer(value, at, at + 4, at + 8),
      );
      const data = this.#exports.qjs_get_array_buffer(buffer, at + 12);
      const offset = this.#look().getUint32(at, true);
      const count = this.#look().getUint32(at + 4, true);
      const start = data + offset;
      const bytes = this.bytes.slice(start, start + count);
      this.free(buffer);
      return bytes;
    } finally {
      this.#exports.wasm_free(at);
    }
  }

  /** Gives a value back. */
  free(value: Value): void {
    this.#exports.qjs_free_value(value);
  }

  /**
   * Collects garbage, leaves `bytes` of free heap that need no growing, and
   * zeroes what is free, but for the smallest pieces.
   */
  reserve(bytes: number): void {
    this.#exports.qjs_run_gc();
    const end = this.#allocate(bytes);
    this.#exports.wasm_free(end);
    this.#clearHoles(bytes, end);
    // Last, for searching has left its marks there.
    this.bytes.fill(0, this.#allocate(bytes), end + bytes);
    this.#exports.wasm_free(end);
  }

  // Each hole below `end` is taken in one piece: where one is split, the
  // allocator leaves a mark, and with it another page is not zero. Behind `end`
  // is room for the largest piece, so that the memory does not grow.
  #clearHoles(bytesMax: number, end: number): void {
    const held: number[] = [];
    for (let bytes = bytesMax; bytes >= HOLE_BYTES_MIN;) {
      bytes = this.#largestHole(bytes, end);
      const at = this.#allocate(bytes);
      held.push(at);
      if (at < end) this.bytes.fill(0, at, at + bytes);
    }
    for (const at of held) this.#exports.wasm_free(at);
  }

  // How much fits into the largest hole, if it is less than `bytesMax`.
  #largestHole(bytesMax: number, end: number): number {
    let fitting = 0;
    for (let step = bytesMax / 2; step >= HOLE_GRAIN_BYTES; step /= 2) {
      if (this.#fits(fitting + step, end)) fitting += step;
    }
    return fitting;
  }

  #fits(bytes: number, end: number): boolean {
    const at = this.#allocate(bytes);
    this.#exports.wasm_free(at);
    return at < end;
  }

  #hostCall(argc: number, argv: number): number | Promise<number> {
    try {
      const args = this.#liftArgs(argc, argv);
      const op = args.shift() as number;
      const result = this.bridge.call(op, args);
      if (op === OPS.loadLibrary) {
        return this.#loadLibrary(result as Uint8Array);
      }
      if (!(result instanceof Promise)) return this.lower(result);
      return result.then(
        (value) => this.lower(value),
        (thrown) => this.#throwInGuest(thrown),
      );
    } catch (thrown) {
      // Not swallowed: it goes on in the guest.
      return this.#throwInGuest(thrown);
    }
  }

  // On a fiber of its own, which ends before the guest's goes on.
  #loadLibrary(bytecode: Uint8Array): Promise<number> {
    return this.evaluateBytecode(bytecode).catch((thrown) =>
      this.#throwInGuest(thrown)
    );
  }

  // Its place in the list is read anew each time: lifting can grow the memory.
  #liftArgs(argc: number, argv: number): HostValue[] {
    const args: HostValue[] = [];
    for (let index = 0; index < argc; index++) {
      const value = this.#look().getUint32(argv + 4 * index, true) as Value;
      args.push(this.lift(value));
    }
    return args;
  }

  // Only name and message cross: a host stack would tell of host files.
  #throwInGuest(thrown: unknown): number {
    if (!(thrown instanceof Error) || isOfBridge(thrown)) throw thrown;
    const error = this.#exports.qjs_new_error();
    for (const key of ["name", "message"] as const) {
      const text = this.lower(thrown[key]);
      this.setProperty(error, key, text);
      this.free(text);
    }
    this.#exports.qjs_throw(error);
    this.free(error);
    return 0;
  }

  #interrupt(): number | Promise<number> {
    this.#countSteps();
    const stop = this.bridge.interrupt();
    return stop instanceof Promise ? stop.then(Number) : Number(stop);
  }

  // QuickJS has just set its counter to 10,000, unless a regular expression
  // asks: too many when each step is a search through megabytes. A build that
  // keeps something else there is left alone.
  #countSteps(): void {
    const counterAt = this.#exports.qjs_get_context_ptr() + STEPS_LEFT_OFFSET;
    const view = this.#look();
    if (view.getInt32(counterAt, true) !== STEPS_OF_QUICKJS) return;
    view.setInt32(counterAt, STEPS_PER_INTERRUPT, true);
  }

  // Keeps the reason rather than a description: reading it can run guest code,
  // which must be able to suspend, and here it could not.
  #rejected(promise: Value, reason: Value, isHandled: boolean): void {
    const key = this.#exports.qjs_get_value_ptr(promise);
    if (!isHandled && this.#rejections.size < REJECTIONS_MAX) {
      this.#rejections.set(key, { promise, reason });
      return;
    }
    if (isHandled) this.#forgetRejection(key);
    this.free(promise);
    this.free(reason);
  }

  #forgetRejection(key: number): void {
    const rejection = this.#rejections.get(key);
    if (rejection === undefined) return;
    this.#rejections.delete(key);
    this.free(rejection.promise);
    this.free(rejection.reason);
  }

  async #checked(value: Value): Promise<Value> {
    if (value === 0) throw new GuestOutOfMemory();
    if (this.#exports.qjs_is_exception(value) === 0) return value;
    throw new GuestThrew(await this.#takeException());
  }

  async #takeException(): Promise<GuestError> {
    return await this.#describe(this.#exports.qjs_get_exception());
  }

  // A guest can throw anything, and reading what it threw can run guest code.
  async #describe(value: Value): Promise<GuestError> {
    if (this.#exports.qjs_is_object(value) === 0) {
      const message = this.#exports.qjs_is_symbol(value) !== 0
        ? "a symbol"
        : this.#liftText(value);
      return guestError("thrown", message, "");
    }
    const name = await this.#textProperty(value, "name");
    const message = await this.#textProperty(value, "message");
    const stack = await this.#textProperty(value, "stack");
    return guestError(name || "Error", message, stack);
  }

  // Anything but text, also a getter that throws, counts as empty.
  async #textProperty(object: Value, name: string): Promise<string> {
    const [at] = this.#copyText(name);
    const value = await this.#fibers.property(object, at);
    this.#exports.wasm_free(at);
    if (this.#exports.qjs_is_string(value) !== 0) return this.#liftText(value);
    if (this.#exports.qjs_is_exception(value) !== 0) {
      this.free(this.#exports.qjs_get_exception());
    }
    return "";
  }

  #copyArgs(args: Value[]): number {
    const argv = this.#allocate(4 * args.length);
    const view = this.#look();
    args.forEach((value, index) =>
      view.setUint32(argv + 4 * index, value, true)
    );
    return argv;
  }

  #freeArgs(args: Value[], argv: number): void {
    this.#exports.wasm_free(argv);
    for (const value of args) this.free(value);
  }

  #copyText(text: string): [at: number, count: number] {
    const bytes = encoder.encode(text);
    return [this.#copyBytes(bytes, bytes.length + 1), bytes.length];
  }

  // `room` above the length leaves a zero behind, for C.
  #copyBytes(bytes: Uint8Array, room: number): number {
    const at = this.#allocate(room);
    const memory = this.bytes;
    memory.set(bytes, at);
    if (room > bytes.length) memory[at + bytes.length] = 0;
    return at;
  }

  #allocate(bytes: number): number {
    const at = this.#exports.wasm_malloc(Math.max(bytes, 1));
    if (at === 0) throw new GuestOutOfMemory();
    return at;
  }
}

function present(value: Value): Value {
  if (value === 0) throw new GuestOutOfMemory();
  return value;
}

// These end the process; they are not the guest's to catch.
function isOfBridge(thrown: Error): boolean {
  return thrown instanceof GuestOutOfMemory || thrown instanceof GuestStopped;
}
