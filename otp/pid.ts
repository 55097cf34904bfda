/**
 * Process identifiers.
 *
 * @module
 */

import { NODES_MAX, SCHEDULERS_MAX, SERIALS_MAX } from "./limits.ts";
import type { Process } from "./process.ts";

const SCHEDULER_BITS = 8n;
const SERIAL_BITS = 46n;

/** The process that `pid` names, when it is alive in this thread. */
export let processOf: (pid: Pid) => Process | undefined;

/** Ties `pid` to its process, or unties it when the process has exited. */
export let bindProcess: (pid: Pid, process: Process | undefined) => void;

/**
 * What `pid` is as the key of a map: pids of the same process have the same. A
 * small number for those of the main thread, which is what most are.
 */
export function keyOf(pid: Pid): number | string {
  const { node, scheduler, serial, alias } = pid;
  return node === 0 && scheduler === 0 && alias === 0 ? serial : String(pid);
}

/**
 * Names one process for the life of its node: never reused, printable, and
 * valid when it is 0.
 *
 * `Pid<Message>` says what the process accepts. A pid that accepts more can
 * stand where less is asked for, so every pid is a `Pid<never>`, which only
 * names.
 *
 * Two objects can name the same process: compare with {@linkcode Pid.equals}.
 *
 * A pid can be an alias, which {@linkcode Context.alias} makes: a message to it
 * arrives only while the alias is active. For all else, such as a link, a
 * monitor, an exit or a name, it stands for its process.
 *
 * @typeParam Message What the process accepts.
 *
 * @see Erlang `pid()`.
 */
export class Pid<in Message = never> {
  /** Index of the node, 0 to 1,023. */
  readonly node: number;
  /** Index of the scheduler on its node, 0 to 255; 0 is the main thread. */
  readonly scheduler: number;
  /** Number of the process on its scheduler, counted from 0. */
  readonly serial: number;
  /** Number of the alias on its scheduler, counted from 1; 0 when it is none. */
  readonly alias: number;

  // The process while it lives in this thread, so that a send needs no look-up.
  #process: Process | undefined;

  /** Never there: it only ties the type to its parameter. */
  declare readonly accepts?: (message: Message) => void;

  /**
   * Names process `serial` of a scheduler, or an alias of it.
   *
   * @throws {RangeError} A part is not an integer, negative, or too large.
   */
  constructor(node: number, scheduler: number, serial: number, alias = 0) {
    this.node = node;
    this.scheduler = scheduler;
    this.serial = serial;
    this.alias = alias;
    if (!(serial >= 0 && serial < SERIALS_MAX && Number.isInteger(serial))) {
      throw new RangeError(`Cannot number a process: ${serial}`);
    }
    if (!(node >= 0 && node < NODES_MAX && Number.isInteger(node))) {
      throw new RangeError(`Cannot number a node: ${node}`);
    }
    if (
      !(scheduler >= 0 && scheduler < SCHEDULERS_MAX &&
        Number.isInteger(scheduler))
    ) {
      throw new RangeError(`Cannot number a scheduler: ${scheduler}`);
    }
    if (!(alias >= 0 && Number.isSafeInteger(alias))) {
      throw new RangeError(`Cannot number an alias: ${alias}`);
    }
  }

  /** Names the process itself: this pid, unless it is an alias. */
  get owner(): Pid {
    if (this.alias === 0) return this;
    return new Pid(this.node, this.scheduler, this.serial);
  }

  /**
   * Reads the u64 that {@linkcode Pid.toBigInt} wrote.
   *
   * @typeParam Message What the caller knows the process to accept; a number does not say.
   * @throws {RangeError} `value` is not an unsigned 64-bit integer.
   *
   * @example
   * ```ts
   * import { Pid } from "@rusm/otp";
   * import { strictEqual } from "node:assert";
   *
   * strictEqual(String(Pid.fromBigInt(5n)), "<0.0.5>");
   * ```
   */
  static fromBigInt<Message = never>(value: bigint): Pid<Message> {
    if (value < 0n || BigInt.asUintN(64, value) !== value) {
      throw new RangeError(`Cannot read a pid that is no u64: ${value}`);
    }
    const schedulerAndNode = value >> SERIAL_BITS;
    return new Pid(
      Number(schedulerAndNode >> SCHEDULER_BITS),
      Number(BigInt.asUintN(Number(SCHEDULER_BITS), schedulerAndNode)),
      Number(BigInt.asUintN(Number(SERIAL_BITS), value)),
    );
  }

  /**
   * The pid as a u64: node, scheduler and serial from the highest bit down, 10, 8 and 46 bits.
   *
   * @throws {RangeError} It is an alias, for which the u64 has no room.
   */
  toBigInt(): bigint {
    if (this.alias !== 0) {
      throw new RangeError(`Cannot write an alias as a u64: ${this}`);
    }
    return this.#toBigInt();
  }

  #toBigInt(): bigint {
    const schedulerAndNode = (BigInt(this.node) << SCHEDULER_BITS) |
      BigInt(this.scheduler);
    return (schedulerAndNode << SERIAL_BITS) | BigInt(this.serial);
  }

  /** Whether `other` names the same process, or is the same alias. */
  equals(other: Pid): boolean {
    return this.serial === other.serial && this.alias === other.alias &&
      this.scheduler === other.scheduler && this.node === other.node;
  }

  /**
   * The u64 as a decimal string, since JSON numbers cannot hold it. An alias
   * adds `#` and its number, and cannot be read back.
   */
  toJSON(): string {
    return `${this.#toBigInt()}${this.#suffix()}`;
  }

  /** `<node.scheduler.serial>`; an alias adds `#` and its number. */
  toString(): string {
    const { node, scheduler, serial } = this;
    return `<${node}.${scheduler}.${serial}>${this.#suffix()}`;
  }

  #suffix(): string {
    return this.alias === 0 ? "" : `#${this.alias}`;
  }

  /** {@linkcode Pid.toString}, for the console of Node and Deno. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }

  static {
    processOf = (pid) => pid.#process;
    bindProcess = (pid, process) => {
      pid.#process = process;
    };
  }
}
