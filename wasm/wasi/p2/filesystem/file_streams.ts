/**
 * Streams on files. A file never lets a guest wait.
 *
 * @module
 */

import { endOf, readAt, writeAt } from "../../files/transfer.ts";
import type { InputSource } from "../io/input_stream.ts";
import type { OutputSink } from "../io/output_stream.ts";
import { STREAM_BYTES_MAX } from "../limits.ts";
import type { OpenFile } from "./open_files.ts";

const READY = { isReady: true, watch: () => () => {} } as const;

/** A source that reads `file` from `start`, and holds it. */
export function fileSource(file: OpenFile, start: number): InputSource {
  let position = start;
  return {
    ...READY,
    take(bytesMax) {
      const bytes = new Uint8Array(bytesMax);
      const size = readAt(file.hostFd, [bytes], position);
      position += size;
      return size === 0 ? undefined : bytes.subarray(0, size);
    },
    close: releaseOnce(file.hold()),
  };
}

/** A sink that writes to `file` from `start`, and holds it. */
export function fileSink(file: OpenFile, start: number): OutputSink {
  let position = start;
  return sinkOf(file, (bytes) => {
    writeAll(file, bytes, position);
    position += bytes.length;
  });
}

/** A sink that writes to where `file` ends at each write, and holds it. */
export function appendingSink(file: OpenFile): OutputSink {
  return sinkOf(
    file,
    (bytes) => writeAll(file, bytes, endOf(file.hostFd)),
  );
}

function sinkOf(
  file: OpenFile,
  write: (bytes: Uint8Array) => void,
): OutputSink {
  const close = releaseOnce(file.hold());
  return { ...READY, room: () => STREAM_BYTES_MAX, write, close };
}

// A write that was cut short tells by the next one why.
function writeAll(
  { hostFd }: OpenFile,
  bytes: Uint8Array,
  position: number,
): void {
  for (let at = 0; at < bytes.length;) {
    at += writeAt(hostFd, [bytes.subarray(at)], position + at);
  }
}

function releaseOnce(file: OpenFile): () => void {
  let isHeld = true;
  return () => {
    if (isHeld) file.release();
    isHeld = false;
  };
}
