/**
 * Topics: what is published reaches all that subscribe.
 *
 * @module
 */

import type { Pid } from "./pid.ts";
import { Registry } from "./registry.ts";
import type { Runtime } from "./runtime.ts";

/** How {@linkcode PubSub.publish} publishes. */
export interface PublishOptions {
  /** Who is left out, if it subscribes: the publisher, as a rule. */
  readonly except?: Pid;
}

/**
 * Carries messages from publishers to the processes of one runtime that
 * subscribe to a topic, without the one knowing the others.
 *
 * A topic is there for as long as somebody subscribes to it. The subscriptions
 * of a process are gone when it ends, before any watcher or link is told. Only
 * living processes of the runtime can subscribe; an alias stands for its
 * process.
 *
 * @typeParam Topics The message of each topic. Topics that are made at run time
 * are a record of template strings: ``Record<`room:${string}`, Message>``.
 *
 * @see Elixir `Phoenix.PubSub`. Differs: anybody may subscribe a process; who
 * subscribes twice gets a message once; publishing says how many it reached.
 *
 * @example A room and its guest
 * ```ts
 * import { PubSub, Runtime } from "@rusm/otp";
 * import { strictEqual } from "node:assert";
 *
 * interface Said {
 *   readonly text: string;
 * }
 *
 * const runtime = new Runtime();
 * const rooms = new PubSub<Record<`room:${string}`, Said>>(runtime);
 * const guest = runtime.spawn<Said>(async (self) => {
 *   strictEqual((await self.receive()).text, "hello");
 * });
 * rooms.subscribe("room:blue", guest.pid);
 *
 * strictEqual(rooms.publish("room:blue", { text: "hello" }), 1);
 * strictEqual(await guest.join(), "normal");
 * strictEqual(rooms.publish("room:blue", { text: "anybody?" }), 0);
 * ```
 */
export class PubSub<Topics> {
  readonly #runtime: Runtime;
  // Inside, a subscriber accepts anything; the types keep to what it is sent.
  readonly #registry: Registry<keyof Topics, undefined, unknown>;

  /**
   * A PubSub without topics.
   *
   * @param runtime Whose processes can subscribe.
   */
  constructor(runtime: Runtime) {
    this.#runtime = runtime;
    this.#registry = new Registry(runtime, { keys: "duplicate" });
  }

  /**
   * Sends a process what is published from now on, once for each message,
   * however often it subscribes.
   *
   * @returns Whether it subscribes now; false when it is not alive here.
   *
   * @see Elixir `Phoenix.PubSub.subscribe/2`.
   */
  subscribe<Topic extends keyof Topics>(
    topic: Topic,
    pid: Pid<Topics[Topic]>,
  ): boolean {
    const subscriber = pid as Pid<unknown>;
    return this.#registry.register(topic, subscriber, undefined) ||
      this.#registry.find(topic, pid) !== undefined;
  }

  /**
   * Ends a subscription. What was published before stays in the mailbox.
   *
   * @returns False when there is none.
   *
   * @see Elixir `Phoenix.PubSub.unsubscribe/2`.
   */
  unsubscribe(topic: keyof Topics, pid: Pid): boolean {
    return this.#registry.unregister(topic, pid);
  }

  /**
   * Sends `message` to all that subscribe to a topic, the oldest subscription
   * first. Never waits. One whose mailbox is full does not get it, which
   * {@linkcode Runtime.counters} counts; the others do.
   *
   * @param message Shared, not copied.
   * @returns How many got it.
   *
   * @see Elixir `Phoenix.PubSub.broadcast/3` and `broadcast_from/4`.
   */
  publish<Topic extends keyof Topics>(
    topic: Topic,
    message: Topics[Topic],
    options: PublishOptions = {},
  ): number {
    const { except } = options;
    const omitted = except && this.#registry.find(topic, except);
    let reached = 0;
    for (const entry of this.#registry.lookup(topic)) {
      if (entry === omitted) continue;
      if (this.#runtime.send(entry.pid, message)) reached++;
    }
    return reached;
  }

  /** Who subscribes to a topic, the oldest subscription first. */
  subscribers<Topic extends keyof Topics>(topic: Topic): Pid<Topics[Topic]>[] {
    return this.#registry.lookup(topic).map(({ pid }) => pid);
  }

  /** The topics that somebody subscribes to. */
  topics(): (keyof Topics)[] {
    return this.#registry.allKeys();
  }
}
