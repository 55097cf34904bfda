/**
 * The body of a process that runs a component of preview 3, in a thread of its
 * own: nothing else runs there, and the glue goes with it.
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
import type { Capability } from "../../capability.ts";
import type { Ceilings } from "../../ceilings.ts";
import { type Command, NO_COMMAND } from "../../core/command.ts";
import { reasonOf } from "../../core/crash_report.ts";
import { addGuest, forgetGuest, type LocalGuest } from "../../core/guests.ts";
import type { Log } from "../../core/stdio.ts";
import { GuestStreams } from "../../core/streams.ts";
import { causeOf } from "../../core/uncatchable.ts";
import type { Epoch } from "../../epoch.ts";
import { bytesOf, type GuestMessage } from "../../message.ts";
import type { NameService } from "../../name_replica.ts";
import { GuestStopped } from "../../script/guest_error.ts";
import { ProcessExit } from "../../wasi/errors.ts";
import { ComponentError } from "../canonical/mod.ts";
import type { HostState } from "../host.ts";
import { GuestStates } from "../guest_states.ts";
import { Budget } from "./budget.ts";
import { type Callee, calleeOf, errorOf } from "./callee.ts";
import type { GlueModule } from "./glue_text.ts";
import { type GlueGuest, HostImports } from "./host_imports.ts";
import { PREVIEW3_REGISTRY } from "./hosts.ts";
import { HEAP_BYTES_MAX } from "./limits.ts";
import { Machine } from "./machine.ts";
import type { PreparedGlue } from "./prepare.ts";

/** What the processes of one component have in common. */
export interface GlueParts {
  /** The component. */
  readonly prepared: PreparedGlue;
  /** What it is called, for stacks. */
  readonly name: string;
  /** What it may do. */
  readonly capability: Capability;
  /** The clock that its time is measured by. */
  readonly epoch: Epoch;
  /** What all guests together may take. */
  readonly ceilings: Ceilings;
  /** Who gives names. */
  readonly names: NameService;
  /** Takes what others have sent, while the guest keeps the thread. */
  readonly takeMail: () => void;
}

/** What is one process's own. */
export interface GlueStart {
  /** The exported function that it runs. */
  readonly entry: string;
  /** Makes what it was started with, when it first asks. */
  readonly command: () => Command;
  /** Takes what it logs. */
  readonly log: Log;
}

/** A process that runs a component by its glue. */
export class GlueProcess
  implements ProcessBody<GuestMessage>, GlueGuest, LocalGuest {
  readonly #parts: GlueParts;
  readonly #start: GlueStart;
  readonly #budget: Budget;
  readonly #states = new GuestStates(this);
  readonly #failed = Promise.withResolvers<never>();
  readonly #machine: Machine;
  #self: Context<GuestMessage> | undefined;
  #outcome: ExitReason | undefined;
  #isStopped = false;
  #streams: GuestStreams | undefined;
  #command: Command | undefined;

  /** A process that has not started. */
  constructor(parts: GlueParts, start: GlueStart) {
    const { prepared: { modules }, epoch, ceilings, capability } = parts;
    this.#parts = parts;
    this.#start = start;
    this.#budget = new Budget(epoch, capability);
    this.#machine = new Machine({
      ...{ modules, ceilings, epoch: epoch.memory },
      overrun: () => this.#overrun(),
      exceeded: () => this.#exceeded(),
    });
    // It may fail before anybody looks.
    this.#failed.promise.catch(() => {});
  }

  get self(): Context<GuestMessage> {
    return this.#self!;
  }

  get capability(): Capability {
    return this.#parts.capability;
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  get command(): Command {
    this.#command ??= this.#start.command() ?? NO_COMMAND;
    return this.#command;
  }

  get log(): Log {
    return this.#start.log;
  }

  get streams(): GuestStreams {
    this.#streams ??= new GuestStreams(this.self);
    return this.#streams;
  }

  start(self: Context<GuestMessage>): typeof LATER {
    this.#self = self;
    addGuest(this);
    globalThis.addEventListener("unhandledrejection", this.#heed);
    globalThis.addEventListener("error", this.#heed);
    this.#run().then(() => this.#end(), (thrown) => this.#endBy(thrown));
    return LATER;
  }

  async #run(): Promise<void> {
    const callee = await Promise.race([
      this.#instantiate(),
      this.#failed.promise,
    ]);
    if (this.#isStopped) throw new GuestStopped();
    const answered = this.#call(callee);
    await Promise.race([answered, this.#failed.promise]);
  }

  async #instantiate(): Promise<Callee> {
    const { prepared } = this.#parts;
    const machine = this.#machine;
    const { instantiate } = (await importGlue(prepared.text))(
      machine.scope,
    );
    const imports = new HostImports(this, PREVIEW3_REGISTRY);
    const exports = await instantiate(
      (file) => machine.moduleOf(file),
      imports.all(prepared.imports),
      machine.instantiate,
    );
    return calleeOf(exports, prepared.exports, this.#start.entry);
  }

  async #call({ call, isResult }: Callee): Promise<void> {
    try {
      await call();
    } catch (thrown) {
      throw isResult ? errorOf(thrown) : thrown;
    }
  }

  // Glue has promises and timers of its own, with which nobody waits. What
  // becomes of them would end the thread, and not tell why.
  readonly #heed = (event: Event): void => {
    event.preventDefault();
    const { reason, error } = event as PromiseRejectionEvent & ErrorEvent;
    this.fail(reason ?? error);
  };

  fail(thrown: unknown): void {
    this.#failed.reject(thrown);
  }

  // The guest boundary: what a guest throws ends its process, no more.
  #endBy(thrown: unknown): void {
    if (!this.#isStopped) this.#outcome ??= this.#reasonOf(causeOf(thrown));
    this.#end();
  }

  #reasonOf(thrown: unknown): ExitReason {
    if (thrown instanceof ProcessExit) {
      if (thrown.code === 0) return "normal";
      return { type: "exit", payload: { exitCode: thrown.code } };
    }
    const isFailed = thrown instanceof ComponentError &&
      thrown.payload === undefined;
    // That is what a command answers that has failed.
    return isFailed
      ? { type: "exit", payload: { exitCode: 1 } }
      : reasonOf(thrown, this.#parts.name, {});
  }

  #end(): void {
    if (this.#isStopped) return;
    this.#close();
    this.self.end(this.#outcome ?? "normal");
  }

  stop(): void {
    if (this.#isStopped) return;
    this.#close();
    this.fail(new GuestStopped());
  }

  #close(): void {
    this.#isStopped = true;
    this.#machine.release();
    if (this.#self === undefined) return;
    this.#states.close();
    try {
      this.#command?.stdio.flush?.();
    } catch (thrown) {
      // Of what is its own too: how it ended is told all the same.
      this.#outcome ??= crashOf(thrown);
    }
    forgetGuest(this);
    this.#streams?.closeAll();
  }

  // It cannot be suspended: other tasks of the guest would run meanwhile, in
  // the middle of this one. So the thread looks about it here.
  #overrun(): number {
    this.#parts.takeMail();
    if (this.#isStopped || this.#parts.epoch.isHalted) return 1;
    this.#outcome ??= this.#budget.excess ?? this.#excessMemory();
    return Number(this.#outcome !== undefined);
  }

  #excessMemory(): ExitReason | undefined {
    const { memoryBytesMax } = this.capability;
    const { memoryBytes } = this.#machine;
    if (memoryBytes > memoryBytesMax) {
      return memoryLimit(`${memoryBytesMax} bytes of memory`);
    }
    const { heapUsed, external } = Deno.memoryUsage();
    return heapUsed + external > HEAP_BYTES_MAX + memoryBytes
      ? memoryLimit(`${HEAP_BYTES_MAX} bytes of the heap of its host`)
      : undefined;
  }

  #exceeded(): never {
    this.#outcome ??= {
      type: "limit",
      limit: "system",
      message: "Used more of the machine than it may",
    };
    const stopped = new GuestStopped();
    this.fail(stopped);
    throw stopped;
  }

  async receive(
    timeoutMs: number | undefined,
  ): Promise<Uint8Array | undefined> {
    const message = timeoutMs === undefined
      ? await this.self.receive()
      : await this.self.receive({ timeoutMs });
    return message === TIMEOUT ? undefined : bytesOf(message);
  }

  register(name: string): Promise<boolean> {
    return this.#parts.names.register(name, this.self.pid);
  }

  state<State>(key: HostState<State>): State {
    return this.#states.of(key);
  }
}

function memoryLimit(what: string): ExitReason {
  return { type: "limit", limit: "memory", message: `Used more than ${what}` };
}

async function importGlue(text: string): Promise<GlueModule> {
  const url = URL.createObjectURL(
    new Blob([text], { type: "text/javascript" }),
  );
  try {
    // deno-lint-ignore rusm/boundaries -- the glue of the one process of this thread
    return (await import(url)).default;
  } finally {
    URL.revokeObjectURL(url);
  }
}
