/**
 * `wasi:io/streams`.
 *
 * @module
 */

import type { HostFunction, HostInterface } from "../../../component/host.ts";
import { wasip2 } from "../state.ts";
import { VERSION } from "../version.ts";
import * as blocking from "./blocking.ts";
import type { InputStream } from "./input_stream.ts";
import type { OutputStream } from "./output_stream.ts";

const WIT = `
  use error.{error};
  use poll.{pollable};

  variant stream-error { last-operation-failed(error), closed }

  resource input-stream {
    read: func(len: u64) -> result<list<u8>, stream-error>;
    blocking-read: func(len: u64) -> result<list<u8>, stream-error>;
    skip: func(len: u64) -> result<u64, stream-error>;
    blocking-skip: func(len: u64) -> result<u64, stream-error>;
    subscribe: func() -> pollable;
  }

  resource output-stream {
    check-write: func() -> result<u64, stream-error>;
    write: func(contents: list<u8>) -> result<_, stream-error>;
    blocking-write-and-flush: func(contents: list<u8>) -> result<_, stream-error>;
    flush: func() -> result<_, stream-error>;
    blocking-flush: func() -> result<_, stream-error>;
    subscribe: func() -> pollable;
    write-zeroes: func(len: u64) -> result<_, stream-error>;
    blocking-write-zeroes-and-flush: func(len: u64) -> result<_, stream-error>;
    splice: func(src: borrow<input-stream>, len: u64) -> result<u64, stream-error>;
    blocking-splice: func(src: borrow<input-stream>, len: u64) -> result<u64, stream-error>;
  }
`;

type Functions = Record<string, HostFunction>;

const INPUT: Functions = {
  "[method]input-stream.read": (_guest, stream: InputStream, length: bigint) =>
    stream.read(length),
  "[method]input-stream.skip": (_guest, stream: InputStream, length: bigint) =>
    BigInt(stream.read(length).length),
  "[method]input-stream.subscribe": (_guest, stream: InputStream) =>
    stream.subscribe(),
};

const INPUT_SUSPENDING: Functions = {
  "[method]input-stream.blocking-read": (
    guest,
    stream: InputStream,
    length: bigint,
  ) => blocking.blockingRead(wasip2(guest).waits, stream, length),
  "[method]input-stream.blocking-skip": (
    guest,
    stream: InputStream,
    length: bigint,
  ) => blocking.blockingSkip(wasip2(guest).waits, stream, length),
};

const OUTPUT: Functions = {
  "[method]output-stream.check-write": (_guest, stream: OutputStream) =>
    BigInt(stream.checkWrite()),
  "[method]output-stream.write": (
    _guest,
    stream: OutputStream,
    bytes: Uint8Array,
  ) => stream.write(bytes),
  "[method]output-stream.flush": (_guest, stream: OutputStream) =>
    stream.flush(),
  "[method]output-stream.subscribe": (_guest, stream: OutputStream) =>
    stream.subscribe(),
  "[method]output-stream.write-zeroes": (
    _guest,
    stream: OutputStream,
    length: bigint,
  ) => stream.writeZeroes(length),
  "[method]output-stream.splice": (
    _guest,
    stream: OutputStream,
    source: InputStream,
    length: bigint,
  ) => blocking.splice(stream, source, length),
};

const OUTPUT_SUSPENDING: Functions = {
  "[method]output-stream.blocking-write-and-flush": (
    guest,
    stream: OutputStream,
    bytes: Uint8Array,
  ) => blocking.blockingWriteAndFlush(wasip2(guest).waits, stream, bytes),
  "[method]output-stream.blocking-flush": (guest, stream: OutputStream) =>
    blocking.blockingFlush(wasip2(guest).waits, stream),
  "[method]output-stream.blocking-write-zeroes-and-flush": (
    guest,
    stream: OutputStream,
    length: bigint,
  ) =>
    blocking.blockingWriteZeroesAndFlush(wasip2(guest).waits, stream, length),
  "[method]output-stream.blocking-splice": (
    guest,
    stream: OutputStream,
    source: InputStream,
    length: bigint,
  ) => blocking.blockingSplice(wasip2(guest).waits, stream, source, length),
};

/** The interface. */
export const IO_STREAMS: HostInterface = {
  name: `wasi:io/streams@${VERSION}`,
  wit: WIT,
  functions: { ...INPUT, ...OUTPUT },
  suspending: { ...INPUT_SUSPENDING, ...OUTPUT_SUSPENDING },
  resources: {
    "input-stream": { drop: (_guest, stream: InputStream) => stream.drop() },
    "output-stream": { drop: (_guest, stream: OutputStream) => stream.drop() },
  },
};
