/**
 * `rusm kv`: what an app has stored.
 *
 * @module
 */

import { dirname, resolve } from "node:path";
import {
  openStore,
  type Store,
  StoreError,
  type StoreErrorCode,
} from "@rusm/serve";
import type { Arguments } from "./arguments.ts";
import {
  CommandFailure,
  EXIT_FAILED,
  EXIT_MISUSED,
  EXIT_OK,
  UsageError,
} from "./errors.ts";
import { shorten, shortenAll, stat } from "./file.ts";
import { type Io, print } from "./io.ts";
import { loadOrFail } from "./manifest_load.ts";
import { findManifest } from "./manifest_path.ts";
import { suggest } from "./nearest.ts";
import { formatBytes } from "./quantity.ts";

/** What there is to do about a store that fails. */
const HINTS: ReadonlyMap<StoreErrorCode, readonly string[]> = new Map([
  ["full", [
    "Make room by `rusm kv rm`, or raise `store_max_mb` under [node].",
  ]],
  ["busy", ["Another program writes to it. Try again."]],
  ["corrupt", [
    "Stop the node, and put a copy from before in its place, or what can be read:",
    "  sqlite3 <file> .recover | sqlite3 <new file>",
  ]],
]);

/** Keys that are listed at once. */
const PAGE_KEYS = 10_000;

/** What an action has. */
interface Action {
  readonly store: Store;
  readonly args: Arguments;
  readonly io: Io;
}

/** One action, by its name, and how many operands it takes. */
interface ActionKind {
  readonly least: number;
  readonly most: number;
  /** Whether a store is made that is not there. */
  readonly creates: boolean;
  run(action: Action): Promise<number>;
}

const KINDS: ReadonlyMap<string, ActionKind> = new Map([
  ["get", { least: 1, most: 2, creates: false, run: get }],
  ["set", { least: 1, most: 2, creates: true, run: set }],
  ["rm", { least: 1, most: 1, creates: false, run: remove }],
  ["list", { least: 1, most: 1, creates: false, run: list }],
  ["buckets", { least: 0, most: 0, creates: false, run: buckets }],
]);

/** Other words for actions. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ["put", "set"],
  ["delete", "rm"],
  ["remove", "rm"],
  ["ls", "list"],
]);

/**
 * Does one thing with the store of the app of `args`.
 *
 * @returns 0; 1 when there is no value to get.
 * @throws {UsageError} The action or its operands make no sense.
 * @throws {CommandFailure} The app has no store, or it cannot be used.
 */
export async function runKv(args: Arguments, io: Io): Promise<number> {
  const kind = kindOf(args);
  if (kind.run !== list && kind.run !== buckets) placeOf(args);
  const { path, ...bounds } = await findStore(args, io);
  const isThere = await stat(path) !== undefined;
  if (!isThere && !kind.creates) {
    throw new CommandFailure(`Nothing is stored: ${shorten(path, io.cwd)}`);
  }
  if (!isThere) await Deno.mkdir(dirname(path), { recursive: true });
  try {
    await using store = closing(await openStore(path, bounds));
    return await kind.run({ store: store.store, args, io });
  } catch (error) {
    // A value that is too large is no bug of ours.
    if (!(error instanceof StoreError)) throw error;
    const message = shortenAll(error.message, io.cwd);
    const isMisuse = error.code === "invalid" || error.code === "tooLarge";
    if (isMisuse) throw new UsageError(message);
    throw new CommandFailure(message, { hints: HINTS.get(error.code) ?? [] });
  }
}

function kindOf({ operands: [word = "", ...rest] }: Arguments): ActionKind {
  const kind = KINDS.get(ALIASES.get(word) ?? word);
  if (kind === undefined) {
    throw new UsageError(
      `Unknown action "${word}": ${
        suggest(word, [...KINDS.keys()], "actions")
      }`,
    );
  }
  if (rest.length < kind.least) {
    const what = word === "list" || word === "ls"
      ? "<bucket>"
      : "<bucket>/<key>";
    throw new UsageError(`Missing ${what} behind ${word}`);
  }
  const extra = rest[kind.most];
  if (extra === undefined) return kind;
  throw new UsageError(`Unexpected argument: ${extra}`);
}

/** The file of a store, and what it is opened with. */
interface StoreFile {
  readonly path: string;
  readonly bytesMax?: number;
}

async function findStore(args: Arguments, io: Io): Promise<StoreFile> {
  const { path, directory, exists } = await findManifest(args, io);
  if (!exists) {
    throw new CommandFailure(`No rusm.toml in ${directory}`, {
      exitCode: EXIT_MISUSED,
    });
  }
  const { storePath, storeBytesMax } = await loadOrFail(path, io);
  if (storePath !== undefined) {
    const bounds = storeBytesMax === undefined
      ? {}
      : { bytesMax: storeBytesMax };
    return { path: storePath, ...bounds };
  }
  throw new CommandFailure(`No store in ${shorten(path, io.cwd)}`, {
    exitCode: EXIT_MISUSED,
    hints: ['Add `store = "data/store.db"` under [node].'],
  });
}

function closing(store: Store) {
  return { store, [Symbol.asyncDispose]: () => store.close() };
}

/** Where a value is. */
interface Place {
  readonly bucket: string;
  readonly key: string;
  /** As it was given. */
  readonly text: string;
}

function placeOf({ operands: [, text = ""] }: Arguments): Place {
  const slash = text.indexOf("/");
  const bucket = text.slice(0, slash);
  const key = text.slice(slash + 1);
  if (slash > 0 && key !== "") return { bucket, key, text };
  throw new UsageError(`Expected <bucket>/<key>: ${text}`);
}

async function get({ store, args, io }: Action): Promise<number> {
  const { bucket, key, text } = placeOf(args);
  const value = await store.get(bucket, key);
  if (value === undefined) {
    print(io.stderr, `no value at ${text}`);
    return EXIT_FAILED;
  }
  const file = args.operands[2];
  if (file === undefined) io.stdout.writeBytes(value);
  else {
    await Deno.writeFile(resolve(io.cwd, file), value);
    print(io.stdout, `wrote ${formatBytes(value.length)} to ${file}`);
  }
  return EXIT_OK;
}

async function set({ store, args, io }: Action): Promise<number> {
  const { bucket, key, text } = placeOf(args);
  const file = args.operands[2];
  const value = file === undefined
    ? await io.readInput()
    : await Deno.readFile(resolve(io.cwd, file));
  await store.set(bucket, key, value);
  print(io.stdout, `set ${text} (${formatBytes(value.length)})`);
  return EXIT_OK;
}

async function remove({ store, args, io }: Action): Promise<number> {
  const { bucket, key, text } = placeOf(args);
  const wasThere = await store.delete(bucket, key);
  print(io.stdout, wasThere ? `removed ${text}` : `no value at ${text}`);
  return EXIT_OK;
}

async function list({ store, args, io }: Action): Promise<number> {
  const keys: string[] = [];
  for await (const page of pagesOf(store, args)) {
    if (args.flags.has("json")) keys.push(...page);
    else printNames(page, args, io);
  }
  return args.flags.has("json") ? printNames(keys, args, io) : EXIT_OK;
}

// A store lists only so much at once.
async function* pagesOf(
  store: Store,
  { operands, values }: Arguments,
): AsyncGenerator<readonly string[]> {
  const bucket = operands[1]!;
  const prefix = values.get("prefix") ?? "";
  let page: readonly string[] = [];
  do {
    const last = page.at(-1);
    const after = last === undefined ? {} : { after: last };
    page = await store.list(bucket, { prefix, ...after, limit: PAGE_KEYS });
    yield page;
  } while (page.length === PAGE_KEYS);
}

async function buckets({ store, args, io }: Action): Promise<number> {
  return printNames(await store.buckets(), args, io);
}

function printNames(
  names: readonly string[],
  { flags }: Arguments,
  io: Io,
): number {
  if (flags.has("json")) print(io.stdout, JSON.stringify(names));
  else print(io.stdout, ...names);
  return EXIT_OK;
}
