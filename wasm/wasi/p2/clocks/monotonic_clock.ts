/**
 * `wasi:clocks/monotonic-clock`.
 *
 * @module
 */

import type { HostGuest, HostInterface } from "../../../component/host.ts";
import { nanoseconds } from "../../files/filestat.ts";
import { Instant } from "../../instant.ts";
import { Pollable } from "../io/pollable.ts";
import { wasip2 } from "../state.ts";
import { VERSION } from "../version.ts";

const RESOLUTION = 1_000n;
const NANOSECONDS_PER_MS = 1_000_000;

/** The interface. */
export const MONOTONIC_CLOCK: HostInterface = {
  name: `wasi:clocks/monotonic-clock@${VERSION}`,
  wit: `
    use wasi:io/poll.{pollable};
    type instant = u64;
    type duration = u64;
    now: func() -> instant;
    resolution: func() -> duration;
    subscribe-instant: func(when: instant) -> pollable;
    subscribe-duration: func(when: duration) -> pollable;
  `,
  functions: {
    "now": (guest) => nanoseconds(wasip2(guest).options.monotonic()),
    "resolution": () => RESOLUTION,
    "subscribe-instant": (guest, when: bigint) =>
      pollableAt(guest, Number(when) / NANOSECONDS_PER_MS),
    "subscribe-duration": (guest, when: bigint) => {
      const nowMs = wasip2(guest).options.monotonic();
      return pollableAt(guest, nowMs + Number(when) / NANOSECONDS_PER_MS);
    },
  },
};

function pollableAt(guest: HostGuest, dueMs: number): Pollable {
  const { options } = wasip2(guest);
  return new Pollable(new Instant(dueMs, () => options.monotonic()));
}
