/**
 * Metrics as they stand at one moment.
 *
 * @module
 */

import type { Histogram } from "./histogram.ts";

/** Values that belong together. */
export interface Family {
  /** By the conventions of Prometheus, with its unit, and without `_total`. */
  readonly name: string;
  /** How its values change: a counter only grows, and is not `_total` in its name here. */
  readonly type: "counter" | "gauge" | "histogram";
  /** What it says, as a sentence without a full stop. */
  readonly help: string;
  /** Its values, each with other labels. */
  readonly samples: readonly Sample[];
}

/** A value. */
export interface Sample {
  /** Which one it is. Names are ours; so many values there are of each as the manifest says, never as clients or guests do. */
  readonly labels: Labels;
  /** What was counted or measured; a histogram in a family of histograms, and nowhere else. */
  readonly value: number | Histogram;
}

/** Values by name. One that is empty is left out: that is the same. */
export type Labels = Readonly<Record<string, string>>;

/** Makes a family of one value without labels. */
export function single(
  type: "counter" | "gauge",
  name: string,
  help: string,
  value: number,
): Family {
  return { name, type, help, samples: [{ labels: {}, value }] };
}
