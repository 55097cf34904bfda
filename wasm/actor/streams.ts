/**
 * `rusm:runtime/streams`: bytes from one process to another.
 *
 * @module
 */

import type { HostGuest, HostInterface } from "../component/host.ts";
import { localGuest } from "../core/guests.ts";
import { type GuestStreams, NO_STREAM } from "../core/streams.ts";
import { pidOf } from "./asking.ts";

/** The interface, as `wit/streams.wit` has it. */
export const STREAMS: HostInterface = {
  name: "rusm:runtime/streams@0.1.0",
  wit: `
    use types.{pid};

    type stream-id = u64;
    stream-open: func(to: pid) -> option<stream-id>;
    stream-write: func(id: stream-id, chunk: list<u8>) -> bool;
    stream-close: func(id: stream-id);
    stream-accept: func() -> stream-id;
    stream-read: func(id: stream-id) -> option<list<u8>>;
  `,
  functions: {
    "stream-close": (guest, id: bigint) => streamsOf(guest).close(Number(id)),
  },
  suspending: {
    "stream-open": open,
    "stream-write": async (guest, id: bigint, chunk: Uint8Array) =>
      await streamsOf(guest).write(Number(id), chunk) !== NO_STREAM,
    "stream-accept": async (guest) => BigInt(await streamsOf(guest).accept()),
    "stream-read": (guest, id: bigint) =>
      streamsOf(guest).read(Number(id), Infinity),
  },
};

function streamsOf({ self: { runtime, pid } }: HostGuest): GuestStreams {
  // It is there for as long as the process runs.
  return localGuest(runtime, pid)!.streams;
}

async function open(
  guest: HostGuest,
  to: bigint,
): Promise<bigint | undefined> {
  const id = await streamsOf(guest).open(pidOf(to));
  return id === NO_STREAM ? undefined : BigInt(id);
}
