/**
 * `wasi:cli/stdin`, `stdout` and `stderr`.
 *
 * Each call gives a stream of its own. They share what is read, and what is
 * written.
 *
 * @module
 */

import type { HostInterface } from "../../../component/host.ts";
import { InputStream } from "../io/input_stream.ts";
import { OutputStream } from "../io/output_stream.ts";
import { writerSink } from "../io/writer_sink.ts";
import { wasip2 } from "../state.ts";
import { VERSION } from "../version.ts";

/** `wasi:cli/stdin`: at its end under a profile that does not grant stdio. */
export const STDIN: HostInterface = {
  name: `wasi:cli/stdin@${VERSION}`,
  wit: `
    use wasi:io/streams.{input-stream};
    get-stdin: func() -> input-stream;
  `,
  functions: {
    "get-stdin": (guest) => new InputStream(wasip2(guest).input),
  },
};

/** `wasi:cli/stdout`. */
export const STDOUT: HostInterface = outputOf("stdout");

/** `wasi:cli/stderr`. */
export const STDERR: HostInterface = outputOf("stderr");

function outputOf(name: "stdout" | "stderr"): HostInterface {
  return {
    name: `wasi:cli/${name}@${VERSION}`,
    wit: `
      use wasi:io/streams.{output-stream};
      get-${name}: func() -> output-stream;
    `,
    functions: {
      [`get-${name}`]: (guest) =>
        new OutputStream(writerSink(wasip2(guest).options.stdio[name])),
    },
  };
}
