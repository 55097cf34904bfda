/**
 * What `rusm dev` says of what it has done.
 *
 * @module
 */

import type { Reload } from "@rusm/serve";
import { reloadTexts } from "../app/reload_texts.ts";
import type { Outcome } from "../bundle/outcome.ts";
import { shorten } from "../file.ts";
import { type Output, paint } from "../io.ts";
import { formatBytes, formatMs } from "../quantity.ts";

/** What came of changes. */
export interface Round {
  /** Absolute paths of what has changed; none when nobody knows. */
  readonly paths: readonly string[];
  /** How the builds ended. */
  readonly outcomes: readonly Outcome[];
  /** What the app took up; absent when it takes up nothing. */
  readonly reload: Reload | undefined;
  /** From the first change until it was served, in milliseconds. */
  readonly ms: number;
}

/** Lines that say what came of changes; none when nothing did. Pure. */
export function roundLines(
  round: Round,
  cwd: string,
  output: Output,
): readonly string[] {
  const { reload } = round;
  const changed = changedText(round.paths, cwd);
  const failed = round.outcomes.filter(({ type }) => type === "failed");
  const rebuilt = reload === undefined ? [] : rebuiltOf(round, reload);
  const rest = reload === undefined ? [] : restOf(round, reload);
  const results = [
    ...failed.map(({ component: { name } }) =>
      paint(output, "red", `${name} failed`)
    ),
    ...rebuilt,
    ...rest.length === 0 ? [] : [rest.join(", ")],
  ];
  return results.map((result) => `${changed}${result}`);
}

function changedText(paths: readonly string[], cwd: string): string {
  const [first, ...more] = paths;
  if (first === undefined) return "";
  const others = more.length === 0 ? "" : ` and ${more.length} more`;
  return `changed ${shorten(first, cwd)}${others} → `;
}

function rebuiltOf(
  { outcomes, ms }: Round,
  { changed, added }: Reload,
): readonly string[] {
  const served = new Set([...changed.map(([name]) => name), ...added]);
  return outcomes.flatMap((outcome) => {
    const { component: { name } } = outcome;
    if (outcome.type !== "built" || !served.has(name)) return [];
    const how = added.includes(name) ? "built" : "rebuilt";
    const bytes = formatBytes(outcome.bytes);
    return [`${name} ${how} in ${formatMs(ms)} (${bytes})`];
  });
}

function restOf({ outcomes }: Round, reload: Reload): readonly string[] {
  const built = outcomes.filter(({ type }) => type === "built");
  return reloadTexts(
    reload,
    new Set(built.map(({ component: { name } }) => name)),
  );
}
