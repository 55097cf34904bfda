/**
 * Refusals: what a host function throws when the capability does not grant it.
 *
 * @module
 */

import type { Capability } from "../capability.ts";

/** The capability does not grant what the guest asked for. */
export class NotCapable extends Error {
  /** Says what was asked, and which profile does not grant what. */
  constructor(action: string, capability: Capability, grant: string) {
    super(
      `Cannot ${action}: profile "${capability.name}" does not grant ${grant}`,
    );
    this.name = "NotCapable";
  }
}
