/**
 * What a run does, as plain data: threads are told by it.
 *
 * @module
 */

import type { Course } from "./course.ts";

/** What is loaded, and what is counted. */
export type Kind = "http" | "ws" | "sse" | "conn";

/** Whom a run connects to. */
export interface Target {
  /** What is asked for, as it was given. */
  readonly url: string;
  /** Name or address that is connected to, without brackets. */
  readonly hostname: string;
  /** Port, 1 to 65535. */
  readonly port: number;
  /** Absent: without TLS. */
  readonly tls?: TlsOptions;
}

/** How a server proves who it is. */
export interface TlsOptions {
  /** The name that its certificate must have, and that it is asked by. */
  readonly serverName: string;
  /** Certificates, in PEM, that are trusted besides the usual ones. */
  readonly authorities: readonly string[];
  /** Whether any certificate will do. */
  readonly isInsecure: boolean;
}

/** What is sent. */
export interface Sent {
  /** Of requests. */
  readonly method: string;
  /** Beyond those that are needed, in order. */
  readonly headers: readonly (readonly [string, string])[];
  /** The body of a request, or a message. */
  readonly body: Uint8Array<ArrayBuffer>;
  /** Whether a message is one of bytes. */
  readonly isBinary: boolean;
}

/** One run. */
export interface Plan {
  /** What is loaded. */
  readonly kind: Kind;
  /** Whom it connects to. */
  readonly target: Target;
  /** What it sends. */
  readonly sent: Sent;
  /**
   * Open loop: requests per second, whatever becomes of those before. Absent:
   * closed loop, the next request of a connection when it has its answer.
   */
  readonly rate?: Course;
  /** Connections at the same time. Steady in an open loop. */
  readonly connections: Course;
  /** How long it takes, warm-up included, in milliseconds; Infinity for as long as there are requests. */
  readonly durationMs: number;
  /** How long before anything is counted, in milliseconds. */
  readonly warmupMs: number;
  /** Requests after which it ends; Infinity for as many as there is time for. */
  readonly requestsMax: number;
  /** Time for one answer, connecting included, in milliseconds. */
  readonly timeoutMs: number;
  /** Statuses that are good; any below 400 when there are none. */
  readonly statuses: readonly number[];
  /** Whether an answer counts as good only when its body is that of the first. */
  readonly wantsSameBody: boolean;
  /** Whether a connection has more than one request. */
  readonly keepsAlive: boolean;
  /** Whether requests go by HTTP/2. */
  readonly isHttp2: boolean;
  /** Whether connections that were made stay open. */
  readonly holds: boolean;
}

/** The part of a run that one of several threads does. */
export interface Share {
  /** Which of them it is, from 0. */
  readonly index: number;
  /** How many there are. */
  readonly count: number;
}

/** How many of `total` things are of `share`. */
export function shareOf(total: number, { index, count }: Share): number {
  if (!Number.isFinite(total)) return total;
  return Math.floor(total / count) + (index < total % count ? 1 : 0);
}
