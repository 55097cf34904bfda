/**
 * Where the frames of processes go that have a connection.
 *
 * @module
 */

import type { Pid } from "@rusm/otp";
import type { ConnectionSink } from "./connection.ts";

/** The sinks of living processes. */
export class Connections {
  // By pid as a u64.
  readonly #sinks = new Map<bigint, ConnectionSink>();

  /** Makes `sink` that of a process, until it is forgotten. */
  add(pid: Pid, sink: ConnectionSink): void {
    this.#sinks.set(pid.toBigInt(), sink);
  }

  /** The sink of a process, if it has a connection. */
  sinkOf(pid: Pid): ConnectionSink | undefined {
    return this.#sinks.get(pid.toBigInt());
  }

  /** Forgets a process that has ended. */
  forget(pid: Pid): void {
    // Most processes have none.
    if (this.#sinks.size > 0) this.#sinks.delete(pid.toBigInt());
  }
}
