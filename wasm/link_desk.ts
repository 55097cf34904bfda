/**
 * Symbolic links that guests want, on the way to the main thread and back.
 *
 * @module
 */

import type { Pid } from "@rusm/otp";
import type { ErrnoName } from "./wasi/errno.ts";
import type { NewLink } from "./wasi/files/new_link.ts";
import type { Command, Report } from "./wire.ts";

/** What a scheduler asks the main thread for. */
export type LinkReport = Extract<Report, { type: "symlink" }>;

/** What the main thread has done about it. */
export type LinkAnswer = Extract<Command, { type: "linked" }>;

/** Asks the main thread for the links of one scheduler's processes. */
export class LinkDesk {
  readonly #report: (report: LinkReport) => void;
  // Those that wait, by serial: a process asks for one at a time.
  readonly #asking = new Map<number, (errno: ErrnoName | undefined) => void>();

  /** Asks by `report`. */
  constructor(report: (report: LinkReport) => void) {
    this.#report = report;
  }

  /**
   * Asks for a link for a process of `component`, which waits meanwhile.
   *
   * @returns Resolves to why it was not made; undefined when it was. A process
   * that ends while it waits leaves a link that may be made.
   */
  ask(
    pid: Pid,
    component: number,
    link: NewLink,
  ): Promise<ErrnoName | undefined> {
    this.#report({ type: "symlink", pid, component, ...link });
    return new Promise((resolve) => this.#asking.set(pid.serial, resolve));
  }

  /** Hands on what the main thread has answered. */
  heed({ pid, errno }: LinkAnswer): void {
    this.#asking.get(pid.serial)?.(errno);
    this.#asking.delete(pid.serial);
  }
}
