/**
 * Measures a noun: every variant in a fresh process, round after round.
 *
 * @module
 */

import { ChildError, runChild, STOP_MS } from "./child.ts";
import { type Machine, thisMachine } from "./machine.ts";
import {
  type Figures,
  isVariant,
  type Noun,
  parseFigures,
  type Peer,
  type RowPlan,
  type Variant,
  variantsOf,
} from "./noun.ts";
import { type Row, rowOf } from "./row.ts";

/** How long one variant may take, in milliseconds. */
export const VARIANT_MS = 120_000;

// A variant stops its own processes first, which may take as long as STOP_MS.
const VARIANT_STOP_MS = 2 * STOP_MS;

/** What was measured: the JSON document of one noun. */
export interface Report {
  /** Name of the noun. */
  readonly name: string;
  /** When it began, in ISO 8601. */
  readonly at: string;
  /** Where. */
  readonly machine: Machine;
  /** Of Deno, of V8, and of each peer; null when that is not installed. */
  readonly versions: Readonly<Record<string, string | null>>;
  /** In the order of the noun. */
  readonly rows: readonly Row[];
}

/** How {@linkcode measure} goes about it. */
export interface MeasureOptions {
  /** Rounds, at least 1. */
  readonly runs: number;
  /** Milliseconds one variant may take; {@linkcode VARIANT_MS} when absent. */
  readonly timeoutMs?: number;
  /** Stops it when aborted. */
  readonly signal: AbortSignal;
  /** Told, as a line without its end, what is about to run. */
  readonly progress: (line: string) => void;
}

/** A variant, and what progress calls it. */
interface Play {
  readonly variant: Variant;
  readonly label: string;
}

/** What each variant printed, a value per round. */
type Results = ReadonlyMap<Variant, Figures[]>;

/**
 * Measures every row of `noun`.
 *
 * A round runs each variant once, the two of a row next to each other, and
 * every second round goes backwards: whatever warms or slows the machine
 * meets both sides alike.
 *
 * @throws {ChildError} A variant failed, took too long, or printed no figures.
 * @throws What `options.signal` was aborted with, when all has stopped.
 */
export async function measure(
  noun: Noun,
  options: MeasureOptions,
): Promise<Report> {
  const at = new Date().toISOString();
  const directory = await Deno.makeTempDir({ prefix: "rusm-bench-" });
  try {
    const peers = await prepare(noun.rows, directory);
    const results = await playAll(noun, peers, directory, options);
    return {
      name: noun.name,
      at,
      machine: thisMachine(),
      versions: versionsOf(peers),
      rows: noun.rows.map((plan) => measuredRow(plan, results)),
    };
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** The version of every peer of `rows`, or null. */
async function prepare(
  rows: readonly RowPlan[],
  directory: string,
): Promise<ReadonlyMap<Peer, string | null>> {
  const versions = new Map<Peer, string | null>();
  for (const { peer } of rows.flatMap(variantsOf)) {
    if (peer === undefined || versions.has(peer)) continue;
    versions.set(peer, await peer.prepare(directory));
  }
  return versions;
}

async function playAll(
  noun: Noun,
  peers: ReadonlyMap<Peer, string | null>,
  directory: string,
  options: MeasureOptions,
): Promise<Results> {
  const plays = playsOf(noun.rows).filter(({ variant }) =>
    variant.peer === undefined || peers.get(variant.peer) !== null
  );
  const results = new Map<Variant, Figures[]>(
    plays.map(({ variant }) => [variant, []]),
  );
  for (let round = 1; round <= options.runs; round++) {
    for (const { variant, label } of inOrder(plays, round)) {
      options.progress(`${noun.name} ${round}/${options.runs}: ${label}`);
      results.get(variant)!.push(await play(variant, directory, options));
    }
  }
  return results;
}

/** Every variant of `rows` once, in their order. */
function playsOf(rows: readonly RowPlan[]): readonly Play[] {
  const plays = new Map<Variant, Play>();
  for (const row of rows) {
    for (const variant of variantsOf(row)) {
      const label = `${row.name}, ${variant.name}`;
      if (!plays.has(variant)) plays.set(variant, { variant, label });
    }
  }
  return [...plays.values()];
}

/** `items` in odd rounds, backwards in even ones. */
export function inOrder<Item>(
  items: readonly Item[],
  round: number,
): readonly Item[] {
  return round % 2 === 1 ? items : items.toReversed();
}

async function play(
  variant: Variant,
  directory: string,
  options: MeasureOptions,
): Promise<Figures> {
  const command = variant.command(directory);
  const stdout = await runChild(command, {
    cwd: directory,
    timeoutMs: options.timeoutMs ?? VARIANT_MS,
    stopMs: VARIANT_STOP_MS,
    signal: options.signal,
  });
  try {
    return parseFigures(stdout);
  } catch (thrown) {
    // What a variant printed instead of figures says what is wrong with it.
    if (!(thrown instanceof SyntaxError)) throw thrown;
    throw new ChildError(
      `Cannot read figures of ${command.join(" ")}: ${thrown.message}`,
      stdout.trimEnd(),
    );
  }
}

function versionsOf(
  peers: ReadonlyMap<Peer, string | null>,
): Record<string, string | null> {
  const { deno, v8 } = Deno.version;
  const entries = [...peers].map(([peer, version]) => [peer.name, version]);
  return { deno, v8, ...Object.fromEntries(entries) };
}

function measuredRow(plan: RowPlan, results: Results): Row {
  const ours = results.get(plan.variant) ?? [];
  return rowOf(plan, figuresOf(ours, plan), theirsOf(plan, results));
}

/** What `plan` is held against measured; undefined when it did not run. */
function theirsOf(plan: RowPlan, results: Results): number[] | undefined {
  const { variant, against } = plan;
  if (against === null) return undefined;
  const isOther = isVariant(against);
  const theirs = results.get(isOther ? against : variant);
  const figure = isOther ? plan.figure : against.figure;
  return theirs && figuresOf(theirs, plan, figure);
}

function figuresOf(
  rounds: readonly Figures[],
  plan: RowPlan,
  figure: string = plan.figure,
): number[] {
  return rounds.map((figures) => {
    const value = figures[figure];
    if (value !== undefined) return value;
    throw new TypeError(
      `Cannot find the figure of row ${plan.name}: ${figure}`,
    );
  });
}
