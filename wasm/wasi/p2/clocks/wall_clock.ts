/**
 * `wasi:clocks/wall-clock`.
 *
 * @module
 */

import type { HostInterface } from "../../../component/host.ts";
import { type Datetime, datetimeOf } from "../datetime.ts";
import { wasip2 } from "../state.ts";
import { VERSION } from "../version.ts";

const EPOCH: Datetime = { seconds: 0n, nanoseconds: 0 };
const RESOLUTION: Datetime = { seconds: 0n, nanoseconds: 1_000_000 };

/** The interface. */
export const WALL_CLOCK: HostInterface = {
  name: `wasi:clocks/wall-clock@${VERSION}`,
  wit: `
    record datetime { seconds: u64, nanoseconds: u32 }
    now: func() -> datetime;
    resolution: func() -> datetime;
  `,
  functions: {
    // A clock that was set before 1970 has no other time to tell.
    "now": (guest) => datetimeOf(wasip2(guest).options.now()) ?? EPOCH,
    "resolution": () => RESOLUTION,
  },
};
