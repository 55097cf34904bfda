/**
 * Which components answer requests.
 *
 * @module
 */

import type { ComponentPlan } from "../component/plan.ts";
import { trackOf } from "../component/version.ts";

const HANDLER = "wasi:http/incoming-handler@0.2.0";

/** The export that answers, of any 0.2. */
export const HANDLER_ENTRY = `${trackOf(HANDLER)}#handle`;

/** Whether a component exports what answers requests. */
export function isHandler(
  { exports }: Pick<ComponentPlan, "exports">,
): boolean {
  return exports.some((each) =>
    each.kind === "interface" && trackOf(each.name) === trackOf(HANDLER) &&
    each.functions.has("handle")
  );
}
