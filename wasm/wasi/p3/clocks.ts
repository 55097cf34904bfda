/**
 * `wasi:clocks` 0.3, without the unstable `timezone`.
 *
 * @module
 */

import type { HostGuest, HostInterface } from "../../component/host.ts";
import { Instant } from "../instant.ts";
import { MONOTONIC_CLOCK as MONOTONIC_CLOCK_P2 } from "../p2/clocks/monotonic_clock.ts";
import { WALL_CLOCK } from "../p2/clocks/wall_clock.ts";
import { wasip2 } from "../p2/state.ts";
import { VERSION } from "./version.ts";

const NANOSECONDS_PER_MS = 1_000_000;
const SYSTEM_RESOLUTION = 1_000_000n;

const TYPES: HostInterface = {
  name: `wasi:clocks/types@${VERSION}`,
  wit: "type duration = u64;",
};

const SYSTEM_CLOCK: HostInterface = {
  name: `wasi:clocks/system-clock@${VERSION}`,
  wit: `
    use types.{duration};
    record instant { seconds: s64, nanoseconds: u32 }
    now: func() -> instant;
    get-resolution: func() -> duration;
  `,
  functions: {
    "now": WALL_CLOCK.functions!["now"]!,
    "get-resolution": () => SYSTEM_RESOLUTION,
  },
};

const MONOTONIC_CLOCK: HostInterface = {
  name: `wasi:clocks/monotonic-clock@${VERSION}`,
  wit: `
    use types.{duration};
    type mark = u64;
    now: func() -> mark;
    get-resolution: func() -> duration;
    wait-until: async func(when: mark);
    wait-for: async func(how-long: duration);
  `,
  functions: {
    "now": MONOTONIC_CLOCK_P2.functions!["now"]!,
    "get-resolution": MONOTONIC_CLOCK_P2.functions!["resolution"]!,
  },
  suspending: {
    "wait-until": (guest, when: bigint) =>
      untilMs(guest, Number(when) / NANOSECONDS_PER_MS),
    "wait-for": (guest, span: bigint) => {
      const nowMs = wasip2(guest).options.monotonic();
      return untilMs(guest, nowMs + Number(span) / NANOSECONDS_PER_MS);
    },
  },
};

function untilMs(guest: HostGuest, dueMs: number): Promise<void> {
  const { options, waits } = wasip2(guest);
  return waits.until([new Instant(dueMs, () => options.monotonic())]);
}

/** All of it. */
export const CLOCKS: readonly HostInterface[] = [
  TYPES,
  SYSTEM_CLOCK,
  MONOTONIC_CLOCK,
];
