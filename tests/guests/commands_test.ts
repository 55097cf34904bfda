/** Commands of WASI 0.2, by hand and by way of the C library, on our host. */

import { deepStrictEqual, match, strictEqual } from "node:assert";

import { BUILT_IN_PROFILES, type Capability } from "../../wasm/capability.ts";
import { type CommandRun, LocalCommand } from "./testdata/run.ts";

const TRUSTED = BUILT_IN_PROFILES.get("trusted")!;
const CLI = {
  capability: TRUSTED,
  input: "standard input",
  env: new Map([["A", "b=c"], ["D", ""]]),
};

function exitOf({ reason }: CommandRun): number | string {
  if (typeof reason === "string") return reason;
  if (reason.type !== "exit") return reason.type;
  return (reason.payload as { readonly exitCode: number }).exitCode;
}

type Row = readonly [
  line: string,
  output: string | RegExp,
  end?: number | string,
  errors?: string,
];

function check({ output, errors, ...run }: CommandRun, row: Row): void {
  const [line, expected, end = "normal", complaint = ""] = row;
  if (typeof expected === "string") strictEqual(output, expected, line);
  else match(output, expected, line);
  strictEqual(errors, complaint, line);
  strictEqual(exitOf({ output, errors, ...run }), end, line);
}

function checkEach(guest: string, rows: readonly Row[]): void {
  for (const row of rows) {
    Deno.test(`${guest} ${row[0]} ends and writes what it should`, async () => {
      const command = await LocalCommand.load(guest, CLI);
      check(await command.run(...row[0].split(" ")), row);
    });
  }
}

// deno-fmt-ignore
checkEach("p2_cli", [
  ["args a b",        "a|b\n"],
  ["env",             "A=b=c\nD=\n"],
  ["cwd",             "none\n"],
  ["exit-ok",         "",                     "normal"],
  ["exit-error",      "",                     1],
  ["exit 3",          "",                     3],
  ["fail why",        "error: why\n",         1],
  ["trap",            "",                     "crashed"],
  ["terminals",       "0 0 0\n"],
  ["stderr words",    "ok\n",                 "normal", "words"],
  ["copy",            "standard input14\n"],
  ["splice",          "standard inputok\n"],
  ["pump",            "standard input14\n"],
  ["skip 9",          "5\n"],
  ["zeroes 3",        "\0\0\0ok\n"],
  ["overwrite 3",     "",                     "crashed"],
  ["orphan",          "",                     "crashed"],
  ["wall-clock",      /^\d+\.\d+ \d+\.\d+\n$/],
  ["monotonic-clock", /^\d+ \d+\n$/],
  ["sleep 2",         /^\d+\n$/],
  ["sleep-until 2",   /^\d+\n$/],
  ["poll 60000 1 60000", "1\n"],
  ["ready 300",         "0 1\n"],
  ["random 4",        /^[0-9a-f]{8} [0-9a-f]{16}\n$/],
  ["insecure 4",      /^[0-9a-f]{8} [0-9a-f]{16}\n$/],
  ["seed",            /^[0-9a-f]{32}\n$/],
  ["fly",             "error: unknown: fly\n", 1],
]);

// By way of the adapter, which makes 1 of every exit code that is not 0.
// deno-fmt-ignore
checkEach("command", [
  ["echo a b",        "a b\n"],
  ["env",             "A=b=c\nD=\n"],
  ["exit 0",          "",                     "normal"],
  ["exit 3",          "",                     1],
  ["abort",           "",                     "crashed"],
  ["stderr words",    "",                     "normal", "words\n"],
  ["copy",            "standard input"],
  ["sleep 2",         /^\d+\n$/],
  ["time",            /^\d+\n$/],
  ["random 4",        /^[0-9a-f]{8}\n$/],
  ["fly",             "",                     1,        "unknown: fly\n"],
]);

async function inDirectory(
  work: (capability: Capability, host: string) => Promise<void>,
): Promise<void> {
  const host = Deno.realPathSync(Deno.makeTempDirSync());
  const preopens = [{ host, guest: "/", readOnly: false }];
  try {
    await work({ ...TRUSTED, preopens }, host);
  } finally {
    Deno.removeSync(host, { recursive: true });
  }
}

function checkInOrder(guest: string, rows: readonly Row[]): void {
  Deno.test(`${guest} does to files what it is told, line by line`, () =>
    inDirectory(async (capability, host) => {
      const command = await LocalCommand.load(guest, { capability });
      for (const row of rows) {
        check(await command.run(...row[0].split(" ")), row);
      }
      deepStrictEqual([...Deno.readDirSync(host)].map(({ name }) => name), []);
    }));
}

// deno-fmt-ignore
checkInOrder("p2_files", [
  ["preopens",        "/\n"],
  ["mkdir d",         "ok\n"],
  ["mkdir d",         "error: exist\n",        1],
  ["write d/f hello", "ok\n"],
  ["append d/f !!",   "ok\n"],
  ["cat d/f",         "hello!!\n"],
  ["cat d/f 4",       "o!!\n"],
  ["create d/f",      "error: exist\n",        1],
  ["read-at d/f 1 3", "more ell\n"],
  ["read-at d/f 7 3", "end \n"],
  ["write-at d/f 2 XY", "2\n"],
  ["cat d/f",         "heXYo!!\n"],
  ["ls d",            "regular-file f\n"],
  ["stat d/f",        /^regular-file 1 7 \d+ \d+\n$/],
  ["tell d/f",        /^1 regular-file ok regular-file 1 7 \d+ \d+\n$/],
  ["symlink f d/l",   "ok\n"],
  ["readlink d/l",    "f\n"],
  ["readlink d/f",    "error: invalid\n",      1],
  ["stat d/l",        /^regular-file/],
  ["lstat d/l",       /^symbolic-link/],
  ["ln d/f d/h",      "ok\n"],
  ["compare d/f d/h", /^same (\w{32}) \1\n$/],
  ["create d/g",      "ok\n"],
  ["compare d/f d/g", /^other (\w{32}) (?!\1)\w{32}\n$/],
  ["touch d/f 1000",  "ok\n"],
  ["stat d/f",        "regular-file 2 7 1000 1000\n"],
  ["touch-now d/f",   "ok\n"],
  ["stat d/f",        /^regular-file 2 7 1000 \d{9,}\n$/],
  ["truncate d/f 2",  "ok\n"],
  ["cat d/f",         "he\n"],
  ["sync d/f",        "ok ok\n"],
  ["misread d",       /^error: /,              1],
  ["mv d/f e",        "ok\n"],
  ["cat d/f",         "error: no-entry\n",     1],
  ["cat ../e",        "error: not-permitted\n", 1],
  ["rmdir d",         "error: not-empty\n",    1],
  ["rm d",            /^error: /,              1],
  ["rm d/l",          "ok\n"],
  ["rm d/h",          "ok\n"],
  ["rm d/g",          "ok\n"],
  ["rmdir d",         "ok\n"],
  ["rm e",            "ok\n"],
  ["cat",             "error: too few arguments\n", 1],
]);

// deno-fmt-ignore
checkInOrder("command", [
  ["mkdir d",         ""],
  ["mkdir d",         "",                      1, "d: File exists\n"],
  ["write d/f hello", ""],
  ["append d/f !!",   ""],
  ["cat d/f",         "hello!!"],
  ["create d/f x",    "",                      1, "d/f: File exists\n"],
  ["ls d",            "3 .\n3 ..\n4 f\n"],
  ["stat d/f",        "file 7\n"],
  ["stat d",          /^directory \d+\n$/],
  ["part d/f 1 3",    "ell\n"],
  ["symlink f d/l",   ""],
  ["readlink d/l",    "f\n"],
  ["stat d/l",        "link 1\n"],
  ["ln d/f d/h",      ""],
  ["truncate d/f 2",  ""],
  ["cat d/h",         "he"],
  ["mv d/f e",        ""],
  ["cat d/f",         "",                      1, "d/f: No such file or directory\n"],
  ["rmdir d",         "",                      1, "d: Directory not empty\n"],
  ["rm d/l",          ""],
  ["rm d/h",          ""],
  ["rmdir d",         ""],
  ["rm e",            ""],
]);
