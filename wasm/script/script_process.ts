/**
 * The body of a process that runs a script: one instance, its calls and its
 * events, until it ends.
 *
 * @module
 */

import type { Context, ExitReason, ProcessBody } from "@rusm/otp";
import { ComponentError } from "../component/canonical/mod.ts";
import { encodeText } from "../host/encoding.ts";
import { optionalText, pureCall, text } from "../host/pure.ts";
import { LARGE_VALUE_LENGTH } from "../limits.ts";
import { type GuestMessage, type GuestRequest, isRequest } from "../message.ts";
import type { RunQueue } from "../run_queue.ts";
import { CpuBudget } from "./cpu_budget.ts";
import { exceeded, exitReason } from "./exit_reasons.ts";
import type { Image } from "./image.ts";
import { LogBudget } from "./log_budget.ts";
import type { MailListener } from "./mail.ts";
import { libraryCode } from "./libraries.ts";
import {
  Operations,
  type OperationsListener,
  type Settled,
} from "./operations.ts";
import { type HostValue, OPS } from "./ops.ts";
import {
  type GuestError,
  guestError,
  GuestOutOfMemory,
  GuestStopped,
  GuestThrew,
} from "./guest_error.ts";
import { PROCESS_OPS, type ProcessOp } from "./process_ops.ts";
import { type ExchangeListener, ScriptExchange } from "./script_exchange.ts";
import { ScriptGuest, type ScriptGuestParts } from "./script_guest.ts";
import type { Bridge, Vm } from "./vm.ts";
import { Decoders } from "./web/decoders.ts";
import type { VmPool } from "./vm_pool.ts";

/** What a process calls first: `handle` answers one request, `run` calls the default export. */
export type Entry = "handle" | "run";

/** All that a script process is made from. */
export interface ScriptOptions extends ScriptGuestParts {
  /** Image of the component. */
  readonly image: Image;
  /** Instances of it. */
  readonly pool: VmPool;
  /** What it calls first. */
  readonly entry: Entry;
  /** What it answers; the first request that it is sent when absent. */
  readonly request?: GuestRequest | undefined;
  /** Who runs on this scheduler. */
  readonly runQueue: RunQueue;
}

/** One call into the guest. */
type Call = (vm: Vm) => Promise<unknown>;

/**
 * A process that runs a script.
 *
 * Invariant: at most one call into the instance is under way; others wait in
 * the order of their events.
 */
export class ScriptProcess
  implements
    ProcessBody<GuestMessage>,
    Bridge,
    OperationsListener,
    MailListener,
    ExchangeListener {
  readonly #options: ScriptOptions;
  readonly #budget: CpuBudget;
  readonly #log: LogBudget;
  // Both from its start to its end.
  #guest: ScriptGuest | undefined;
  #operations: Operations | undefined;
  readonly #decoders = new Decoders();
  #outcome: ExitReason | undefined;
  #isStopped = false;
  // The instance, from the first call to the end.
  #vm: Vm | undefined;
  // Whether this process has its turn in the run queue.
  #isEntered = false;
  #calls: Call[] = [];
  #wake: (() => void) | undefined;
  // Ends the wait of a guest that was stopped.
  #abandon: (() => void) | undefined;

  /** A process that has not started. */
  constructor(options: ScriptOptions) {
    this.#options = options;
    this.#budget = new CpuBudget(options.capability.cpuMsMax);
    this.#log = new LogBudget(options.log);
  }

  async start(self: Context<GuestMessage>): Promise<void> {
    this.#guest = new ScriptGuest(self, this.#options, this);
    this.#operations = new Operations(this.#guest, this);
    const call = await this.#firstCall(self);
    try {
      await this.#live(call);
    } finally {
      this.#forget();
      if (this.#vm !== undefined) this.#options.pool.give(this.#vm);
      this.#leave();
    }
    if (this.#outcome !== "normal") self.exit(this.#outcome ?? "killed");
  }

  stop(): void {
    this.#isStopped = true;
    this.#forget();
    this.#wake?.();
    this.#abandon?.();
  }

  // Undefined when it has not started.
  #forget(): void {
    this.#operations?.cancelAll();
    this.#guest?.close();
  }

  async #firstCall(self: Context<GuestMessage>): Promise<Call> {
    const { entry, image } = this.#options;
    if (entry === "run") return (vm) => vm.call(image.entry.run);
    const request = this.#options.request ??
      await self.receive({ match: isRequest });
    this.#guest!.exchange = new ScriptExchange(self.runtime, request, this);
    const { head, body, isStreamed } = request;
    return (vm) => {
      const args = [head, body, isStreamed ? 1 : 0].map((arg) => vm.lower(arg));
      return vm.call(image.entry.handle, ...args);
    };
  }

  // Leaves the run queue while it waits. Ends with its turn, so that the
  // instance is given back before the next guest takes one.
  async #live(first: Call): Promise<void> {
    for (let call: Call | undefined = first; call !== undefined;) {
      await this.#enter();
      if (this.#isOver()) return;
      this.#vm ??= this.#options.pool.take(this);
      await this.#step(this.#vm, call);
      if (this.#isOver()) return;
      this.#leave();
      call = this.#calls.shift() ?? await this.#wait();
    }
  }

  #enter(): Promise<void> {
    return this.#begin(this.#options.runQueue.enter());
  }

  async #begin(entered: Promise<void>): Promise<void> {
    await entered;
    this.#isEntered = true;
    this.#budget.resume();
  }

  #leave(): void {
    if (!this.#isEntered) return;
    this.#isEntered = false;
    this.#budget.pause();
    this.#options.runQueue.leave();
  }

  #isOver(): boolean {
    return this.#outcome !== undefined || this.#isStopped;
  }

  async #step(vm: Vm, call: Call): Promise<void> {
    try {
      await call(vm);
      const rejection = await vm.unhandledRejection();
      if (rejection !== undefined) this.#reject(rejection);
    } catch (thrown) {
      // The guest boundary: what a guest throws ends its process, no more.
      this.#fail(thrown);
    }
  }

  #fail(thrown: unknown): void {
    if (this.#isOver()) return;
    if (thrown instanceof GuestOutOfMemory) return this.#exceed("memory");
    if (thrown instanceof GuestThrew) return this.#crash(thrown.error);
    throw thrown;
  }

  // Also what seemed to end well has crashed then, as a program of Deno has.
  #reject(rejection: GuestError): void {
    if (this.#outcome === "normal") this.#outcome = undefined;
    this.#crash(rejection);
  }

  #crash({ name, message, stack }: GuestError): void {
    if (name === "InternalError" && message === "out of memory") {
      return this.#exceed("memory");
    }
    this.#outcome ??= { type: "crashed", name, message, stack };
  }

  #exceed(limit: "cpu" | "memory"): void {
    this.#outcome ??= exceeded(limit, this.#options.capability);
  }

  async #wait(): Promise<Call | undefined> {
    if (!this.#mayGoOn()) {
      this.#crash({
        name: "Error",
        message: "Cannot go on: the function awaits what nothing will settle",
        stack: "",
      });
      return undefined;
    }
    this.#waited();
    await new Promise<void>((resolve) => this.#wake = resolve);
    this.#wake = undefined;
    return this.#isOver() ? undefined : this.#calls.shift();
  }

  #mayGoOn(): boolean {
    return this.#operations!.count > 0 ||
      this.#guest!.exchange?.isReplying === true;
  }

  // A process that has waited let others run: its allowances are new.
  #waited(): void {
    this.#budget.renew();
    this.#log.renew();
  }

  settled(id: number, { errorName, head, bytes }: Settled): void {
    const { settle } = this.#options.image.entry;
    this.#notify((vm) => {
      const args = [id, errorName, head, bytes].map((arg) => vm.lower(arg));
      return vm.call(settle, ...args);
    });
  }

  fired(id: number): void {
    const { fire } = this.#options.image.entry;
    this.#notify((vm) => vm.call(fire, vm.lower(id)));
  }

  clientGone(watcher: number): void {
    this.settled(watcher, { errorName: null, head: null, bytes: null });
  }

  mailCame(id: number): void {
    const { settle } = this.#options.image.entry;
    this.#notify(async (vm) => {
      const taken = this.#guest!.mail.take(id);
      const message = taken instanceof Promise
        ? await this.#suspend(taken, false)
        : taken;
      if (message === undefined) return;
      this.#operations!.ended(id);
      const text = objectText(message);
      const args = text === undefined
        ? [id, null, null, message]
        : [id, null, text];
      await vm.call(settle, ...args.map((arg) => vm.lower(arg)));
    });
  }

  get unheard(): number {
    return this.#calls.length;
  }

  #notify(call: Call): void {
    this.#calls.push(call);
    this.#wake?.();
  }

  interrupt(): boolean | Promise<boolean> {
    if (this.#isOver()) return true;
    if (this.#budget.isSpent()) {
      this.#exceed("cpu");
      return true;
    }
    if (!this.#budget.isSliceOver()) return false;
    return this.#yield();
  }

  async #yield(): Promise<boolean> {
    const { host } = this.#guest!.self.runtime;
    this.#isEntered = false;
    this.#budget.pause();
    const { runQueue } = this.#options;
    await this.#begin(
      runQueue.preempt((callback) => host.macrotask(callback)),
    );
    return this.#isStopped;
  }

  call(op: number, args: HostValue[]): HostValue | Promise<HostValue> {
    // It would get what is closed already.
    if (this.#isStopped) throw new GuestStopped();
    try {
      const value = this.#call(op, args);
      if (value instanceof Promise) return this.#told(value);
      // A library is awaited by nobody.
      const isStep = op !== OPS.loadLibrary &&
        (isLarge(value) || args.some(isLarge));
      return isStep ? this.#afterwards(value) : value;
    } catch (thrown) {
      // Not swallowed: it goes on in the guest.
      return tell(thrown);
    }
  }

  // It is a step of some milliseconds for each mebibyte, and the guest is not
  // interrupted before hundreds of steps.
  #afterwards(value: HostValue): HostValue | Promise<HostValue> {
    if (!this.#budget.isSliceOver()) return value;
    return this.#yield().then((isStopped) => {
      if (isStopped) throw new GuestStopped();
      return value;
    });
  }

  async #told(value: Promise<HostValue>): Promise<HostValue> {
    try {
      return await value;
    } catch (thrown) {
      // As above.
      return tell(thrown);
    }
  }

  #call(op: number, args: HostValue[]): HostValue | Promise<HostValue> {
    switch (op) {
      case OPS.reply:
        return this.#reply(text(args[0]), args[1]);
      case OPS.done:
        this.#outcome ??= "normal";
        return undefined;
      case OPS.fail:
        this.#crash(guestError(text(args[0]), text(args[1]), text(args[2])));
        return undefined;
      case OPS.exit:
        return this.#exit(optionalText(args[0]));
      case OPS.log:
        return this.#log.write(Number(args[0]), text(args[1]));
      case OPS.loadLibrary:
        return libraryCode(this.#options.image.libraries, text(args[0]));
      case OPS.decoderOpen:
      case OPS.decodeChunk:
      case OPS.decoderClose:
        return this.#decoders.call(op, args);
      case OPS.receive:
        return this.#receive(Number(args[0]), args[1] === 1);
    }
    if (this.#operations!.call(op, args)) return undefined;
    const processOp = PROCESS_OPS.get(op);
    if (processOp !== undefined) return this.#ask(processOp, args);
    const answer = pureCall(op, args);
    if (answer.isPure) return answer.value;
    throw new TypeError(`Cannot do an unknown operation: ${op}`);
  }

  #ask(op: ProcessOp, args: HostValue[]): HostValue | Promise<HostValue> {
    const value = op(this.#guest!, args);
    return value instanceof Promise ? this.#suspend(value, true) : value;
  }

  #reply(head: string, body: HostValue): undefined {
    if (this.#isOver()) return;
    this.#guest!.exchange?.reply({
      type: "reply",
      head,
      body: typeof body === "string"
        ? encodeText(body)
        : body instanceof Uint8Array
        ? body
        : null,
    });
  }

  answered(): void {
    this.#outcome ??= "normal";
    this.#wake?.();
  }

  #exit(reason = "normal"): never {
    this.#outcome ??= exitReason(reason);
    throw new GuestStopped();
  }

  #receive(ms: number, asText: boolean): HostValue | Promise<HostValue> {
    // A process that is over would wait here for ever, alive to all others.
    if (this.#isOver()) throw new GuestStopped();
    const timeoutMs = ms < 0 ? undefined : ms;
    const message = this.#guest!.receive(timeoutMs);
    // Who only looks does not wait, and could look for ever.
    const isFree = ms !== 0;
    if (message instanceof Promise) {
      return this.#suspend(message, isFree).then((taken) =>
        received(taken, asText)
      );
    }
    // Under load there is always a message, and it would have waited.
    if (isFree) this.#waitedNow();
    return received(message, asText);
  }

  #waitedNow(): void {
    this.#budget.pause();
    this.#waited();
    this.#budget.resume();
  }

  // Leaves the run queue while the guest, or a call that is about to begin,
  // waits. What a process waits for that has ended might never come.
  async #suspend<Value>(
    value: Promise<Value>,
    isFree: boolean,
  ): Promise<Value> {
    this.#leave();
    if (isFree) this.#waited();
    await this.#settled(value);
    if (this.#isStopped) throw new GuestStopped();
    await this.#enter();
    if (this.#isStopped) throw new GuestStopped();
    return await value;
  }

  #settled<Value>(value: Promise<Value>): Promise<void> {
    return new Promise((resolve) => {
      this.#abandon = resolve;
      value.then(() => resolve(), () => resolve());
    });
  }
}

function received(message: Uint8Array | undefined, asText: boolean): HostValue {
  if (message === undefined) return null;
  return asText ? decoder.decode(message) : message;
}

function isLarge(value: HostValue): boolean {
  return (value instanceof Uint8Array || typeof value === "string") &&
    value.length >= LARGE_VALUE_LENGTH;
}

const OBJECT_BEGIN = 0x7b;
const decoder = new TextDecoder();
const strictDecoder = new TextDecoder("utf-8", { fatal: true });

// What the calls of guests are made of. Who needs bytes makes the same of it:
// it is well-formed, and begins with no byte order mark.
function objectText(message: Uint8Array): string | undefined {
  if (message[0] !== OBJECT_BEGIN) return undefined;
  try {
    return strictDecoder.decode(message);
  } catch {
    // This is how one learns that it is no UTF-8.
    return undefined;
  }
}

// What a function of the host answers with, as an error of the guest.
function tell(thrown: unknown): never {
  throw thrown instanceof ComponentError
    ? new Error(String(thrown.payload))
    : thrown;
}
