/**
 * `wasi:cli/environment`.
 *
 * @module
 */

import type { HostInterface } from "../../../component/host.ts";
import { wasip2 } from "../state.ts";
import { VERSION } from "../version.ts";

/** The interface. */
export const ENVIRONMENT: HostInterface = {
  name: `wasi:cli/environment@${VERSION}`,
  wit: `
    get-environment: func() -> list<tuple<string, string>>;
    get-arguments: func() -> list<string>;
    initial-cwd: func() -> option<string>;
  `,
  functions: {
    "get-environment": (guest) => [...wasip2(guest).options.env],
    "get-arguments": (guest) => wasip2(guest).options.args,
    // Paths start from the preopens.
    "initial-cwd": () => undefined,
  },
};
