/**
 * `wasi:cli` 0.3.
 *
 * @module
 */

import type { HostInterface } from "../../component/host.ts";
import { ENVIRONMENT as ENVIRONMENT_P2 } from "../p2/cli/environment.ts";
import { EXIT } from "../p2/cli/exit.ts";
import {
  TERMINAL_INPUT,
  TERMINAL_OUTPUT,
  TERMINAL_STDERR,
  TERMINAL_STDIN,
  TERMINAL_STDOUT,
} from "../p2/cli/terminal.ts";
import { wasip2 } from "../p2/state.ts";
import { drain, type GlueStream, pour } from "./byte_stream.ts";
import { unchanged, VERSION } from "./version.ts";

const { "initial-cwd": initialCwd, ...environment } = ENVIRONMENT_P2.functions!;

const ENVIRONMENT: HostInterface = {
  name: `wasi:cli/environment@${VERSION}`,
  wit: `
    get-environment: func() -> list<tuple<string, string>>;
    get-arguments: func() -> list<string>;
    get-initial-cwd: func() -> option<string>;
  `,
  functions: { ...environment, "get-initial-cwd": initialCwd! },
};

const TYPES: HostInterface = {
  name: `wasi:cli/types@${VERSION}`,
  wit: "enum error-code { io, illegal-byte-sequence, pipe }",
};

/** At its end under a profile that does not grant stdio. */
const STDIN: HostInterface = {
  name: `wasi:cli/stdin@${VERSION}`,
  wit: `
    use types.{error-code};
    read-via-stream: func() -> tuple<stream<u8>, future<result<_, error-code>>>;
  `,
  functions: { "read-via-stream": (guest) => pour(wasip2(guest)) },
};

function outputOf(name: "stdout" | "stderr"): HostInterface {
  return {
    name: `wasi:cli/${name}@${VERSION}`,
    wit: `
      use types.{error-code};
      write-via-stream: func(data: stream<u8>) -> future<result<_, error-code>>;
    `,
    functions: {
      "write-via-stream": (guest, data: GlueStream) =>
        drain(data, wasip2(guest).options.stdio[name]),
    },
  };
}

/** All of it. */
export const CLI: readonly HostInterface[] = [
  ENVIRONMENT,
  TYPES,
  STDIN,
  outputOf("stdout"),
  outputOf("stderr"),
  ...[EXIT, TERMINAL_INPUT, TERMINAL_OUTPUT].map(unchanged),
  ...[TERMINAL_STDIN, TERMINAL_STDOUT, TERMINAL_STDERR].map(unchanged),
];
