/**
 * `wasi:filesystem/types`.
 *
 * @module
 */

import type { HostFunction, HostInterface } from "../../../component/host.ts";
import { answering, codeError, type ErrorCode } from "../error_code.ts";
import { FILESYSTEM, type IoError } from "../io/io_error.ts";
import { VERSION } from "../version.ts";
import { wasip2, type Wasip2State } from "../state.ts";
import type { Descriptor } from "./descriptor.ts";
import { DIRECTORY_FUNCTIONS, symlinkAt } from "./directory_functions.ts";
import type { DirectoryEntryStream } from "./directory_stream.ts";
import { FILE_FUNCTIONS, syncData, syncFile } from "./file_functions.ts";
import { TYPES_WIT } from "./types_wit.ts";

/** The interface. */
export const FILESYSTEM_TYPES: HostInterface = {
  name: `wasi:filesystem/types@${VERSION}`,
  wit: TYPES_WIT,
  functions: {
    ...fallible({ ...FILE_FUNCTIONS, ...DIRECTORY_FUNCTIONS }),
    "[method]directory-entry-stream.read-directory-entry": (
      _guest,
      stream: DirectoryEntryStream,
    ) => stream.next(),
    "filesystem-error-code": (_guest, { detail }: IoError) =>
      detail?.type === FILESYSTEM ? detail.code as ErrorCode : undefined,
  },
  suspending: {
    "[method]descriptor.sync": (_guest, descriptor: Descriptor) =>
      syncFile(descriptor),
    "[method]descriptor.sync-data": (_guest, descriptor: Descriptor) =>
      syncData(descriptor),
    "[method]descriptor.symlink-at": (
      guest,
      descriptor: Descriptor,
      target: string,
      path: string,
    ) => symlink(wasip2(guest), descriptor, target, path),
  },
  resources: {
    "descriptor": {
      drop(_guest, descriptor: Descriptor) {
        if (descriptor.type === "file") descriptor.file.release();
      },
    },
    "directory-entry-stream": {
      drop: (_guest, stream: DirectoryEntryStream) => stream.drop(),
    },
  },
};

function symlink(
  ...call: Parameters<typeof symlinkAt>
): void | Promise<void> {
  const made = answering(() => symlinkAt(...call));
  // What it was is told in the guest's words.
  return made?.catch((error) => {
    throw codeError(error);
  });
}

/** A function of the interface: what the host keeps of the guest, and the arguments. */
// deno-lint-ignore no-explicit-any -- the WIT says what they are, and that is checked
type FileFunction = (state: Wasip2State, ...values: any[]) => unknown;

function fallible(
  functions: Readonly<Record<string, FileFunction>>,
): Record<string, HostFunction> {
  const entries = Object.entries(functions).map((
    [name, work],
  ): [string, HostFunction] => [
    `[method]descriptor.${name}`,
    (guest, ...values) => answering(() => work(wasip2(guest), ...values)),
  ]);
  return Object.fromEntries(entries);
}
