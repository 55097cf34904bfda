/**
 * What a process takes its instance from, whatever that is an instance of.
 *
 * @module
 */

import type { Ceilings, Cost } from "../ceilings.ts";
import type { Hibernated } from "./hibernation.ts";
import type { CoreInstance } from "./instance.ts";
import type { Guest } from "./slot.ts";

/** Something that a process runs. */
export interface ProcessInstance {
  /** See {@linkcode CoreModule.startExport}. */
  readonly startExport: string | undefined;
  /** Whether a process can begin with `entry`. */
  has(entry: string): boolean;
  /** Runs `entry`, on a fiber of its own. Rejects when it traps. */
  call(entry: string): Promise<unknown>;
  /** Goes on from what was saved. It must be as new. */
  wake(saved: Hibernated): void;
  /** What it holds, for a core dump; absent when there is none of its kind. */
  contents?(): ReturnType<CoreInstance["contents"]>;
}

/** Instances that are handed out and taken back. */
export interface ProcessPool {
  /** What all guests together may take. */
  readonly ceilings: Ceilings;
  /** Whether a service can wait for messages without an instance. */
  readonly isHibernatable: boolean;
  /** Takes what a process needs of the machine; undefined when it is not there. */
  tryAdmit(): Cost | undefined;
  /** The same, waiting for it. Resolves to undefined when it did not come in time. */
  admit(): Promise<Cost | undefined>;
  /** Takes an instance for a process, which was admitted. */
  take(guest: Guest, admitted?: Cost): ProcessInstance;
  /** Gives an instance back. No call may be under way in it. */
  give(instance: ProcessInstance): void;
  /**
   * Counts what the memory of an instance has grown by. Returns whether it may
   * have; `"memory"` when it is more than the process may have.
   */
  count(instance: ProcessInstance): boolean | "memory";
  /** Saves the state of an instance, and gives it back; undefined when it cannot be saved. */
  hibernate(instance: ProcessInstance): Hibernated | undefined;
}
