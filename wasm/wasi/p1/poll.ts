/**
 * Waiting.
 *
 * @module
 */

import {
  CLOCK,
  EVENT_BYTES,
  EVENTTYPE,
  RIGHT,
  SUBCLOCK_ABSTIME,
  SUBSCRIPTION_BYTES,
  SUCCESS,
} from "./abi.ts";
import type { Descriptor, FileDescriptor } from "./descriptor.ts";
import { errnoOf, WasiError } from "../errors.ts";
import { filestatOfFile } from "../files/filestat.ts";
import { Instant } from "../instant.ts";
import { SUBSCRIPTIONS_MAX } from "./limits.ts";
import type { GuestMemory } from "./memory.ts";
import { timeOf } from "./process.ts";
import type { Wasip1State } from "./state.ts";

/** What a guest waits for. */
type Subscription =
  | {
    readonly type: "clock";
    readonly userdata: bigint;
    /** When it is due, by the monotonic clock, in milliseconds. */
    readonly dueMs: number;
  }
  | { readonly type: "input"; readonly userdata: bigint }
  | {
    readonly type: "known";
    readonly userdata: bigint;
    readonly eventType: number;
    readonly errno: number;
    readonly byteCount: number;
  };

interface WantedEvents {
  readonly subscriptions: readonly Subscription[];
  readonly events: number;
  readonly result: number;
}

/**
 * `poll_oneoff(in, out, nsubscriptions) -> size`.
 *
 * Waits until at least one event is there, and stores all that are, in the order
 * of the subscriptions. Files and outputs are always ready; only standard input
 * and clocks make it wait. What is wrong with one subscription is told by its
 * event.
 */
export function pollOneoff(
  state: Wasip1State,
  memory: GuestMemory,
  subscriptions: number,
  events: number,
  count: number,
  result: number,
): number | Promise<number> {
  if (count === 0 || count >>> 0 > SUBSCRIPTIONS_MAX) {
    throw new WasiError("EINVAL");
  }
  memory.insist(result, 4);
  memory.insist(events, count * EVENT_BYTES);
  const start = memory.insist(subscriptions, count * SUBSCRIPTION_BYTES);
  const wanted = {
    subscriptions: Array.from(
      { length: count },
      (_, index) =>
        loadSubscription(state, memory, start + index * SUBSCRIPTION_BYTES),
    ),
    events,
    result,
  };
  if (isAnyReady(state, wanted)) return storeEvents(state, memory, wanted);
  return waitAndStore(state, memory, wanted);
}

function loadSubscription(
  state: Wasip1State,
  memory: GuestMemory,
  at: number,
): Subscription {
  const userdata = memory.u64(at);
  const eventType = memory.u8(at + 8);
  try {
    return eventType === EVENTTYPE.CLOCK
      ? loadClock(state, memory, at)
      : loadReadiness(state, memory, at);
  } catch (error) {
    // The guest asked for several things, and the others are right.
    const errno = errnoOf(error);
    return { type: "known", userdata, eventType, errno, byteCount: 0 };
  }
}

function loadClock(
  state: Wasip1State,
  memory: GuestMemory,
  at: number,
): Subscription {
  const id = memory.u32(at + 16);
  const timeoutMs = Number(memory.u64(at + 24)) / 1_000_000;
  const isAbsolute = (memory.u16(at + 40) & SUBCLOCK_ABSTIME) !== 0;
  const clockMs = timeOf(state, id);
  const spanMs = isAbsolute ? timeoutMs - clockMs : timeoutMs;
  const dueMs = timeOf(state, CLOCK.MONOTONIC) + spanMs;
  return { type: "clock", userdata: memory.u64(at), dueMs };
}

function loadReadiness(
  state: Wasip1State,
  memory: GuestMemory,
  at: number,
): Subscription {
  const userdata = memory.u64(at);
  const eventType = memory.u8(at + 8);
  const isReading = eventType === EVENTTYPE.FD_READ;
  if (!isReading && eventType !== EVENTTYPE.FD_WRITE) {
    throw new WasiError("EINVAL");
  }
  const way = isReading ? RIGHT.FD_READ : RIGHT.FD_WRITE;
  const fd = memory.u32(at + 16);
  const descriptor = state.descriptors.get(fd, RIGHT.POLL_FD_READWRITE | way);
  if (isReading && descriptor.type === "stream") {
    return { type: "input", userdata };
  }
  const byteCount = isReading ? bytesLeft(descriptor) : 0;
  return { type: "known", userdata, eventType, errno: SUCCESS, byteCount };
}

function bytesLeft(descriptor: Descriptor): number {
  if (descriptor.type !== "file") return 0;
  const { hostFd, position }: FileDescriptor = descriptor;
  return Math.max(0, filestatOfFile(hostFd).size - position);
}

function isAnyReady(
  state: Wasip1State,
  { subscriptions }: WantedEvents,
): boolean {
  const nowMs = state.options.monotonic();
  return subscriptions.some((one) => isReady(state, one, nowMs));
}

function isReady(
  { input }: Wasip1State,
  subscription: Subscription,
  nowMs: number,
): boolean {
  switch (subscription.type) {
    case "known":
      return true;
    case "input":
      return input.isReady;
    case "clock":
      return subscription.dueMs <= nowMs;
  }
}

async function waitAndStore(
  state: Wasip1State,
  memory: GuestMemory,
  wanted: WantedEvents,
): Promise<number> {
  const dues = wanted.subscriptions.flatMap((one) =>
    one.type === "clock" ? one.dueMs : []
  );
  const isReadingInput = wanted.subscriptions.some((one) =>
    one.type === "input"
  );
  const monotonic = () => state.options.monotonic();
  await state.anyReady([
    new Instant(Math.min(...dues), monotonic),
    ...isReadingInput ? [state.input] : [],
  ]);
  return storeEvents(state, memory, wanted);
}

function storeEvents(
  state: Wasip1State,
  memory: GuestMemory,
  { subscriptions, events, result }: WantedEvents,
): number {
  const nowMs = state.options.monotonic();
  const ready = subscriptions.filter((one) => isReady(state, one, nowMs));
  for (const [index, subscription] of ready.entries()) {
    const at = events + index * EVENT_BYTES;
    memory.bytes(at, EVENT_BYTES).fill(0);
    storeEvent(state, memory, at, subscription);
  }
  memory.setU32(result, ready.length);
  return SUCCESS;
}

function storeEvent(
  { input }: Wasip1State,
  memory: GuestMemory,
  at: number,
  subscription: Subscription,
): void {
  memory.setU64(at, subscription.userdata);
  switch (subscription.type) {
    case "clock":
      return memory.setU8(at + 10, EVENTTYPE.CLOCK);
    case "input":
      memory.setU8(at + 10, EVENTTYPE.FD_READ);
      return memory.setU64(at + 16, BigInt(input.available));
    case "known":
      memory.setU16(at + 8, subscription.errno);
      memory.setU8(at + 10, subscription.eventType);
      return memory.setU64(at + 16, BigInt(subscription.byteCount));
  }
}
