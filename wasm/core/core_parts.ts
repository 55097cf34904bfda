/**
 * What a process of a core module is made from.
 *
 * @module
 */

import type { ExitReason } from "@rusm/otp";
import type { NameService } from "../name_replica.ts";
import type { Command } from "./command.ts";
import type { Crashed } from "./crash_report.ts";
import type { ProcessInstance, ProcessPool } from "./process_pool.ts";
import type { Log } from "./stdio.ts";
import type { TurnParts } from "./turn.ts";

/** The entry of a service: {@linkcode SERVICE_EXPORT} is called for each message. */
export const SERVICE_ENTRY = "service";

/**
 * What a service exports: a function `() -> i32`, called when a message is
 * there, which it takes by `receive`; one that it leaves is dropped. The
 * process goes on when it returns 0, and ends otherwise.
 */
export const SERVICE_EXPORT = "rusm_message";

/** What the processes of one component have in common. */
export interface CoreParts extends TurnParts {
  /** Instances of what they run. */
  readonly pool: ProcessPool;
  /** Who gives them names; their runtime when absent, which then must be the only one. */
  readonly names?: NameService;
  /** Whether a service always gives its instance back before it waits; only when guests take much in all when absent. */
  readonly alwaysHibernates?: boolean;
}

/** What is one process's own. */
export interface CoreStart {
  /**
   * Name of the exported function that it runs, which takes nothing; or
   * {@linkcode SERVICE_ENTRY}.
   */
  readonly entry: string;
  /** What it does instead of `entry`, if anything: calls an export that takes something. */
  readonly invoke?:
    | ((instance: ProcessInstance) => Promise<unknown>)
    | undefined;
  /** Makes what a command is started with, when it first asks; nothing when absent. */
  readonly command?: () => Command;
  /** Makes the exit reason of what a guest ended with, while it still has its instance. */
  readonly crashOf?: (crashed: Crashed) => ExitReason;
  /** Takes what it logs; nobody does when absent. */
  readonly log?: Log;
}
