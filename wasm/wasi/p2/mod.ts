/**
 * WASI 0.2 for components that run as processes, on Deno.
 *
 * @module
 */

import type { HostInterface } from "../../component/host.ts";
import { ENVIRONMENT } from "./cli/environment.ts";
import { EXIT } from "./cli/exit.ts";
import { STDERR, STDIN, STDOUT } from "./cli/stdio.ts";
import {
  TERMINAL_INPUT,
  TERMINAL_OUTPUT,
  TERMINAL_STDERR,
  TERMINAL_STDIN,
  TERMINAL_STDOUT,
} from "./cli/terminal.ts";
import { MONOTONIC_CLOCK } from "./clocks/monotonic_clock.ts";
import { WALL_CLOCK } from "./clocks/wall_clock.ts";
import { FILESYSTEM_PREOPENS } from "./filesystem/preopens.ts";
import { FILESYSTEM_TYPES } from "./filesystem/types.ts";
import { WASI_HTTP } from "./http/mod.ts";
import { IO_ERROR } from "./io/error.ts";
import { IO_POLL } from "./io/poll.ts";
import { IO_STREAMS } from "./io/streams.ts";
import { WASI_SOCKETS } from "./sockets/mod.ts";
import { INSECURE, INSECURE_SEED, RANDOM } from "./random.ts";

export { type InputSource, InputStream } from "./io/input_stream.ts";
export { type ErrorDetail, IoError, StreamFailure } from "./io/io_error.ts";
export { type OutputSink, OutputStream } from "./io/output_stream.ts";
export { openPipe, type Pipe } from "./io/pipe.ts";
export { Pollable } from "./io/pollable.ts";
export { type AsyncWriter, AsyncWriterSink } from "./io/writer_sink.ts";
export { wasip2, type Wasip2State } from "./state.ts";

/**
 * The interfaces of `wasi:io`, `wasi:clocks`, `wasi:random`, `wasi:cli`,
 * `wasi:filesystem`, `wasi:sockets` and `wasi:http`, for any 0.2.
 *
 * Without `wasi:clocks/timezone`, which is not stable in 0.2.
 */
export const WASI_P2: readonly HostInterface[] = [
  IO_ERROR,
  IO_POLL,
  IO_STREAMS,
  WALL_CLOCK,
  MONOTONIC_CLOCK,
  RANDOM,
  INSECURE,
  INSECURE_SEED,
  ENVIRONMENT,
  EXIT,
  STDIN,
  STDOUT,
  STDERR,
  TERMINAL_INPUT,
  TERMINAL_OUTPUT,
  TERMINAL_STDIN,
  TERMINAL_STDOUT,
  TERMINAL_STDERR,
  FILESYSTEM_TYPES,
  FILESYSTEM_PREOPENS,
  ...WASI_SOCKETS,
  ...WASI_HTTP,
];
