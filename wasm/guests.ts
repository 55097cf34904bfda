/**
 * The components that a scheduler runs processes of.
 *
 * @module
 */

import type { Metadata, ProcessBody } from "@rusm/otp";
import type { Capability } from "./capability.ts";
import { Ceilings, type CeilingsSeed } from "./ceilings.ts";
import type { Command } from "./core/command.ts";
import { CoreProcess } from "./core/core_process.ts";
import {
  type Crashed,
  type Crashing,
  crashReports,
  type TakeDump,
} from "./core/crash_report.ts";
import { InstancePool } from "./core/instance_pool.ts";
import { type Log, loggedStdio, nodeStdio } from "./core/stdio.ts";
import { Epoch } from "./epoch.ts";
import { componentCrashReports } from "./component/crash.ts";
import type { ComponentInstance } from "./component/instance.ts";
import { ComponentPool } from "./component/pool.ts";
import type { PreparedComponent } from "./component/prepare.ts";
import type { PreparedGlue } from "./component/preview3/prepare.ts";
import { GlueProcess } from "./component/preview3/process.ts";
import type { ProcessInstance } from "./core/process_pool.ts";
import { DroppedCount } from "./garbage.ts";
import { environmentGet } from "./host/environment.ts";
import { answering } from "./http/answering.ts";
import type { RequestStart } from "./http/frames.ts";
import { HANDLER_ENTRY } from "./http/handler.ts";
import { UNLOADS_PER_COLLECTION } from "./limits.ts";
import type { GuestMessage, GuestRequest } from "./message.ts";
import type { NameService } from "./name_replica.ts";
import type { Connection, ConnectionInfo } from "./node/connection.ts";
import { RunQueue } from "./run_queue.ts";
import type { Image } from "./script/image.ts";
import { type Entry, ScriptProcess } from "./script/script_process.ts";
import { VmPool } from "./script/vm_pool.ts";
import type { TraceParent } from "./trace/telemetry.ts";
import { FRAMES_MAX } from "./trap/frames.ts";
import type { MakeLink } from "./wasi/files/new_link.ts";

/** What a component consists of. It can be posted to a Worker. */
export type GuestCode = ScriptCode | CoreCode | ComponentCode | Preview3Code;

/** A script, evaluated. */
export interface ScriptCode {
  /** The tag. */
  readonly type: "script";
  /** What its instances begin with. */
  readonly image: Image;
}

/** A core module, rewritten and compiled. */
export interface CoreCode extends WasmCode, Crashing {
  /** The tag. */
  readonly type: "core";
}

/** A component of WASI preview 2, whose modules are rewritten and compiled. */
export interface ComponentCode extends WasmCode {
  /** The tag. */
  readonly type: "component";
  /** The component. */
  readonly component: PreparedComponent;
  /** What it is called. */
  readonly name: string;
}

/** A component of preview 3, with the glue that runs it. */
export interface Preview3Code extends WasmCode {
  /** The tag. */
  readonly type: "preview3";
  /** The component. */
  readonly glue: PreparedGlue;
  /** What it is called. */
  readonly name: string;
}

/** Something that processes run straight. */
interface WasmCode {
  /** Memory of the {@linkcode Epoch} that its processes are preempted by. */
  readonly epoch: WebAssembly.Memory;
  /** Milliseconds between two ticks of it. */
  readonly tickMs: number;
  /** Ticks after which a guest is preempted. */
  readonly sliceTicks: number;
  /** What all guests together may take of the machine. */
  readonly ceilings: CeilingsSeed;
}

/** How a process begins. */
export interface Start {
  /**
   * What it calls first. Of a script: `"run"` is the default export, `"handle"`
   * answers one {@linkcode GuestRequest}. Of a core module: the name of an
   * exported function that takes nothing. Of a component: that too, or
   * `wasi:cli/run#run` and the like; `"run"` is also that of a command.
   */
  readonly entry: string;
  /** Arguments of a command, its name first; none when absent. */
  readonly args?: readonly string[];
  /** Variables of a command, besides those that its profile lets it read. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether a command has the standard streams of the node; else its output is logged. */
  readonly stdio?: boolean;
  /** What it is called in lists and logs, until it says something else; nothing when absent. */
  readonly label?: string;
  /** The connection that it is spawned for; none when absent. */
  readonly connection?: Connection;
  /**
   * What goes with all that it sends and spawns until it receives a message, such
   * as the claims of a request; nothing when absent. It cannot see it.
   */
  readonly metadata?: Metadata | undefined;
  /** The span that it is spawned in; its own is caused by it. None when absent. */
  readonly trace?: TraceParent;
  /** What the `"handle"` of a script answers; the first that it is sent when absent. */
  readonly request?: GuestRequest;
}

/** The same, as it is posted to a Worker. */
export type PostedStart = Omit<Start, "connection" | "request"> & {
  /** What the process may know of its connection. */
  readonly connection?: ConnectionInfo;
  /** What a script answers, or a handler. */
  readonly request?: GuestRequest | RequestStart;
};

/** Who is told what one process does. */
export interface Audience {
  /** Takes what it logs. */
  readonly log: Log;
  /** Takes its core dump. */
  readonly dumped: TakeDump;
  /** Makes the symbolic links that it asks for. */
  readonly makeLink: MakeLink;
}

/** What comes from other threads. */
export interface Mail {
  /** Whether something has come that waits for the event loop. */
  readonly hasMail: () => boolean;
  /** Takes what has come, in the middle of a turn of it. */
  readonly takeMail: () => void;
}

/** Makes the body of one process. */
type Factory = (
  start: PostedStart,
  audience: Audience,
) => ProcessBody<GuestMessage>;

/** A component that is known. */
interface Known {
  /** Makes processes of it. */
  readonly bodyOf: Factory;
  /** Gives back what waits for them. */
  forget(): void;
}

// V8 keeps ten frames of an error otherwise.
Error.stackTraceLimit = FRAMES_MAX;

/** The components of one scheduler, and who of them runs. */
export class Guests {
  readonly #known = new Map<number, Known>();
  readonly #runQueue: RunQueue;
  readonly #names: NameService;
  readonly #takeMail: () => void;
  readonly #dropped = new DroppedCount(UNLOADS_PER_COLLECTION);
  #ceilings: Ceilings | undefined;

  /**
   * No components, whose processes get their names from `names`.
   *
   * @param mail What comes for them.
   */
  constructor(names: NameService, { hasMail, takeMail }: Mail) {
    this.#names = names;
    this.#takeMail = takeMail;
    this.#runQueue = new RunQueue({ hasMail });
  }

  /** Makes a component known under a number. */
  load(component: number, code: GuestCode, capability: Capability): void {
    this.#known.set(component, this.#knownOf(code, capability));
  }

  /** Forgets a component. All its processes have ended. */
  unload(component: number): void {
    this.#known.get(component)?.forget();
    if (this.#known.delete(component)) this.#dropped.add();
  }

  #knownOf(code: GuestCode, capability: Capability): Known {
    const runQueue = this.#runQueue;
    const names = this.#names;
    if (code.type === "script") {
      const { image } = code;
      const pool = new VmPool(image);
      const parts = { image, capability, pool, runQueue, names };
      const bodyOf: Factory = (start, { log }) => {
        // Who spawns was told which there are.
        const entry = start.entry as Entry;
        const request = start.request as GuestRequest | undefined;
        const command = () => commandOf(start, capability, log);
        return new ScriptProcess({ ...parts, entry, request, command, log });
      };
      return { bodyOf, forget() {} };
    }
    const epoch = new Epoch(code.epoch, code.tickMs, code.sliceTicks);
    const ceilings = this.#ceilings ??= new Ceilings(code.ceilings);
    if (code.type === "preview3") {
      const { glue: prepared, name } = code;
      const parts = {
        ...{ prepared, name, capability, epoch, ceilings },
        ...{ names: this.#names, takeMail: this.#takeMail },
      };
      const bodyOf: Factory = (start, { log, makeLink }) => {
        const { entry } = start;
        const command = () => ({
          ...commandOf(start, capability, log),
          makeLink,
        });
        return new GlueProcess(parts, { entry, command, log });
      };
      return { bodyOf, forget() {} };
    }
    const pool = code.type === "core"
      ? new InstancePool(code.module, epoch, ceilings)
      : new ComponentPool(code.component, { capability, epoch, ceilings });
    const reports = code.type === "core"
      ? crashReports(code)
      : componentCrashReports(code.name, code.component.modules);
    const parts = { pool, capability, runQueue, epoch, names };
    const bodyOf: Factory = (start, { log, dumped, makeLink }) => {
      const { entry, request } = start;
      const invoke = request && handlerOf(request as RequestStart);
      const crashOf = (crashed: Crashed) => reports(crashed, dumped);
      const command = () => ({
        ...commandOf(start, capability, log),
        makeLink,
      });
      return new CoreProcess(parts, { entry, invoke, command, log, crashOf });
    };
    return { bodyOf, forget: () => pool.close() };
  }

  /** How many guests wait for their turn. */
  get waitingCount(): number {
    return this.#runQueue.waitingCount;
  }

  /** Resolves when no guest runs. */
  idle(): Promise<void> {
    return this.#runQueue.idle();
  }

  /** Makes the body of a process of a component that is known. */
  bodyOf(
    component: number,
    start: PostedStart,
    audience: Audience,
  ): ProcessBody<GuestMessage> {
    return this.#known.get(component)!.bodyOf(start, audience);
  }
}

// Only components are loaded as handlers.
function handlerOf(
  request: RequestStart,
): (instance: ProcessInstance) => Promise<unknown> {
  return (instance) => {
    const component = instance as ComponentInstance;
    const values = answering(component.guest, request);
    return component.call(HANDLER_ENTRY, ...values);
  };
}

function commandOf(
  { args = [], env = {}, stdio = false, connection }: PostedStart,
  capability: Capability,
  log: Log,
): Command {
  const granted = capability.env.flatMap((name) => {
    const value = environmentGet(capability, name);
    return typeof value === "string" ? [[name, value] as const] : [];
  });
  return {
    args,
    env: new Map([...granted, ...Object.entries(env)]),
    stdio: stdio && capability.stdio ? nodeStdio() : loggedStdio(log),
    connection,
  };
}
