/**
 * Metrics as text, for Prometheus and what understands the same.
 *
 * @module
 */

import type { Family, Labels, Sample } from "./family.ts";
import { DURATION_BOUNDS, type Histogram } from "./histogram.ts";

/** A form of the text. */
export interface Exposition {
  /** For the header `content-type`. */
  readonly contentType: string;
  /** Writes `families`, in their order. Pure. */
  format(families: readonly Family[]): string;
}

/** The text format of Prometheus, version 0.0.4. */
export const PROMETHEUS: Exposition = {
  contentType: "text/plain; version=0.0.4; charset=utf-8",
  format: (families) =>
    families.map((family) => {
      const { name, type } = family;
      return formatFamily(family, type === "counter" ? `${name}_total` : name);
    }).join(""),
};

/** OpenMetrics, version 1.0.0: a counter's family is named without `_total`, and the text has an end. */
export const OPEN_METRICS: Exposition = {
  contentType: "application/openmetrics-text; version=1.0.0; charset=utf-8",
  format: (families) =>
    families.map((family) => formatFamily(family, family.name)).join("") +
    "# EOF\n",
};

/** Chooses a form by a header `accept`: OpenMetrics for who wants it at least as much as plain text. */
export function expositionFor(accept: string | null): Exposition {
  const open = qualityOf(accept ?? "", ["application/openmetrics-text"]);
  const plain = qualityOf(accept ?? "", ["text/plain"]);
  return open > 0 && open >= plain ? OPEN_METRICS : PROMETHEUS;
}

/** The largest weight, 0 to 1, that `accept` gives to one of `types` by name; 0 without one. */
function qualityOf(accept: string, types: readonly string[]): number {
  let quality = 0;
  for (const range of accept.split(",")) {
    const [type = "", ...parameters] = range.split(";");
    if (!types.includes(type.trim().toLowerCase())) continue;
    const weight = parameters.map((parameter) => parameter.trim())
      .find((parameter) => /^q=/i.test(parameter));
    quality = Math.max(quality, weight ? Number(weight.slice(2)) || 0 : 1);
  }
  return quality;
}

function formatFamily({ type, name, help, samples }: Family, as: string) {
  if (samples.length === 0) return "";
  const lines = samples.flatMap((sample) =>
    type === "histogram"
      ? histogramLines(name, sample)
      : `${type === "counter" ? `${name}_total` : name}${
        formatLabels(sample.labels)
      } ${formatNumber(sample.value as number)}`
  );
  const head = [`# HELP ${as} ${escapeText(help)}`, `# TYPE ${as} ${type}`];
  return [...head, ...lines, ""].join("\n");
}

function histogramLines(name: string, { labels, value }: Sample): string[] {
  const { counts, sum } = value as Histogram;
  let count = 0;
  const buckets = counts.map((each, index) => {
    count += each;
    const le = formatNumber(DURATION_BOUNDS[index] ?? Infinity);
    return `${name}_bucket${formatLabels({ ...labels, le })} ${count}`;
  });
  const plain = formatLabels(labels);
  return [
    ...buckets,
    `${name}_sum${plain} ${formatNumber(sum)}`,
    `${name}_count${plain} ${count}`,
  ];
}

function formatLabels(labels: Labels): string {
  const pairs = Object.entries(labels).filter(([, value]) => value !== "")
    .map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escapeLabel(value: string): string {
  return escapeText(value).replaceAll('"', '\\"');
}

function escapeText(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

function formatNumber(value: number): string {
  if (value === Infinity) return "+Inf";
  return value === -Infinity ? "-Inf" : String(value);
}
