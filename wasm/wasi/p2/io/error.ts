/**
 * `wasi:io/error`.
 *
 * @module
 */

import type { HostInterface } from "../../../component/host.ts";
import { VERSION } from "../version.ts";
import type { IoError } from "./io_error.ts";

/** The interface. */
export const IO_ERROR: HostInterface = {
  name: `wasi:io/error@${VERSION}`,
  wit: `
    resource error {
      to-debug-string: func() -> string;
    }
  `,
  functions: {
    "[method]error.to-debug-string": (_guest, { text }: IoError) => text,
  },
  resources: { "error": {} },
};
