/**
 * `wasi:cli/terminal-*`: whether the standard streams are a terminal's.
 *
 * @module
 */

import type { HostGuest, HostInterface } from "../../../component/host.ts";
import { wasip2 } from "../state.ts";
import { VERSION } from "../version.ts";

/** The resources `terminal-input` and `terminal-output`: they say only that there is one. */
export interface Terminal {
  /** Which stream it is. */
  readonly stream: string;
}

/** `wasi:cli/terminal-input`. */
export const TERMINAL_INPUT: HostInterface = resource("terminal-input");

/** `wasi:cli/terminal-output`. */
export const TERMINAL_OUTPUT: HostInterface = resource("terminal-output");

/** `wasi:cli/terminal-stdin`. */
export const TERMINAL_STDIN: HostInterface = getter("stdin", "terminal-input");

/** `wasi:cli/terminal-stdout`. */
export const TERMINAL_STDOUT: HostInterface = getter(
  "stdout",
  "terminal-output",
);

/** `wasi:cli/terminal-stderr`. */
export const TERMINAL_STDERR: HostInterface = getter(
  "stderr",
  "terminal-output",
);

function resource(name: string): HostInterface {
  return {
    name: `wasi:cli/${name}@${VERSION}`,
    wit: `resource ${name};`,
    resources: { [name]: {} },
  };
}

function getter(stream: string, terminal: string): HostInterface {
  return {
    name: `wasi:cli/terminal-${stream}@${VERSION}`,
    wit: `
      use ${terminal}.{${terminal}};
      get-terminal-${stream}: func() -> option<${terminal}>;
    `,
    functions: {
      [`get-terminal-${stream}`]: (guest) => terminalOf(guest, stream),
    },
  };
}

function terminalOf(guest: HostGuest, stream: string): Terminal | undefined {
  const { capability, stdio: { isTerminal = false } } = wasip2(guest).options;
  return isTerminal && capability.stdio ? { stream } : undefined;
}
