/**
 * `wasi:cli/exit`.
 *
 * @module
 */

import type { HostInterface } from "../../../component/host.ts";
import { ProcessExit } from "../../errors.ts";
import { VERSION } from "../version.ts";

/** The interface. Neither function returns to the guest. */
export const EXIT: HostInterface = {
  name: `wasi:cli/exit@${VERSION}`,
  wit: `
    exit: func(status: result);
    exit-with-code: func(status-code: u8);
  `,
  functions: {
    "exit": (_guest, { tag }: { tag: "ok" | "err" }) =>
      exit(tag === "ok" ? 0 : 1),
    "exit-with-code": (_guest, code: number) => exit(code),
  },
};

function exit(code: number): never {
  throw new ProcessExit(code);
}
