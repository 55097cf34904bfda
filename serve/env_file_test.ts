import { deepStrictEqual, rejects, strictEqual, throws } from "node:assert";
import { join } from "node:path";
import fc from "fast-check";
import { loadEnvFile, parseEnvFile, reloadEnvFile } from "./env_file.ts";

// deno-fmt-ignore
const TEXTS = [
  ["nothing",             "",                              []],
  ["blank lines",         "\n  \n\t\r\n",                  []],
  ["comments",            "# A=1\n  # B=2",                []],
  ["variables",           "A=1\nB=2\n",                    [["A", "1"], ["B", "2"]]],
  ["the last line",       "A=1",                           [["A", "1"]]],
  ["a byte order mark",   "\ufeffA=1",                     [["A", "1"]]],
  ["line ends of Windows", "A=1\r\nB='2'\r\n",             [["A", "1"], ["B", "2"]]],
  ["export",              "export A=1\n\texport\tB=2",     [["A", "1"], ["B", "2"]]],
  ["white space",         "  A = 1 2  \nB\t=\t3",          [["A", "1 2"], ["B", "3"]]],
  ["nothing as a value",  "A=\nB= \nC=''\nD=\"\"",         [["A", ""], ["B", ""], ["C", ""], ["D", ""]]],
  ["a comment behind",    "A=1 # 2\nB='3'# 4\nC=\"5\" # 6", [["A", "1"], ["B", "3"], ["C", "5"]]],
  ["a # in a value",      "A=#1\nB=2#3\nC='# 4'",          [["A", "#1"], ["B", "2#3"], ["C", "# 4"]]],
  ["only a comment",      "A= # 1",                        [["A", ""]]],
  ["quotes in a value",   "A=it's \"so\"",                 [["A", "it's \"so\""]]],
  ["single quotes",       "A='a \"b\" \\n $C'",            [["A", 'a "b" \\n $C']]],
  ["double quotes",       'A="a\\nb\\tc\\"d\\\\n\\$E\\r\\x"', [["A", 'a\nb\tc"d\\n$E\r\\x']]],
  ["several lines",       "A='a\nb'\nB=\"c\n\n#d\"\nC=1",  [["A", "a\nb"], ["B", "c\n\n#d"], ["C", "1"]]],
  ["dollars as they are", "A=$B\nC=\"${D}\"",              [["A", "$B"], ["C", "${D}"]]],
  ["a name twice",        "A=1\nA=2",                      [["A", "1"], ["A", "2"]]],
  ["odd names",           "_a.B9=1\n__proto__=2",          [["_a.B9", "1"], ["__proto__", "2"]]],
] as const;

for (const [what, text, variables] of TEXTS) {
  Deno.test(`parseEnvFile() reads ${what}`, () => {
    deepStrictEqual(parseEnvFile(text, ".env"), variables);
  });
}

const LINE = 'Not a variable: write NAME=value, or put "#" first';
const QUOTE = "close the quote, and put nothing but a comment after it";

// deno-fmt-ignore
const NONSENSE = [
  ["A",                    `.env:1:1: ${LINE}`],
  ["A=1\n\nsome words\n",  `.env:3:1: ${LINE}`],
  ["A-B=1",                `.env:1:1: ${LINE}`],
  ["1A=1",                 `.env:1:1: ${LINE}`],
  ["=1",                   `.env:1:1: ${LINE}`],
  ["A: 1\nB=2\n[c]",       `.env:1:1: ${LINE}\n.env:3:1: ${LINE}`],
  ["A=1\nB='2\nC=3",       `.env:2:1: Cannot read the value of B: ${QUOTE}`],
  ['A="1\\"\nB=2',         `.env:1:1: Cannot read the value of A: ${QUOTE}`],
  ["A='1' 2",              `.env:1:1: Cannot read the value of A: ${QUOTE}`],
  ["A=\"1\n\"2\nB=1",      `.env:1:1: Cannot read the value of A: ${QUOTE}\n.env:2:1: ${LINE}`],
  ["A=\0\nB='\n\0'\nC",    ".env:1:1: Cannot read the value of A: remove the NUL character\n" +
    `.env:2:1: Cannot read the value of B: remove the NUL character\n.env:4:1: ${LINE}`],
] as const;

for (const [text, message] of NONSENSE) {
  Deno.test(`parseEnvFile() refuses ${JSON.stringify(text)}`, () => {
    throws(() => parseEnvFile(text, ".env"), { name: "EnvFileError", message });
  });
}

Deno.test("parseEnvFile() gives back any value in double quotes", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (value) => {
    fc.pre(!value.includes("\0"));
    const quoted = value
      .replace(/[\\"$]/g, "\\$&")
      .replaceAll("\n", "\\n")
      .replaceAll("\r", "\\r");
    deepStrictEqual(parseEnvFile(`A="${quoted}"`, ".env"), [["A", value]]);
  }));
});

Deno.test("loadEnvFile() sets what the process does not have", async () => {
  await withEnvFile(
    "RUSM_TEST_A=file\nRUSM_TEST_B=1\nRUSM_TEST_B=2\n",
    async (directory) => {
      Deno.env.set("RUSM_TEST_A", "real");
      deepStrictEqual(await loadEnvFile(directory), ["RUSM_TEST_B"]);
      strictEqual(Deno.env.get("RUSM_TEST_A"), "real");
      strictEqual(Deno.env.get("RUSM_TEST_B"), "2");
    },
  );
});

Deno.test("loadEnvFile() lets an empty variable of the process win", async () => {
  await withEnvFile("RUSM_TEST_A=file", async (directory) => {
    Deno.env.set("RUSM_TEST_A", "");
    deepStrictEqual(await loadEnvFile(directory), []);
    strictEqual(Deno.env.get("RUSM_TEST_A"), "");
  });
});

Deno.test("loadEnvFile() does nothing without the file", async () => {
  await withEnvFile(undefined, async (directory) => {
    deepStrictEqual(await loadEnvFile(directory), []);
  });
});

Deno.test("loadEnvFile() sets nothing when a line is wrong", async () => {
  await withEnvFile("RUSM_TEST_A=1\nwrong", async (directory) => {
    await rejects(loadEnvFile(directory), {
      name: "EnvFileError",
      message: `${join(directory, ".env")}:2:1: ${LINE}`,
    });
    strictEqual(Deno.env.get("RUSM_TEST_A"), undefined);
  });
});

Deno.test("loadEnvFile() refuses a file that cannot be read", async () => {
  await withEnvFile(undefined, async (directory) => {
    await Deno.mkdir(join(directory, ".env"));
    await rejects(loadEnvFile(directory), {
      name: "EnvFileError",
      message: /\.env: Cannot read the environment file: /,
    });
  });
});

async function withEnvFile(
  text: string | undefined,
  test: (directory: string) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir();
  if (text !== undefined) {
    await Deno.writeTextFile(join(directory, ".env"), text);
  }
  try {
    await test(directory);
  } finally {
    Deno.env.delete("RUSM_TEST_A");
    Deno.env.delete("RUSM_TEST_B");
    await Deno.remove(directory, { recursive: true });
  }
}

/** The file before and after, and the names that have changed. */
// deno-fmt-ignore
const RELOADS = [
  ["is the same",         "RUSM_T1=1",             "RUSM_T1=1",             []],
  ["has another value",   "RUSM_T1=1\nRUSM_T2=1",  "RUSM_T1=2\nRUSM_T2=1",  ["RUSM_T1"]],
  ["has more and less",   "RUSM_T2=1",             "RUSM_T1=1",             ["RUSM_T1", "RUSM_T2"]],
  ["is gone",             "RUSM_T1=1",             undefined,               ["RUSM_T1"]],
  ["names a real one",    "",                      "RUSM_REAL=2",           []],
] as const;

for (const [what, before, after, changed] of RELOADS) {
  Deno.test(`reloadEnvFile() tells what has changed when the file ${what}`, async () => {
    const directory = await Deno.makeTempDir();
    const path = join(directory, ".env");
    Deno.env.set("RUSM_REAL", "1");
    await Deno.writeTextFile(path, before);
    const names = await loadEnvFile(directory);
    if (after === undefined) await Deno.remove(path);
    else await Deno.writeTextFile(path, after);
    const change = await reloadEnvFile(directory, names);
    deepStrictEqual(change.changed, changed);
    const wanted = parseEnvFile(after ?? "", path);
    for (const name of ["RUSM_T1", "RUSM_T2"]) {
      const value = wanted.find(([each]) => each === name)?.[1];
      strictEqual(Deno.env.get(name), value);
    }
    strictEqual(Deno.env.get("RUSM_REAL"), "1");
    await Deno.writeTextFile(path, "");
    deepStrictEqual((await reloadEnvFile(directory, change.names)).names, []);
    strictEqual(Deno.env.get("RUSM_T1"), undefined);
    Deno.env.delete("RUSM_REAL");
    await Deno.remove(directory, { recursive: true });
  });
}

Deno.test("reloadEnvFile() changes nothing when the file is nonsense", async () => {
  const directory = await Deno.makeTempDir();
  await Deno.writeTextFile(join(directory, ".env"), "RUSM_T1=2\nnonsense");
  Deno.env.set("RUSM_T1", "1");
  await rejects(reloadEnvFile(directory, ["RUSM_T1"]), {
    name: "EnvFileError",
  });
  strictEqual(Deno.env.get("RUSM_T1"), "1");
  Deno.env.delete("RUSM_T1");
  await Deno.remove(directory, { recursive: true });
});
