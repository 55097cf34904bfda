/**
 * The body of a process that runs a core module: one instance, and one call of
 * an export of it, or one for each message.
 *
 * @module
 */

import {
  type Context,
  crashOf,
  type ExitReason,
  LATER,
  type ProcessBody,
  TIMEOUT,
} from "@rusm/otp";
import type { Capability } from "../capability.ts";
import type { Cost, Sitting } from "../ceilings.ts";
import { bytesOf, type GuestMessage } from "../message.ts";
import { isTextMessage, noteTaken } from "../node/client_frames.ts";
import type { Entrant } from "../run_queue.ts";
import { ProcessExit, type Wasip1State } from "../wasi/p1.ts";
import { GuestStopped } from "../script/guest_error.ts";
import { claimName } from "./claim_name.ts";
import { type Command, NO_COMMAND, wasip1Of } from "./command.ts";
import {
  type CoreParts,
  type CoreStart,
  SERVICE_ENTRY,
  SERVICE_EXPORT,
} from "./core_parts.ts";
import { eventLoopTurn } from "./event_loop.ts";
import { addGuest, forgetGuest, type LocalGuest } from "./guests.ts";
import type { Hibernated } from "./hibernation.ts";
import { FIBER_COST } from "./instance_pool.ts";
import type { ProcessInstance } from "./process_pool.ts";
import { type Receiver, Reception } from "./reception.ts";
import type { Delivery, Guest } from "./slot.ts";
import type { Log } from "./stdio.ts";
import { GuestStreams } from "./streams.ts";
import { Turn } from "./turn.ts";
import { causeOf } from "./uncatchable.ts";

const NOW = Promise.resolve();

/**
 * A process that runs a core module.
 *
 * Invariant: a call into the instance is under way, or it is taken, given back
 * or saved, only while the process has its turn, or sits between two messages.
 */
export class CoreProcess
  implements
    ProcessBody<GuestMessage>,
    Guest,
    LocalGuest,
    Receiver,
    Sitting,
    Entrant {
  readonly #parts: CoreParts;
  readonly #start: CoreStart;
  readonly #turn: Turn;
  #self: Context<GuestMessage> | undefined;
  #outcome: ExitReason | undefined;
  #isStopped = false;
  #isWaiting = false;
  // Ends the wait of a guest that was stopped.
  #abandon: (() => void) | undefined;
  #reception: Reception | undefined;
  #instance: ProcessInstance | undefined;
  #hasFiber = false;
  // The state of a service without an instance.
  #saved: Hibernated | undefined;
  // What a service was called for.
  #held: Uint8Array | undefined;
  #streams: GuestStreams | undefined;
  #wasip1: Wasip1State | undefined;
  #command: Command | undefined;
  isTextLast = false;

  /** A process that has not started. */
  constructor(parts: CoreParts, start: CoreStart) {
    this.#parts = parts;
    this.#start = start;
    this.#turn = new Turn(parts);
  }

  get capability(): Capability {
    return this.#parts.capability;
  }

  get self(): Context<GuestMessage> {
    return this.#self!;
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  get streams(): GuestStreams {
    this.#streams ??= new GuestStreams(this.self);
    return this.#streams;
  }

  get command(): Command {
    this.#command ??= this.#start.command?.() ?? NO_COMMAND;
    return this.#command;
  }

  get log(): Log {
    return this.#start.log ?? (() => {});
  }

  get wasip1(): Wasip1State {
    this.#wasip1 ??= wasip1Of(this.self, this.capability, this.command);
    return this.#wasip1;
  }

  start(self: Context<GuestMessage>): typeof LATER {
    this.#self = self;
    addGuest(this);
    if (this.#turn.tryEnter()) this.#run();
    else this.#turn.enterBy(this);
    return LATER;
  }

  /** Begins its first turn. */
  enter(): void {
    this.#turn.begin();
    // Whose turn has just ended still stands on this stack.
    NOW.then(() => this.#run());
  }

  // No asynchronous function, and no scope: all that waits with a guest is the
  // promise of its end, and two bound functions.
  #run(): void {
    try {
      const ended = this.#tryTake() ? this.#play() : this.#playLater();
      ended.then(this.#end.bind(this), this.#endBy.bind(this));
    } catch (thrown) {
      this.#endBy(thrown);
    }
  }

  #play(): Promise<unknown> {
    const { entry, invoke } = this.#start;
    if (invoke !== undefined) return invoke(this.#instance!);
    if (entry === SERVICE_ENTRY) return this.#serve();
    const begun = this.#begin(entry);
    return begun === undefined
      ? this.#instance!.call(entry)
      : begun.then(() => this.#instance!.call(entry));
  }

  async #playLater(): Promise<void> {
    await this.#take();
    await this.#play();
  }

  // The guest boundary: what a guest throws ends its process, no more.
  #endBy(thrown: unknown): void {
    if (!this.#isStopped) this.#fail(thrown);
    this.#end();
  }

  // The turn ends last, so that the instance is there for the next guest.
  #end(): void {
    try {
      this.#wasip1?.close();
      this.#command?.stdio.flush?.();
      if (this.#instance !== undefined) this.#parts.pool.give(this.#instance);
    } catch (thrown) {
      // Of what is its own too: others must get their turn.
      this.#outcome ??= crashOf(thrown);
    }
    this.#releaseFiber();
    this.#turn.leave();
    this.#forget();
    this.self.end(this.#outcome ?? "normal");
  }

  #forget(): void {
    forgetGuest(this);
    this.#streams?.closeAll();
  }

  #fail(thrown: unknown): void {
    const cause = causeOf(thrown);
    if (cause instanceof ProcessExit) {
      if (cause.code === 0) return;
      const payload = { exitCode: cause.code };
      this.#outcome ??= { type: "exit", payload };
    } else this.#outcome ??= this.#crashOf(cause);
  }

  #crashOf(thrown: unknown): ExitReason {
    const { pid } = this.self;
    const instance = this.#instance;
    const report = this.#start.crashOf;
    return report?.({ thrown, pid, instance }) ?? crashOf(thrown);
  }

  #tryTake(): boolean {
    if (this.#isStopped) throw new GuestStopped();
    const admitted = this.#parts.pool.tryAdmit();
    if (admitted !== undefined) this.#takeAdmitted(admitted);
    return admitted !== undefined;
  }

  // Others have their turn while it waits for what the machine does not have.
  async #take(): Promise<void> {
    this.#turn.leave();
    const admitted = await this.#parts.pool.admit();
    await this.#turn.enter();
    if (admitted === undefined) throw this.#exceeded();
    this.#takeAdmitted(admitted);
  }

  #takeAdmitted(admitted: Cost): void {
    this.#hasFiber = true;
    try {
      this.#instance = this.#parts.pool.take(this, admitted);
      if (this.#saved !== undefined) this.#instance.wake(this.#saved);
      this.#saved = undefined;
    } catch (error) {
      // So V8 says that there are no more addresses.
      throw error instanceof RangeError ? this.#exceeded() : error;
    }
    if (this.#isStopped) throw new GuestStopped();
  }

  #exceeded(): GuestStopped {
    this.#outcome ??= {
      type: "limit",
      limit: "system",
      message: "Used more of the machine than all guests together may",
    };
    return new GuestStopped();
  }

  #releaseFiber(): void {
    if (this.#hasFiber) this.#parts.pool.ceilings.releaseFiber();
    this.#hasFiber = false;
  }

  // Most modules have no start function, and then there is nothing to wait for.
  #begin(entry: string): Promise<void> | undefined {
    const instance = this.#instance!;
    if (!instance.has(entry)) {
      throw new TypeError(
        `Cannot find an exported function without parameters: ${entry}`,
      );
    }
    const { startExport } = instance;
    return startExport === undefined ? undefined : this.#callStart(startExport);
  }

  async #callStart(startExport: string): Promise<void> {
    await this.#instance!.call(startExport);
    if (this.#isStopped) throw new GuestStopped();
  }

  async #serve(): Promise<void> {
    await this.#begin(SERVICE_EXPORT);
    for (let isOver = false; !isOver;) {
      this.#held = await this.#nextMessage();
      isOver = await this.#instance!.call(SERVICE_EXPORT) !== 0;
      this.#held = undefined;
    }
  }

  async #nextMessage(): Promise<Uint8Array> {
    if (this.#isStopped || !this.#countMemory()) throw new GuestStopped();
    const reception = this.#receptionOf();
    const message = this.self.receiveBy(reception.take);
    if (message !== LATER) return this.#bytesOf(message);
    this.#sit();
    try {
      return await this.#wait(reception, AS_IS);
    } finally {
      await this.#rise();
    }
  }

  #sit(): void {
    const { pool, alwaysHibernates } = this.#parts;
    this.#releaseFiber();
    if (!pool.isHibernatable) return;
    if (alwaysHibernates || pool.ceilings.isNear) this.giveBack();
    else pool.ceilings.sit(this);
  }

  giveBack(): void {
    const { pool } = this.#parts;
    this.#saved = pool.hibernate(this.#instance!);
    if (this.#saved !== undefined) this.#instance = undefined;
  }

  async #rise(): Promise<void> {
    const { pool: { ceilings, isHibernatable } } = this.#parts;
    if (isHibernatable) ceilings.rise(this);
    if (this.#isStopped) return;
    if (this.#saved !== undefined) {
      if (!this.#tryTake()) await this.#take();
      return;
    }
    this.#hasFiber = ceilings.tryReserve(FIBER_COST);
    if (!this.#hasFiber) await this.#reserveFiber();
  }

  async #reserveFiber(): Promise<void> {
    this.#turn.leave();
    const { ceilings } = this.#parts.pool;
    this.#hasFiber = await ceilings.reserve(() => FIBER_COST) !== undefined;
    await this.#turn.enter();
    if (!this.#hasFiber) throw this.#exceeded();
  }

  stop(): void {
    this.#isStopped = true;
    // Undefined when it has not started.
    if (this.#self !== undefined) this.#forget();
    this.#abandon?.();
    this.#reception?.abandon();
  }

  overrun(): number | Promise<number> {
    if (!this.#mayGoOn(this.#turn.excess)) return 1;
    if (!this.#turn.isOver) return 0;
    return this.#countMemory() ? this.#yield() : 1;
  }

  overrunBelow(): number {
    return Number(
      !this.#mayGoOn(this.#turn.excessBelow) || !this.#countMemory(),
    );
  }

  #mayGoOn(excess: ExitReason | undefined): boolean {
    if (!this.#isStopped) this.#outcome ??= excess;
    return !this.#isStopped && excess === undefined;
  }

  // A guest asks nobody before its memory grows.
  #countMemory(): boolean {
    const instance = this.#instance;
    if (instance === undefined) return true;
    const counted = this.#parts.pool.count(instance);
    if (counted === true) return true;
    if (counted === "memory") {
      const { memoryBytesMax } = this.capability;
      const message = `Used more than ${memoryBytesMax} bytes of memory`;
      this.#outcome ??= { type: "limit", limit: "memory", message };
    } else this.#exceeded();
    return false;
  }

  async #yield(): Promise<number> {
    const { runtime } = this.self;
    await this.#turn.preempt((callback) => eventLoopTurn(runtime, callback));
    return Number(this.#isStopped);
  }

  receive(
    timeoutMs: number | undefined,
  ): Uint8Array | undefined | Promise<Uint8Array | undefined> {
    if (timeoutMs === undefined) return this.receiveInto(AS_IS);
    if (this.#isStopped) throw new GuestStopped();
    return this.#takeHeld() ?? this.#receiveWithin(timeoutMs);
  }

  receiveInto<Value>(delivery: Delivery<Value>): Value | Promise<Value> {
    if (this.#isStopped) throw new GuestStopped();
    const held = this.#takeHeld();
    if (held !== undefined) return delivery.give(held);
    if (!this.#countMemory()) throw new GuestStopped();
    const reception = this.#receptionOf();
    const message = this.self.receiveBy(reception.take);
    if (message === LATER) return this.#wait(reception, delivery);
    // Under load there is always a message, and it would have waited.
    this.#turn.renewNow();
    return delivery.give(this.#bytesOf(message));
  }

  #bytesOf(message: GuestMessage): Uint8Array {
    // Most messages are.
    if (message instanceof Uint8Array) {
      this.isTextLast = false;
      return message;
    }
    this.isTextLast = isTextMessage(message);
    noteTaken(this.self, message);
    return bytesOf(message);
  }

  #takeHeld(): Uint8Array | undefined {
    const held = this.#held;
    this.#held = undefined;
    return held;
  }

  #receptionOf(): Reception {
    this.#reception ??= new Reception(this, this.#parts.runQueue);
    return this.#reception;
  }

  #wait<Value>(
    reception: Reception,
    delivery: Delivery<Value>,
  ): Promise<Value> {
    const given = reception.wait(delivery);
    this.#turn.leave();
    // A process that has waited let others run: its allowance is new.
    this.#turn.renew();
    return given;
  }

  resume(message: GuestMessage | undefined): Uint8Array {
    this.#turn.begin();
    if (this.#isStopped || message === undefined) throw new GuestStopped();
    return this.#bytesOf(message);
  }

  async #receiveWithin(timeoutMs: number): Promise<Uint8Array | undefined> {
    // Who only looks does not wait, and could look for ever.
    const message = await this.wait(
      this.self.receive({ timeoutMs }),
      timeoutMs !== 0,
    );
    return message === TIMEOUT ? undefined : this.#bytesOf(message);
  }

  next(
    timeoutMs: number | undefined,
  ): Uint8Array | undefined | Promise<Uint8Array | undefined> {
    const message = timeoutMs === undefined
      ? this.self.receive()
      : this.self.receive({ timeoutMs });
    if (message instanceof Promise) return this.#takenLater(message);
    // Under load there is always a message, and it would have waited.
    const isWait = timeoutMs !== 0 && !this.#isWaiting;
    if (isWait) this.#turn.renewNow();
    return this.#bytesOf(message);
  }

  async #takenLater(
    message: Promise<GuestMessage | typeof TIMEOUT>,
  ): Promise<Uint8Array | undefined> {
    const received = await message;
    return received === TIMEOUT ? undefined : this.#bytesOf(received);
  }

  register(name: string): boolean | Promise<boolean> {
    if (this.#isStopped) throw new GuestStopped();
    const isRegistered = this.claim(name);
    return isRegistered instanceof Promise
      ? this.wait(isRegistered)
      : isRegistered;
  }

  claim(name: string): boolean | Promise<boolean> {
    return claimName(this.#parts.names, this.self, name);
  }

  async wait<Value>(value: Promise<Value>, isFree = true): Promise<Value> {
    if (!this.#countMemory()) {
      // Nobody else looks at what becomes of it.
      value.catch(() => {});
      throw new GuestStopped();
    }
    this.#turn.leave();
    this.#isWaiting = true;
    // A process that has waited let others run: its allowance is new.
    if (isFree) this.#turn.renew();
    await this.#settled(value);
    if (!this.#turn.tryEnter()) await this.#turn.enter();
    this.#isWaiting = false;
    if (this.#isStopped) throw new GuestStopped();
    return await value;
  }

  // What a process waits for that has ended would never come.
  #settled<Value>(value: Promise<Value>): Promise<void> {
    return new Promise((resolve) => {
      this.#abandon = resolve;
      value.then(() => resolve(), () => resolve());
      if (this.#isStopped) resolve();
    });
  }
}

const AS_IS: Delivery<Uint8Array> = { give: (message) => message };
