/**
 * Runs commands: modules with a `_start`.
 *
 * @module
 */

import { promising } from "../../fiber.ts";
import {
  ProcessExit,
  WASIP1_MODULE,
  type Wasip1Caller,
  type Wasip1Options,
  Wasip1State,
} from "../p1.ts";
import { linkable } from "./probe.ts";

/** How a command ended, and what it printed. */
export interface CommandResult {
  /** What it gave to `proc_exit`, or 0. */
  readonly code: number;
  /** All of standard output. */
  readonly stdout: string;
  /** All of standard error. */
  readonly stderr: string;
}

/** Runs `module` to its end. What it prints is collected; `options.stdio` gives its input. */
export async function runCommand(
  module: WebAssembly.Module,
  options: Wasip1Options,
): Promise<CommandResult> {
  const printed = { stdout: "", stderr: "" };
  const decoder = new TextDecoder();
  const writer = (stream: keyof typeof printed) => ({
    write: (bytes: Uint8Array) => void (printed[stream] += decoder.decode(bytes)),
  });
  const { stdin } = options.stdio;
  const stdio = { stdin, stdout: writer("stdout"), stderr: writer("stderr") };
  const state = new Wasip1State({ ...options, stdio });
  try {
    const code = await run(module, state);
    return { code, ...printed };
  } finally {
    state.close();
  }
}

async function run(
  module: WebAssembly.Module,
  state: Wasip1State,
): Promise<number> {
  let memory: WebAssembly.Memory | undefined = undefined;
  const caller: Wasip1Caller = {
    current: state,
    memory: () => memory!.buffer as ArrayBuffer,
  };
  const imports = { [WASIP1_MODULE]: linkable(caller) };
  const { exports } = new WebAssembly.Instance(module, imports);
  memory = exports.memory as WebAssembly.Memory;
  try {
    await promising(exports._start as () => void)();
    return 0;
  } catch (error) {
    // The end of the guest, as every host of preview 1 maps it.
    if (error instanceof ProcessExit) return error.code;
    throw error;
  }
}
