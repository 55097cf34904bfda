/**
 * The node, as guests of one scheduler reach it.
 *
 * @module
 */

import type { Pid, Runtime } from "@rusm/otp";
import type { TraceParent } from "../trace/telemetry.ts";
import type { Answer, Ask, Look } from "./ask.ts";
import type { AwayStreams } from "./away_streams.ts";
import type { TagReplica } from "./tag_replica.ts";

/** What a scheduler offers to its guests besides its runtime. */
export interface SchedulerNode {
  /**
   * Asks the node, for `asker`, which asks one thing at a time.
   *
   * @param trace The span that asks; none when undefined.
   * @returns Resolves to the answer, or to an error when there is none in time.
   * Never rejects.
   */
  ask(
    asker: Pid,
    ask: Ask,
    trace: TraceParent | undefined,
  ): Promise<Answer>;

  /** Looks at a process of another scheduler; not of the main thread, which is asked. */
  look(look: Look): Promise<unknown>;

  /** The groups of the node. */
  readonly tags: TagReplica;

  /** Streams from and to guests of other schedulers. */
  readonly streams: AwayStreams;
}

// A runtime is of one scheduler.
const nodes = new WeakMap<Runtime, SchedulerNode>();

/** Makes `node` the one of all guests of `runtime`. */
export function joinNode(runtime: Runtime, node: SchedulerNode): void {
  nodes.set(runtime, node);
}

/**
 * The node of the guests of `runtime`; undefined when it is none of a
 * scheduler.
 */
export function nodeOf(runtime: Runtime): SchedulerNode | undefined {
  return nodes.get(runtime);
}
