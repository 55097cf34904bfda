/**
 * `rusm:runtime/types`: what the other interfaces share.
 *
 * @module
 */

import type { HostInterface } from "../component/host.ts";

/** The interface, as `wit/types.wit` has it. */
export const TYPES: HostInterface = {
  name: "rusm:runtime/types@0.1.0",
  wit: `
    type pid = u64;
  `,
};
