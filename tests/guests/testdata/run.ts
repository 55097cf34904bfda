/**
 * Guests, run in the test's own thread.
 *
 * @module
 */

import type { ExitReason } from "@rusm/otp";

import type { Capability } from "../../../wasm/capability.ts";
import { componentCrashReports } from "../../../wasm/component/crash.ts";
import { LocalComponent } from "../../../wasm/component/testdata/run.ts";
import { CoreProcess } from "../../../wasm/core/core_process.ts";
import { Epoch } from "../../../wasm/epoch.ts";
import { GUEST_MAILBOX_MAX } from "../../../wasm/limits.ts";
import { RunQueue } from "../../../wasm/run_queue.ts";
import { WASI_P2 } from "../../../wasm/wasi/p2/mod.ts";
import { builtPath } from "../paths.ts";

/** The component of a guest. */
export function readGuest(name: string): Promise<Uint8Array<ArrayBuffer>> {
  return Deno.readFile(builtPath(name));
}

/** What a command is started with. */
export interface CommandOptions {
  /** What it may do. */
  readonly capability: Capability;
  /** Its standard input. */
  readonly input?: string;
  /** Its variables. */
  readonly env?: ReadonlyMap<string, string>;
}

/** How a command ended, and what it wrote. */
export interface CommandRun {
  /** Why it ended. */
  readonly reason: ExitReason;
  /** What it wrote to standard output. */
  readonly output: string;
  /** What it wrote to standard error. */
  readonly errors: string;
}

/** A command, to be run with arguments. */
export class LocalCommand {
  readonly #component: LocalComponent;
  readonly #options: CommandOptions;

  private constructor(component: LocalComponent, options: CommandOptions) {
    this.#component = component;
    this.#options = options;
  }

  /** Makes the guest `name` ready. */
  static async load(
    name: string,
    options: CommandOptions,
  ): Promise<LocalCommand> {
    const component = await LocalComponent.load(await readGuest(name), {
      hosts: WASI_P2,
      capability: options.capability,
    });
    return new LocalCommand(component, options);
  }

  /** Runs it to its end. */
  async run(...args: string[]): Promise<CommandRun> {
    const { capability, input = "", env = new Map() } = this.#options;
    const { pool, prepared, runtime } = this.#component;
    const output = new Written();
    const errors = new Written();
    const stdio = { stdin: once(input), stdout: output, stderr: errors };
    const turns = { runQueue: new RunQueue(), epoch: new Epoch() };
    const body = new CoreProcess({ pool, capability, ...turns }, {
      entry: "run",
      command: () => ({ args: ["guest", ...args], env, stdio }),
      log: () => {},
      crashOf: componentCrashReports("guest", prepared.modules),
    });
    const process = runtime.spawn(body, { mailboxMax: GUEST_MAILBOX_MAX });
    const reason = await process.join();
    return { reason, output: output.text, errors: errors.text };
  }
}

class Written {
  text = "";
  readonly #decoder = new TextDecoder();

  write(bytes: Uint8Array): void {
    this.text += this.#decoder.decode(bytes.slice(), { stream: true });
  }
}

function once(text: string): { read(): Promise<Uint8Array | null> } {
  const pieces = text === "" ? [] : [new TextEncoder().encode(text)];
  return { read: () => Promise.resolve(pieces.shift() ?? null) };
}
