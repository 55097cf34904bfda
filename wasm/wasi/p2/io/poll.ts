/**
 * `wasi:io/poll`.
 *
 * @module
 */

import { CanonicalTrap } from "../../../component/canonical/mod.ts";
import type { HostInterface } from "../../../component/host.ts";
import { wasip2 } from "../state.ts";
import { VERSION } from "../version.ts";
import type { Pollable } from "./pollable.ts";
import type { Waits } from "./waits.ts";

/** The interface. */
export const IO_POLL: HostInterface = {
  name: `wasi:io/poll@${VERSION}`,
  wit: `
    resource pollable {
      ready: func() -> bool;
      block: func();
    }
    poll: func(in: list<borrow<pollable>>) -> list<u32>;
  `,
  functions: {
    "[method]pollable.ready": (_guest, { isReady }: Pollable) => isReady,
  },
  suspending: {
    "[method]pollable.block": (guest, pollable: Pollable) =>
      pollable.isReady ? undefined : wasip2(guest).waits.until([pollable]),
    "poll": (guest, pollables: readonly Pollable[]) =>
      poll(wasip2(guest).waits, pollables),
  },
  resources: {
    "pollable": { drop: (_guest, pollable: Pollable) => pollable.drop() },
  },
};

/**
 * Waits until one of `pollables` is ready. Returns the indices of all that are,
 * in order.
 *
 * @throws {CanonicalTrap} There are none.
 */
function poll(
  waits: Waits,
  pollables: readonly Pollable[],
): Uint32Array | Promise<Uint32Array> {
  if (pollables.length === 0) {
    throw new CanonicalTrap("Cannot wait for no pollables");
  }
  const ready = readyOf(pollables);
  if (ready.length > 0) return ready;
  // One that is there many times is watched once.
  const each = [...new Set(pollables)];
  return waits.until(each).then(() => readyOf(pollables));
}

function readyOf(pollables: readonly Pollable[]): Uint32Array {
  const ready: number[] = [];
  pollables.forEach(({ isReady }, index) => isReady && ready.push(index));
  return Uint32Array.from(ready);
}
