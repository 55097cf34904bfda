/**
 * What an app has taken up, in words.
 *
 * @module
 */

import type { Endpoint, Reload } from "@rusm/serve";

/**
 * Says what an app has taken up, one text each; none when that is nothing. Pure.
 *
 * @param told Names of components of which new code and settings are told
 * elsewhere.
 */
export function reloadTexts(
  reload: Reload,
  told: ReadonlySet<string> = new Set(),
): readonly string[] {
  const { changed, added, removed, variables, started } = reload;
  const other = changed.filter(([name]) => !told.has(name));
  return [
    ...other.map(([name, cause]) =>
      cause === "code" ? `${name} reloaded` : `${name} has other settings`
    ),
    ...added.filter((name) => !told.has(name)).map((name) => `${name} added`),
    ...removed.map((name) => `${name} removed`),
    ...variables.length === 0 ? [] : [`set ${variables.join(", ")}`],
    ...started.map((name) => `${name} started`),
    ...reload.opened.map((each) => `listening on ${placeOf(each)}`),
    ...reload.rerouted.map((each) => `other routes on ${placeOf(each)}`),
    ...reload.closed.map((each) => `not listening on ${placeOf(each)}`),
  ];
}

function placeOf({ label, url }: Endpoint): string {
  return `${url} (${label})`;
}
