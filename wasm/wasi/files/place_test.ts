import { ok, strictEqual, throws } from "node:assert";
import fc from "fast-check";

import { WasiError } from "../errors.ts";
import type { Directory } from "./directory.ts";
import { LINKS_MAX, NAMES_MAX } from "./limits.ts";
import { locate } from "./place.ts";

function directory(host: string, ...names: string[]): Directory {
  return { root: { host, readOnly: false }, names };
}

function inDirectory(run: (base: string) => void): void {
  const base = Deno.realPathSync(Deno.makeTempDirSync());
  try {
    run(base);
  } finally {
    Deno.removeSync(base, { recursive: true });
  }
}

function refused(errno: string): { message: string } {
  return { message: `Cannot do the call: ${errno}` };
}

// The preopen is `in`; `secret` lies beside it.
function plant(base: string): string {
  const root = `${base}/in`;
  Deno.mkdirSync(`${root}/deep/deeper`, { recursive: true });
  Deno.mkdirSync(`${base}/out`);
  Deno.writeTextFileSync(`${base}/out/secret`, "secret");
  Deno.writeTextFileSync(`${root}/file`, "file");
  const links = {
    absolute: `${base}/out/secret`,
    inside: `${root}/file`,
    up: "../out/secret",
    upDirectory: "../out",
    "deep/up": "../../out",
    "deep/fine": "../file",
    "deep/deeper/twice": "../up",
    near: "deep",
    chain: "near/up/secret",
    loop: "loop",
    slash: "file/",
    here: ".",
  };
  for (const [name, target] of Object.entries(links)) {
    Deno.symlinkSync(target, `${root}/${name}`);
  }
  return root;
}

// deno-fmt-ignore
const REFUSED: readonly [path: string, errno: string][] = [
  ["",                          "ENOENT"],
  ["/file",                     "ENOTCAPABLE"],
  ["..",                        "ENOTCAPABLE"],
  ["deep/../../in/file",        "ENOTCAPABLE"],
  ["absolute",                  "ENOTCAPABLE"],
  ["inside",                    "ENOTCAPABLE"],
  ["up",                        "ENOTCAPABLE"],
  ["upDirectory/secret",        "ENOTCAPABLE"],
  ["upDirectory/",              "ENOTCAPABLE"],
  ["near/up/secret",            "ENOTCAPABLE"],
  ["deep/deeper/twice/secret",  "ENOTCAPABLE"],
  ["near/../../out/secret",     "ENOTCAPABLE"],
  ["chain",                     "ENOTCAPABLE"],
  ["loop",                      "ELOOP"],
  ["loop/x",                    "ELOOP"],
  ["none/..",                   "ENOENT"],
  ["none/x",                    "ENOENT"],
  ["file/x",                    "ENOTDIR"],
  ["file/..",                   "ENOTDIR"],
  ["file/",                     "ENOTDIR"],
  ["slash",                     "ENOTDIR"],
  ["x".repeat(256),             "ENAMETOOLONG"],
  ["deep/../".repeat(NAMES_MAX + 1), "ENAMETOOLONG"],
];

for (const [path, errno] of REFUSED) {
  Deno.test(`locate() ${path.slice(0, 40)} is ${errno}`, () =>
    inDirectory((base) => {
      const from = directory(plant(base));
      throws(() => locate(from, path, true), codeOf(errno));
    }));
}

function codeOf(errno: string) {
  return (error: unknown) => {
    const { code } = error as { code?: string };
    return code === errno || error instanceof WasiError &&
        error.message === refused(errno).message;
  };
}

// deno-fmt-ignore
const FOUND: readonly [path: string, under: string][] = [
  ["file",                 "/file"],
  ["./deep//../file",      "/file"],
  ["deep/fine",            "/file"],
  ["near/fine",            "/file"],
  ["near/deeper/../fine",  "/file"],
  ["here/here/file",       "/file"],
  ["near/",                "/deep"],
  [".",                    ""],
  ["deep/..",              ""],
  ["near/new",             "/deep/new"],
];

for (const [path, under] of FOUND) {
  Deno.test(`locate() ${path} is ${under}`, () =>
    inDirectory((base) => {
      const root = plant(base);
      strictEqual(locate(directory(root), path, true).host, root + under);
    }));
}

Deno.test("locate() does not leave the directory it starts from, in a preopen that goes on", () =>
  inDirectory((base) => {
    const deep = directory(plant(base), "deep");
    throws(() => locate(deep, "../file", true), refused("ENOTCAPABLE"));
    throws(() => locate(deep, "fine", true), refused("ENOTCAPABLE"));
  }));

Deno.test("locate() finds nothing in a directory whose place a link has taken", () =>
  inDirectory((base) => {
    const root = plant(base);
    const deep = directory(root, "deep");
    Deno.renameSync(`${root}/deep`, `${root}/moved`);
    Deno.symlinkSync("../out", `${root}/deep`);
    throws(() => locate(deep, "secret", true), refused("ENOENT"));
    throws(() => locate(deep, ".", true), refused("ENOENT"));
  }));

Deno.test("locate() follows as many links as the bound, and no more", () =>
  inDirectory((base) => {
    Deno.writeTextFileSync(`${base}/0`, "");
    for (let index = 1; index <= LINKS_MAX + 1; index++) {
      Deno.symlinkSync(`${index - 1}`, `${base}/${index}`);
    }
    const from = directory(base);
    strictEqual(locate(from, `${LINKS_MAX}`, true).host, `${base}/0`);
    throws(() => locate(from, `${LINKS_MAX + 1}`, true), refused("ELOOP"));
  }));

const NAMES = [
  "absolute",
  "inside",
  "up",
  "upDirectory",
  "deep",
  "deeper",
  "twice",
  "near",
  "chain",
  "loop",
  "here",
  "fine",
  "file",
  "slash",
  "secret",
  "out",
  "in",
  "..",
  ".",
  "",
  "new",
];

Deno.test("locate() never leads out of the preopen, whatever the path", () =>
  inDirectory((base) => {
    const root = plant(base);
    const path = fc.array(fc.constantFrom(...NAMES), { maxLength: 8 });
    fc.assert(
      fc.property(path, fc.boolean(), (names, follow) => {
        const host = hostOf(directory(root), names.join("/"), follow);
        if (host === undefined) return;
        // What the host would make of it, links in its directories followed.
        const parent = host.slice(0, host.lastIndexOf("/"));
        const real = host === root ? root : Deno.realPathSync(parent);
        ok(real === root || real.startsWith(`${root}/`), real);
        strictEqual(host === root ? root : parent, real);
      }),
      { numRuns: 2_000 },
    );
  }));

function hostOf(
  from: Directory,
  path: string,
  follow: boolean,
): string | undefined {
  try {
    return locate(from, path, follow).host;
  } catch (error) {
    // Refused: the property is about what is not.
    if (error instanceof WasiError) return undefined;
    throw error;
  }
}
