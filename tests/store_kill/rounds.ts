/**
 * Nodes that are killed while their guests write.
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";
import { openStore } from "@rusm/serve";

/** What a round has found. */
export interface Round {
  /** Writes that guests were told of before the node was killed. */
  readonly acknowledged: number;
  /** Those of this round and of all before that the store does not have. */
  readonly missing: number;
  /** What SQLite says of the file; `ok` when it is sound. */
  readonly soundness: unknown;
}

const MAIN = new URL("../../cli/main.ts", import.meta.url).pathname;

/** Writers of a node, besides the one that starts them. */
const WRITERS = 63;

const MANIFEST = `
[node]
store = "data/store.db"

[components.first]
resident = true
capability = "trusted"

[components.writer]
capability = "trusted"
`;

// Says so when it was told that a value is on disk.
const WRITE = `
  const bucket = kv.bucket("written");
  const self = crypto.randomUUID();
  for (let nth = 0;; nth++) {
    const key = self + "/" + nth;
    bucket.set(key, "value of " + key);
    console.log("acknowledged " + key);
  }`;

const FILES = {
  "rusm.toml": MANIFEST,
  "wasm/writer.js": `exports.default = () => {${WRITE}};`,
  "wasm/first.js": `exports.default = () => {
    for (let left = ${WRITERS}; left > 0; left--) Process.spawn("writer");
    ${WRITE}
  };`,
};

/**
 * Runs nodes with one and the same store, one after the other. Each is killed
 * as soon as its guests were told of as many writes as `counts` says.
 */
export async function* killedNodes(
  counts: Iterable<number>,
): AsyncGenerator<Round> {
  const directory = await Deno.makeTempDir();
  const acknowledged = new Set<string>();
  try {
    await Deno.mkdir(`${directory}/wasm`);
    for (const [name, text] of Object.entries(FILES)) {
      await Deno.writeTextFile(`${directory}/${name}`, text);
    }
    for (const count of counts) {
      const before = acknowledged.size;
      for await (const key of writeUntilKilled(directory, count)) {
        acknowledged.add(key);
      }
      const found = await check(`${directory}/data/store.db`, acknowledged);
      yield { acknowledged: acknowledged.size - before, ...found };
    }
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** The keys that the node has acknowledged until it was gone. */
async function* writeUntilKilled(
  directory: string,
  count: number,
): AsyncGenerator<string> {
  const controller = new AbortController();
  const node = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", MAIN, "run"],
    cwd: directory,
    signal: controller.signal,
    ...{ stdin: "null", stdout: "null", stderr: "piped" },
  }).spawn();
  let seen = 0;
  let text = "";
  try {
    for await (
      const chunk of node.stderr.pipeThrough(new TextDecoderStream())
    ) {
      const lines = (text + chunk).split("\n");
      // The last line may be half a line.
      text = lines.pop()!;
      for (const line of lines) {
        const [, key] = /acknowledged (\S+)$/.exec(line) ?? [];
        if (key === undefined) continue;
        yield key;
        if (++seen === count) node.kill("SIGKILL");
      }
    }
  } finally {
    // When nobody wants to know more, or the text ended too early.
    controller.abort();
    await node.status;
  }
  if (seen >= count) return;
  throw new Error(`Cannot go on: a node has ended after ${seen} writes`);
}

async function check(
  path: string,
  keys: ReadonlySet<string>,
): Promise<Pick<Round, "missing" | "soundness">> {
  const store = await openStore(path);
  let missing = 0;
  for (const key of keys) {
    const value = await store.get("written", key);
    const text = value && new TextDecoder().decode(value);
    if (text !== `value of ${key}`) missing++;
  }
  await store.close();
  return { missing, soundness: soundnessOf(path) };
}

function soundnessOf(path: string): unknown {
  const database = new DatabaseSync(path);
  const row = database.prepare("PRAGMA integrity_check").get();
  database.close();
  return row?.integrity_check;
}
