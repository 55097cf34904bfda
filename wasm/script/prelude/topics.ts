/**
 * `pubsub`: what a broker needs.
 *
 * @module
 */

import { OPS } from "../ops.ts";
import { dataBytes, decodeText } from "./encoding.ts";
import { callHost } from "./host.ts";
import { type PidLike, pidText } from "./pid.ts";
import { readMessage } from "./wire.ts";

/** What is known of one subscriber. */
interface Subscriber {
  /** The monitor; null when the profile grants none. */
  readonly monitor: number | null;
  readonly topics: Set<string>;
}

// Those with subscribers, who are told of the ends that a service is.
const inUse = new Set<Topics>();

/**
 * Subscribers by topic, for a process that passes on what others publish. It is
 * of this process alone: others subscribe by asking it.
 *
 * A subscriber is monitored, once, when the profile grants spawn or
 * process-control, and forgotten when it ends: by itself in a service and in a
 * connection, by {@linkcode Topics.handleDown} where `Process.receive` is called.
 */
export class Topics {
  // By topic, in the order of subscription.
  readonly #topics = new Map<string, Set<string>>();
  // By pid.
  readonly #subscribers = new Map<string, Subscriber>();

  /** Subscribes a process to a topic. Does nothing when it is already. */
  subscribe(topic: string, pid: PidLike): void {
    const key = pidText(pid);
    let subscriber = this.#subscribers.get(key);
    if (subscriber === undefined) {
      const monitor = callHost(OPS.monitor, key) as number | null;
      subscriber = { monitor, topics: new Set() };
      this.#subscribers.set(key, subscriber);
      inUse.add(this);
    }
    subscriber.topics.add(topic);
    const pids = this.#topics.get(topic) ?? new Set();
    this.#topics.set(topic, pids.add(key));
  }

  /** Ends a subscription. Returns whether there was one. */
  unsubscribe(topic: string, pid: PidLike): boolean {
    const key = pidText(pid);
    const subscriber = this.#subscribers.get(key);
    if (!subscriber?.topics.delete(topic)) return false;
    this.#leave(topic, key);
    if (subscriber.topics.size === 0) this.#forget(key, subscriber);
    return true;
  }

  #leave(topic: string, key: string): void {
    const pids = this.#topics.get(topic);
    pids?.delete(key);
    if (pids?.size === 0) this.#topics.delete(topic);
  }

  #forget(key: string, { monitor }: Subscriber): void {
    this.#subscribers.delete(key);
    if (this.#subscribers.size === 0) inUse.delete(this);
    if (monitor !== null) callHost(OPS.demonitor, monitor, 1);
  }

  /**
   * Sends a copy of `message`, text as UTF-8, to the subscribers of a topic, in
   * the order of subscription.
   *
   * @returns How many there are that may get it.
   * @throws {TypeError} `message` is neither text nor bytes.
   */
  publish(topic: string, message: unknown): number {
    const bytes = dataBytes(message);
    let count = 0;
    for (const key of this.#topics.get(topic) ?? []) {
      count += callHost(OPS.send, key, bytes) as number;
    }
    return count;
  }

  /**
   * Forgets a subscriber when `message` tells of its end.
   *
   * @param message As `Process.receive` or `receiveText` gave it.
   * @returns Whether it tells of the end of a process, subscriber or not.
   */
  handleDown(message: Uint8Array | string): boolean {
    const text = typeof message === "string" ? message : decodeText(message);
    const incoming = readMessage(text);
    if (incoming.type !== "down") return false;
    this.drop(incoming.pid);
    return true;
  }

  /** Ends all subscriptions of a process. */
  drop(pid: PidLike): void {
    const key = pidText(pid);
    const subscriber = this.#subscribers.get(key);
    if (subscriber === undefined) return;
    for (const topic of subscriber.topics) this.#leave(topic, key);
    this.#forget(key, subscriber);
  }

  /** How many are subscribed to a topic. */
  subscriberCount(topic: string): number {
    return this.#topics.get(topic)?.size ?? 0;
  }
}

/** Takes the end of a process out of all topics. */
export function dropSubscriber(pid: string): void {
  for (const topics of [...inUse]) topics.drop(pid);
}

/** What a broker needs. */
export const pubsub: { readonly Topics: typeof Topics } = { Topics };
