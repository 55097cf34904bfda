/**
 * What guests ask of their node, and what the node asks of a scheduler. All of
 * it is plain data: it crosses threads.
 *
 * @module
 */

import type { Metadata, Pid, Strategy } from "@rusm/otp";
import type { Capability } from "../capability.ts";
import type { ServerEvent } from "./connection.ts";
import type { Listing, StoreWrite } from "./store.ts";

/** Starts processes, which go on with what the guest does. */
export interface StartAsk {
  /** The guest's, such as the claims of the request that it acts for; see `Start.metadata`. */
  readonly metadata?: Metadata;
}

/** Starts a supervisor. */
export interface SuperviseAsk extends StartAsk {
  /** The tag. */
  readonly type: "supervise";
  /** Which children are restarted with one that ended. */
  readonly strategy: Strategy;
  /** Names of components, in the order they are started. */
  readonly children: readonly string[];
  /** Restarts within the period that are borne; 0 bears all. */
  readonly restartsMax: number;
  /** The period in milliseconds; 0 is the life of the supervisor. */
  readonly withinMs: number;
}

/** Does something with the store. */
export type StoreAsk =
  | {
    readonly type: "kv";
    readonly op: "get" | "delete" | "exists";
    readonly bucket: string;
    readonly key: string;
  }
  | ({
    readonly type: "kv";
    readonly op: "list";
    readonly bucket: string;
  } & Listing)
  | {
    readonly type: "kv";
    readonly op: "set";
    readonly bucket: string;
    readonly key: string;
    readonly value: Uint8Array;
    readonly ttlMs?: number;
  }
  | {
    readonly type: "kv";
    readonly op: "compareAndSet";
    readonly bucket: string;
    readonly key: string;
    readonly expected: Uint8Array | undefined;
    readonly value: Uint8Array | undefined;
  }
  | {
    readonly type: "kv";
    readonly op: "batch";
    readonly writes: readonly StoreWrite[];
  };

/** Sends something to the client of a connection. */
export type FrameAsk =
  | { readonly type: "frame"; readonly text: Uint8Array }
  | { readonly type: "frame"; readonly bytes: Uint8Array }
  | { readonly type: "frame"; readonly code: number; readonly reason: string }
  | { readonly type: "frame"; readonly event: ServerEvent };

/** Looks at a process, or ends it, on the thread that it is of. */
export interface Look {
  /** What is asked: an {@linkcode Info}, whether it lives, or its end. */
  readonly type: "info" | "isAlive" | "kill";
  /** Whom. */
  readonly pid: Pid;
}

/** What a guest asks of its node. */
export type Ask =
  | ({ readonly type: "spawn"; readonly component: string } & StartAsk)
  | ({
    readonly type: "spawnFrom";
    readonly component: string;
    readonly source: string;
  } & StartAsk)
  | SuperviseAsk
  | { readonly type: "list" }
  | Look
  | { readonly type: "unregister"; readonly name: string }
  | { readonly type: "tag"; readonly tag: string }
  | StoreAsk
  | FrameAsk;

/** What is answered: a value, or why there is none. */
export type Answer =
  | { readonly value: unknown }
  | {
    /** A sentence for the guest. */
    readonly error: string;
  };

/** What is known of a process; as `process-info` of the guests' interface. */
export interface Info {
  /** Names it. */
  readonly pid: bigint;
  /** How many processes it is linked to. */
  readonly links: number;
  /** How many monitors of it there are. */
  readonly monitors: number;
  /** Its names, in the order it got them. */
  readonly names: readonly string[];
  /** What it calls itself. */
  readonly label: string | undefined;
  /** How many messages wait for it. */
  readonly mailboxDepth: number;
  /** Whether exit signals reach it as messages. */
  readonly trapExit: boolean;
}

/**
 * Why a process of `capability` may not ask this; undefined when it may. Asked
 * on the scheduler of the guest, and again on the main thread.
 */
export function denialOf(
  capability: Capability,
  { type }: Ask,
): string | undefined {
  switch (type) {
    case "spawn":
    case "spawnFrom":
      return capability.spawn
        ? undefined
        : "spawn denied: missing the spawn capability";
    case "supervise":
      return capability.spawn
        ? undefined
        : "supervise denied: missing the spawn capability";
    case "kv":
      return capability.storage
        ? undefined
        : "kv denied: missing the storage capability";
    case "list":
    case "info":
    case "isAlive":
    case "kill":
    case "unregister":
      return capability.processControl
        ? undefined
        : `${type} denied: missing the process-control capability`;
    case "tag":
    case "frame":
      return undefined;
  }
}
