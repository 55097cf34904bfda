import { deepStrictEqual, strictEqual } from "node:assert";
import { checkWorkspace } from "./check.ts";
import { withFiles } from "./with_files.ts";

/** One file of `testdata/`; `README.txt` there describes the format. */
interface Case {
  readonly files: ReadonlyMap<string, string>;
  readonly problems: readonly string[];
}

const TESTDATA = new URL("testdata/", import.meta.url);
const LAWFUL = await readCase("README.txt");

for await (const { name } of Deno.readDir(TESTDATA)) {
  Deno.test(`checkWorkspace() finds what is wrong in ${name}`, async () => {
    const { files, problems } = await readCase(name);
    const workspace = new Map([...LAWFUL.files, ...files]);
    deepStrictEqual(await withFiles(workspace, problemsIn), problems);
  });
}

Deno.test("checkWorkspace() counts the scripts that it checked", async () => {
  const { files } = await withFiles(LAWFUL.files, checkWorkspace);
  strictEqual(files, 4);
});

async function readCase(name: string): Promise<Case> {
  const text = await Deno.readTextFile(new URL(name, TESTDATA));
  const [, ...parts] = text.split(/^-- (\S+) --\n/m);
  const files = new Map<string, string>();
  while (parts.length > 1) files.set(parts.shift()!, parts.shift()!);
  const problems = files.get("problems")?.split("\n").slice(0, -1);
  if (problems === undefined) {
    throw new Error(`Cannot find problems in ${name}`);
  }
  files.delete("problems");
  return { files, problems };
}

async function problemsIn(directory: URL): Promise<string[]> {
  const { problems } = await checkWorkspace(directory);
  return problems.map((problem) => problem.replaceAll(directory.href, ""));
}
