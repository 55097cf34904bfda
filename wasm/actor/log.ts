/**
 * `rusm:runtime/log`: lines in the log of the node.
 *
 * @module
 */

import type { HostInterface } from "../component/host.ts";
import { LOG_LENGTH_MAX } from "./limits.ts";

const LEVELS = ["error", "warn", "info", "debug"];

/** The interface, as `wit/log.wit` has it. */
export const LOG: HostInterface = {
  name: "rusm:runtime/log@0.1.0",
  wit: `
    enum level {
        error,
        warn,
        info,
        debug,
    }
    log: func(level: level, message: string);
  `,
  functions: {
    log(guest, level: string, message: string) {
      // A pair of units that is cut apart is no text.
      const line = message.slice(0, LOG_LENGTH_MAX).toWellFormed();
      guest.log(LEVELS.indexOf(level), line);
    },
  },
};
