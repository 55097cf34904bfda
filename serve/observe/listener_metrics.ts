/**
 * What a listener counts.
 *
 * @module
 */

import type { Family, Labels, Sample } from "./family.ts";
import { Histogram } from "./histogram.ts";

/** Why a listener turned a client or a request away by 503, or without a word. */
export type Refusal =
  /** It had as many connections as it may. */
  | "connections"
  /** The client had as many of them as it may. */
  | "connections_per_client"
  /** It had as many requests in flight as it may. */
  | "in_flight"
  /** The client had as many of them as it may. */
  | "in_flight_per_client"
  /** There was no room for a process of a connection. */
  | "processes"
  /** The node stops. */
  | "stopping"
  /** It sent on and on while it was answered. */
  | "flood";

/** What was answered, by whom. */
interface Answers {
  /** By hundreds of the status; those below 100 cannot be. */
  readonly byClass: number[];
  readonly durations: Histogram;
  bytes: number;
}

/**
 * Plain numbers: what happens at a listener is counted by one addition or two.
 * Who answers is one of the components of the manifest, so there are as many
 * counters as those.
 */
export class ListenerMetrics {
  /** Requests that are not answered yet. */
  inFlight = 0;
  /** Connections that are open. */
  connections = 0;
  readonly #labels: Labels;
  readonly #answers = new Map<string, Answers>();
  readonly #refusals = new Map<Refusal, number>();
  #accepted = 0;

  /** Of the listener at `listener`, which speaks `protocol`; nothing happened yet. */
  constructor(listener: string, protocol: string) {
    this.#labels = { listener, protocol };
  }

  /** Notes that a connection was accepted. */
  connected(): void {
    this.connections++;
    this.#accepted++;
  }

  /** Notes that such a connection was closed. */
  disconnected(): void {
    this.connections--;
  }

  /** Notes that a connection or a request was turned away. */
  refused(why: Refusal): void {
    this.#refusals.set(why, (this.#refusals.get(why) ?? 0) + 1);
  }

  /**
   * Notes that a request was answered.
   *
   * @param component Who answered; none when it was the node itself.
   * @param durationMs How long it took; absent where that says nothing.
   */
  answered(
    component: string | undefined,
    status: number,
    durationMs?: number,
  ): void {
    const answers = this.#answersOf(component);
    answers.byClass[status / 100 | 0]!++;
    if (durationMs !== undefined) answers.durations.addMs(durationMs);
  }

  /** Notes bytes of a response's body that were sent. */
  sent(component: string | undefined, bytes: number): void {
    this.#answersOf(component).bytes += bytes;
  }

  #answersOf(component = ""): Answers {
    let answers = this.#answers.get(component);
    if (answers === undefined) {
      const byClass = new Array(6).fill(0);
      answers = { byClass, durations: new Histogram(), bytes: 0 };
      this.#answers.set(component, answers);
    }
    return answers;
  }

  /** What was counted, of {@linkcode LISTENER_FAMILIES} by the same keys. */
  samples(): Readonly<Record<ListenerFamily, readonly Sample[]>> {
    const labels = this.#labels;
    const answers = [...this.#answers].map(([component, answers]) =>
      [{ ...labels, component }, answers] as const
    );
    const one = (value: number) => [{ labels, value }];
    return {
      requests: answers.flatMap(([labels, { byClass }]) =>
        byClass.map((value, index) => ({
          labels: { ...labels, status: `${index}xx` },
          value,
        })).filter(({ value }) => value > 0)
      ),
      durations: answers.filter(([, { durations }]) => durations.count > 0)
        .map(([labels, { durations }]) => ({ labels, value: durations })),
      responseBytes: answers.map(([labels, { bytes }]) => ({
        ...{ labels, value: bytes },
      })),
      inFlight: one(this.inFlight),
      accepted: one(this.#accepted),
      connections: one(this.connections),
      refusals: [...this.#refusals].map(([reason, value]) => ({
        ...{ labels: { ...labels, reason }, value },
      })),
    };
  }
}

/** A key of {@linkcode LISTENER_FAMILIES}. */
export type ListenerFamily = keyof typeof LISTENER_FAMILIES;

/** The families of what all listeners count, without samples. */
export const LISTENER_FAMILIES = {
  requests: {
    name: "rusm_http_requests",
    type: "counter",
    help: "Requests that were answered, by the class of their status",
  },
  durations: {
    name: "rusm_http_request_duration_seconds",
    type: "histogram",
    help: "Time from the head of a request to the head of its response",
  },
  responseBytes: {
    name: "rusm_http_response_bytes",
    type: "counter",
    help: "Bytes of the bodies of responses",
  },
  inFlight: {
    name: "rusm_http_requests_in_flight",
    type: "gauge",
    help: "Requests that are not answered yet",
  },
  accepted: {
    name: "rusm_connections_accepted",
    type: "counter",
    help: "Connections that were let in",
  },
  connections: {
    name: "rusm_connections",
    type: "gauge",
    help: "Connections that are open",
  },
  refusals: {
    name: "rusm_refusals",
    type: "counter",
    help: "Connections and requests that were turned away for want of room",
  },
} as const satisfies Record<string, Omit<Family, "samples">>;
