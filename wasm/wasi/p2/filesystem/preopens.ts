/**
 * `wasi:filesystem/preopens`.
 *
 * @module
 */

import type { HostInterface } from "../../../component/host.ts";
import { preopenedDirectory } from "../../files/directory.ts";
import { wasip2 } from "../state.ts";
import { VERSION } from "../version.ts";
import type { Descriptor } from "./descriptor.ts";

/** The interface. */
export const FILESYSTEM_PREOPENS: HostInterface = {
  name: `wasi:filesystem/preopens@${VERSION}`,
  wit: `
    use types.{descriptor};
    get-directories: func() -> list<tuple<descriptor, string>>;
  `,
  functions: {
    "get-directories": (guest): [Descriptor, string][] =>
      wasip2(guest).options.capability.preopens.map((preopen) => [
        { type: "directory", directory: preopenedDirectory(preopen) },
        preopen.guest,
      ]),
  },
};
