/**
 * Whether a component could be run by glue.
 *
 * @module
 */

import { LoadFailed } from "../../errors.ts";
import { NeedsPreview3 } from "../errors.ts";

/** Why `failure` to load a component is that it needs preview 3; undefined when it is anything else. */
export function needsPreview3(failure: unknown): NeedsPreview3 | undefined {
  if (!(failure instanceof LoadFailed)) return undefined;
  const { cause } = failure;
  return cause instanceof NeedsPreview3 ? cause : undefined;
}
