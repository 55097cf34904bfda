import { strictEqual } from "node:assert";
import { makeLink } from "./new_link.ts";

function withPreopens(run: (base: string) => void): void {
  const base = Deno.realPathSync(Deno.makeTempDirSync());
  try {
    Deno.mkdirSync(`${base}/in/deep`, { recursive: true });
    Deno.mkdirSync(`${base}/fixed`);
    Deno.mkdirSync(`${base}/out`);
    Deno.symlinkSync("../out", `${base}/in/away`);
    Deno.symlinkSync("deep", `${base}/in/near`);
    run(base);
  } finally {
    Deno.removeSync(base, { recursive: true });
  }
}

// deno-fmt-ignore
const LINKS: readonly [root: string, path: string, target: string, errno: string | undefined][] = [
  // root      path          target          errno
  ["/in",      "new",        "deep",         undefined],
  ["/in",      "new",        "./none/x/",    undefined],
  ["/in",      "deep/new",   "new",          undefined],
  ["/in",      "deep/new",   "..",           "ENOTCAPABLE"],
  ["/in",      "deep/new",   "../deep",      "ENOTCAPABLE"],
  ["/in",      "deep/new",   "x/../../..",   "ENOTCAPABLE"],
  ["/in",      "new",        "/etc",         "EPERM"],
  ["/in",      "new",        "a\0b",         "EINVAL"],
  ["/in",      "near",       "deep",         "EEXIST"],
  ["/in",      "none/new",   "deep",         "ENOENT"],
  ["/in",      "away/new",   "deep",         "ENOTCAPABLE"],
  ["/in",      "near/new",   "deep",         "ENOTCAPABLE"],
  ["/in",      "../out/new", "deep",         "ENOTCAPABLE"],
  ["/in",      "n\0",        "deep",         "EINVAL"],
  ["/fixed",   "new",        "deep",         "ENOTCAPABLE"],
  ["/out",     "new",        "deep",         "ENOTCAPABLE"],
  ["/in/deep", "new",        "deep",         "ENOTCAPABLE"],
  ["",         "new",        "deep",         "ENOTCAPABLE"],
];

for (const [root, path, target, errno] of LINKS) {
  Deno.test(`makeLink() from ${root}/${path} to ${target} is ${errno ?? "made"}`, () =>
    withPreopens((base) => {
      const preopens = [
        { host: `${base}/in/`, guest: "/in", readOnly: false },
        { host: `${base}/fixed`, guest: "/fixed", readOnly: true },
      ];
      const link = { root: `${base}${root}`, path, target };
      strictEqual(makeLink(preopens, link), errno);
      strictEqual([...Deno.readDirSync(`${base}/out`)].length, 0);
      if (errno !== undefined) return;
      strictEqual(Deno.readLinkSync(`${base}${root}/${path}`), target);
    }));
}

Deno.test("makeLink() follows the links above a preopen", () =>
  withPreopens((base) => {
    const preopens = [{ host: `${base}/in/near`, guest: "/", readOnly: false }];
    const link = { root: `${base}/in/near`, path: "new", target: "x" };
    strictEqual(makeLink(preopens, link), undefined);
    strictEqual(Deno.readLinkSync(`${base}/in/deep/new`), "x");
  }));
