/**
 * What a log can say.
 *
 * @module
 */

import type { ExitReason, Pid } from "@rusm/otp";
import type { Capability } from "@rusm/wasm";
import type { LineLevel } from "./log_level.ts";

/** Everything that becomes a line. A new case is put into words in `log_text.ts` and `log_json.ts`. */
export type LogRecord = NodeRecord | GuestRecord | Access | LifecycleEvent;

/** What the node says. */
export interface NodeRecord {
  /** The tag. */
  readonly type: "node";
  /** How important it is. */
  readonly level: LineLevel;
  /** What it says. */
  readonly text: string;
}

/** What a process logs. */
export interface GuestRecord {
  /** The tag. */
  readonly type: "guest";
  /** Name of its component. */
  readonly component: string;
  /** Its pid. */
  readonly pid: PidText;
  /** How important it is, as the process has it. */
  readonly level: LineLevel;
  /** What it says: any text. */
  readonly text: string;
}

/** That a request was answered. Level `info`. What is not known is left out. */
export interface Access {
  /** The tag: by which protocol. */
  readonly type: "http" | "sse" | "ws";
  /** As the client gave it. */
  readonly method: string;
  /** With the query. */
  readonly path: string;
  /** Of the response. */
  readonly status: number;
  /** Milliseconds from the head of the request to the point that is told. */
  readonly durationMs?: number;
  /** Bytes of the response's body. */
  readonly bytes?: number;
  /** Names the request in other logs. */
  readonly requestId?: string;
  /** Name of the component that answered. */
  readonly component?: string;
  /** The process that answered. */
  readonly pid?: PidText;
  /** Address of the client. */
  readonly client?: string;
}

/** What becomes of processes, and of what the node has. */
export type LifecycleEvent =
  | Spawn
  | ProcessExit
  | RestartEvent
  | GaveUp
  | Census
  | Listen
  | StoreOpened;

/** A process began. Level `debug`. */
export interface Spawn {
  /** The tag. */
  readonly type: "spawn";
  /** Name of its component. */
  readonly component: string;
  /** Its pid. */
  readonly pid: PidText;
  /** What it may do. */
  readonly capability: Capability;
}

/**
 * A process ended. Level `info` when normal or a shutdown; `warn` when it was
 * killed, or a process that it was linked to had ended; `error` when it crashed or
 * went past a limit. The text has a stack on lines of its own.
 */
export interface ProcessExit {
  /** The tag. */
  readonly type: "exit";
  /** Name of its component. */
  readonly component: string;
  /** Its pid. */
  readonly pid: PidText;
  /** Why it ended. */
  readonly reason: ExitReason;
  /** The process whose end, over a link, was its own; absent when it ended by itself. */
  readonly linkedTo?: PidText;
}

/** A supervisor starts a child again. Level `warn`. */
export interface RestartEvent {
  /** The tag. */
  readonly type: "restart";
  /** The child, by its id: a resident's is the name of its component. */
  readonly child: string;
  /** The supervisor. */
  readonly supervisor: PidText;
  /** Why the child ended, or could not be started. */
  readonly reason: ExitReason;
  /** Restarts of the supervisor in its period, with this one; 0 when they are not counted. */
  readonly count: number;
  /** How many there may be. */
  readonly countMax: number;
  /** Milliseconds until the child is started. */
  readonly waitMs: number;
}

/** A child ended once too often, and its supervisor ends. Level `error`. */
export interface GaveUp {
  /** The tag. */
  readonly type: "gaveUp";
  /** The child, by its id. */
  readonly child: string;
  /** The supervisor. */
  readonly supervisor: PidText;
  /** Why the child ended, or could not be started. */
  readonly reason: ExitReason;
}

/** How many processes live. Level `info`. */
export interface Census {
  /** The tag. */
  readonly type: "census";
  /** Processes of each component that has one. */
  readonly components: ReadonlyMap<string, number>;
  /** Members of each group that has one. */
  readonly tags: ReadonlyMap<string, number>;
}

/** A listener is open. Level `info`. */
export interface Listen {
  /** The tag. */
  readonly type: "listen";
  /** Where it is reached, with the real port. */
  readonly url: string;
  /** Name of its component, or its address when routes say which. */
  readonly label: string;
}

/** The store is open. Level `info`. */
export interface StoreOpened {
  /** The tag. */
  readonly type: "store";
  /** Absolute path of its file. */
  readonly path: string;
}

/** A pid, as anything that prints as one. */
export type PidText = string | number | bigint;

/** The text of a pid, in lines and tables: `0.1.42`. */
export function pidText({ node, scheduler, serial }: Pid): string {
  return `${node}.${scheduler}.${serial}`;
}

/** How important `record` is. */
export function levelOf(record: LogRecord): LineLevel {
  switch (record.type) {
    case "node":
    case "guest":
      return record.level;
    case "spawn":
      return "debug";
    case "exit":
      return levelOfExit(record);
    case "restart":
      return "warn";
    case "gaveUp":
      return "error";
    default:
      return "info";
  }
}

function levelOfExit({ reason, linkedTo }: ProcessExit): LineLevel {
  if (reason === "normal" || reason === "shutdown") return "info";
  if (linkedTo !== undefined) return "warn";
  return typeof reason === "string" ? "warn" : "error";
}
