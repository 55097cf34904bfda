/**
 * Options whose value is one of some words.
 *
 * @module
 */

import type { Arguments } from "../arguments.ts";
import { UsageError } from "../errors.ts";
import { suggest } from "../nearest.ts";
import { type Starter, STARTERS } from "../templates.ts";

/** The words that an option takes: what each means, or that it cannot be yet. */
export interface Choice<Value> {
  /** Name of the option, without the dashes. */
  readonly option: string;
  /** What is meant when the option is not given. */
  readonly preset: string;
  /** `undefined` stands for what is planned. */
  readonly words: ReadonlyMap<string, Value | undefined>;
}

/** `--lang`. */
export const LANG: Choice<"ts"> = {
  option: "lang",
  preset: "ts",
  words: withPlanned([["ts", "ts"], ["typescript", "ts"]], [
    ...["rust", "rs", "go", "golang", "generic", "wasm"],
  ]),
};

/** `--protocol`: the usual app of each. */
export const PROTOCOL: Choice<Starter> = {
  option: "protocol",
  preset: "http",
  words: startersBy("protocol", []),
};

/** `--template`. */
export const TEMPLATE: Choice<Starter> = {
  option: "template",
  preset: "hello",
  words: withAliases(startersBy("name", ["weather", "mailer"]), [
    // What RUSM calls its own.
    ...[["todo-board", "board"], ["todo", "board"]] as const,
  ]),
};

function startersBy(
  key: "protocol" | "name",
  planned: readonly string[],
): Choice<Starter>["words"] {
  const known = Map.groupBy(STARTERS, (starter) => starter[key]);
  const usual = [...known].map(([word, [usual]]) => [word, usual!] as const);
  return withPlanned(usual, planned);
}

function withPlanned<Value>(
  present: readonly (readonly [string, Value])[],
  planned: readonly string[],
): ReadonlyMap<string, Value | undefined> {
  return new Map<string, Value | undefined>([
    ...present,
    ...planned.map((word) => [word, undefined] as const),
  ]);
}

function withAliases<Value>(
  words: Choice<Value>["words"],
  aliases: readonly (readonly [alias: string, word: string])[],
): Choice<Value>["words"] {
  const meant = aliases.map(([alias, word]) =>
    [alias, words.get(word)] as const
  );
  return new Map([...words, ...meant]);
}

/**
 * What `args` choose.
 *
 * @param what What is made, for messages: `an app`.
 * @throws {UsageError} The word is unknown, or stands for what is planned.
 */
export function choose<Value>(
  choice: Choice<Value>,
  args: Arguments,
  what: string,
): Value {
  const { option, preset, words } = choice;
  const word = args.values.get(option) ?? preset;
  const value = words.get(word);
  if (value !== undefined) return value;
  const known = [...words.keys()].filter((word) =>
    words.get(word) !== undefined
  );
  throw new UsageError(
    words.has(word)
      ? `Cannot create ${what} with --${option} ${word} yet: there is ${
        known.join(", ")
      }`
      : `Unknown --${option} "${word}": ${
        suggest(word, known, `words for --${option}`)
      }`,
  );
}
