/**
 * Reads metrics as Prometheus does, and refuses what `promtool check metrics` and
 * the validator of OpenMetrics refuse.
 *
 * @module
 */

import { ok, strictEqual } from "node:assert";

/** A value of a parsed text. */
export interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A parsed text. */
export interface Parsed {
  readonly series: readonly Series[];
  /** By family, as it is written. */
  readonly types: ReadonlyMap<string, string>;
  /** The value with exactly these labels, 0 when there is none. */
  get(name: string, labels?: Readonly<Record<string, string>>): number;
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LINE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/s;

/** Parses the text of a form. */
export function parseExposition(text: string, isOpen: boolean): Parsed {
  ok(text === "" || text.endsWith("\n"), "the last line has an end");
  const lines = text.split("\n").slice(0, -1);
  if (isOpen) strictEqual(lines.pop(), "# EOF");
  const types = new Map<string, string>();
  const helps = new Set<string>();
  const series: Series[] = [];
  let family = "";
  for (const line of lines) {
    const [, kind, name = "", rest = ""] =
      /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (kind === "HELP") {
      ok(!helps.has(name), `one help of ${name}`);
      helps.add(name);
    } else if (kind === "TYPE") {
      ok(NAME.test(name) && !types.has(name), `one type of ${name}`);
      ok(helps.has(name), `help of ${name}`);
      types.set(name, rest);
      family = name;
    } else series.push(parseSeries(line, family, types.get(family)!, isOpen));
  }
  insistDistinct(series);
  insistCumulative(series, types);
  const find = (name: string, labels = {}) =>
    series.find((each) =>
      each.name === name && keyOf(each.labels) === keyOf(labels)
    );
  return { series, types, get: (...key) => find(...key)?.value ?? 0 };
}

function parseSeries(
  line: string,
  family: string,
  type: string,
  isOpen: boolean,
): Series {
  const [, name = "", labels = "", number] = LINE.exec(line) ?? [];
  ok(name !== "", `a value: ${line}`);
  const endings = type === "histogram"
    ? ["_bucket", "_sum", "_count"]
    : [isOpen && type === "counter" ? "_total" : ""];
  ok(endings.some((end) => name === family + end), `${name} of ${family}`);
  if (type === "counter") ok(name.endsWith("_total"), name);
  const value = number === "+Inf" ? Infinity : Number(number);
  ok(!Number.isNaN(value), line);
  return { name, labels: parseLabels(labels), value };
}

function parseLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  let rest = text;
  while (rest !== "") {
    const pair = /^([a-zA-Z_]\w*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/.exec(rest);
    ok(pair !== null, `labels: ${rest}`);
    const [all, name, value] = pair;
    ok(!(name! in labels) && value !== "", `one ${name}`);
    labels[name!] = value!.replace(
      /\\(.)/g,
      (_, c) => c === "n" ? "\n" : c,
    );
    rest = rest.slice(all.length);
  }
  return labels;
}

function keyOf(labels: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(labels).sort());
}

function insistDistinct(series: readonly Series[]): void {
  const keys = series.map(({ name, labels }) => name + keyOf(labels));
  strictEqual(new Set(keys).size, keys.length, "each value once");
}

function insistCumulative(
  series: readonly Series[],
  types: ReadonlyMap<string, string>,
): void {
  for (const [name, type] of types) {
    if (type !== "histogram") continue;
    const counts = new Map<string, [le: number, count: number]>();
    for (const { name: part, labels: { le, ...labels }, value } of series) {
      const key = keyOf(labels);
      const [lastLe, last] = counts.get(key) ?? [-Infinity, 0];
      if (part === `${name}_bucket`) {
        const bound = le === "+Inf" ? Infinity : Number(le);
        ok(bound > lastLe && value >= last, `${name} ${le}`);
        counts.set(key, [bound, value]);
      } else if (part === `${name}_count`) {
        strictEqual(lastLe, Infinity);
        strictEqual(value, last);
      }
    }
  }
}
