/**
 * Where an app is reached, as a table.
 *
 * @module
 */

import type { Endpoint, Listener } from "@rusm/serve";
import { type Output, paint } from "../io.ts";
import { probeOf } from "./probe.ts";

/** Columns of an endpoint's label. */
const LABEL_COLUMNS = 16;

/**
 * Lines that say where `endpoints` are, in the colours of `output`.
 *
 * @param listeners Those that they are of, in the same order.
 */
export function endpointLines(
  endpoints: readonly Endpoint[],
  listeners: readonly Pick<Listener, "protocol" | "target">[],
  output: Output,
): readonly string[] {
  const rows = endpoints.map(({ label, url }) =>
    `  ${label.padEnd(LABEL_COLUMNS)} ${paint(output, "cyan", url)}`
  );
  const [[endpoint], [listener]] = [endpoints, listeners];
  return [
    `serving ${rows.length} endpoint${rows.length === 1 ? "" : "s"}:`,
    ...rows,
    ...endpoint === undefined || listener === undefined
      ? []
      : [`try: ${probeOf(listener, endpoint.url)}`],
  ];
}
