import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert";

import { type Capability, defineProfile } from "../capability.ts";
import { FILE_BYTES_MAX } from "../limits.ts";
import { readFile, writeFile } from "./filesystem.ts";

/** A directory of the host with what preopens and links can meet. */
interface Tree {
  /** Its path. */
  readonly root: string;
  /** Reads `/in`, writes `/out`, and `/in/deep` is another directory. */
  readonly capability: Capability;
}

/**
 * Runs `test` in a new tree:
 *
 * in/a.txt, in/sub/b.txt, in/inner → a.txt, in/outer → ../secret.txt,
 * in/away → ../outside, in/lost → ../outside/new.txt, out/, out/outer →
 * ../secret.txt, out/lost → ../outside/new.txt, other/c.txt, outside/,
 * secret.txt.
 */
async function withTree(test: (tree: Tree) => Promise<void>): Promise<void> {
  const root = await Deno.makeTempDir();
  try {
    await plant(root);
    const capability = defineProfile("files", {
      preopens: [
        { host: `${root}/in`, guest: "/in", readOnly: true },
        { host: `${root}/other`, guest: "/in/deep/", readOnly: true },
        { host: `${root}/out`, guest: "/out", readOnly: false },
      ],
    });
    await test({ root, capability });
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

async function plant(root: string): Promise<void> {
  for (const path of ["in/sub", "out/sub", "other", "outside"]) {
    await Deno.mkdir(`${root}/${path}`, { recursive: true });
  }
  for (
    const path of [
      "in/a.txt",
      "in/sub/b.txt",
      "other/c.txt",
      "secret.txt",
      "outside/s.txt",
    ]
  ) {
    await Deno.writeTextFile(`${root}/${path}`, path);
  }
  // deno-fmt-ignore
  const links = [
    ["in/inner", "a.txt"], ["in/outer", "../secret.txt"], ["in/away", "../outside"], ["in/lost", "../outside/new.txt"],
    ["out/outer", "../secret.txt"], ["out/away", "../outside"], ["out/lost", "../outside/new.txt"], ["out/inner", "kept.txt"],
  ];
  for (const [link, target] of links) {
    await Deno.symlink(target!, `${root}/${link}`);
  }
  await Deno.writeTextFile(`${root}/out/kept.txt`, "kept");
}

const DENIED = "NotCapable";

// deno-fmt-ignore
const READS: [path: string, outcome: string][] = [
  ["/in/a.txt", "in/a.txt"],
  ["/in/sub/b.txt", "in/sub/b.txt"],
  ["//in/./sub//b.txt", "in/sub/b.txt"],
  ["/in/inner", "in/a.txt"],
  ["/in/deep/c.txt", "other/c.txt"],
  ["/out/kept.txt", "kept"],
  ["/in/missing", "NotFound"],
  ["/in/deep/a.txt", "NotFound"],
  ["/in", "TypeError"],
  ["/in/sub", "TypeError"],
  ["/in/a.txt/", "in/a.txt"],
  ["/in/a.txt/x", "NotADirectory"],
  ["/in/outer", DENIED],
  ["/in/away/s.txt", DENIED],
  ["/in/away", DENIED],
  ["/in/lost", "NotFound"],
  ["/in/../secret.txt", DENIED],
  ["/in/sub/../a.txt", DENIED],
  ["/in/..", DENIED],
  ["in/a.txt", DENIED],
  ["", DENIED],
  ["/", DENIED],
  ["/secret.txt", DENIED],
  ["/inn/a.txt", DENIED],
  ["/in\0/a.txt", DENIED],
  ["/in/a.txt\0.png", DENIED],
  ["/etc/passwd", DENIED],
  ["file:///etc/passwd", DENIED],
  ["\\in\\a.txt", DENIED],
  [`/in/${"x".repeat(300)}`, "Error"],
];

Deno.test("readFile() reads inside its preopens and nowhere else", async (test) => {
  await withTree(async ({ capability }) => {
    for (const [path, outcome] of READS) {
      await test.step(`${JSON.stringify(path.slice(0, 40))}: ${outcome}`, async () => {
        const got = readFile(capability, path).then(
          (bytes) => new TextDecoder().decode(bytes),
          (error) => error.name,
        );
        strictEqual(await got, outcome);
      });
    }
  });
});

// deno-fmt-ignore
const WRITES: [path: string, outcome: string, lands: string | undefined][] = [
  ["/out/new.txt", "written", "out/new.txt"],
  ["/out/sub/new.txt", "written", "out/sub/new.txt"],
  ["/out/kept.txt", "written", "out/kept.txt"],
  ["/out/inner", "written", "out/kept.txt"],
  ["/out/none/new.txt", "NotFound", undefined],
  ["/out/sub", "TypeError", undefined],
  ["/out", "TypeError", undefined],
  ["/out/outer", DENIED, undefined],
  ["/out/away/new.txt", DENIED, undefined],
  ["/out/away/s.txt", DENIED, undefined],
  ["/out/lost", "NotFound", undefined],
  ["/out/../new.txt", DENIED, undefined],
  ["/in/a.txt", DENIED, undefined],
  ["/in/new.txt", DENIED, undefined],
  ["/in/deep/new.txt", DENIED, undefined],
  ["/new.txt", DENIED, undefined],
];

Deno.test("writeFile() writes inside the preopens that can be written and nowhere else", async (test) => {
  for (const [path, outcome, lands] of WRITES) {
    await test.step(`${path}: ${outcome}`, () =>
      withTree(async ({ root, capability }) => {
        const before = await filesOf(root);
        const got = writeFile(capability, path, new TextEncoder().encode("new"))
          .then(() => "written", (error) => error.name);
        strictEqual(await got, outcome);
        const after = await filesOf(root);
        if (lands !== undefined) before.set(lands, "new");
        deepStrictEqual(
          [...after].toSorted(),
          [...before].toSorted(),
        );
      }));
  }
});

async function filesOf(
  root: string,
  directory = "",
): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for await (
    const { name, isDirectory, isFile } of Deno.readDir(`${root}/${directory}`)
  ) {
    const path = `${directory}${name}`;
    if (isFile) files.set(path, await Deno.readTextFile(`${root}/${path}`));
    if (isDirectory) {
      for (const entry of await filesOf(root, `${path}/`)) files.set(...entry);
    }
  }
  return files;
}

Deno.test("readFile() of / is of the host's root when that is the preopen", async () => {
  await withTree(async ({ root }) => {
    const capability = defineProfile("root", {
      preopens: [{ host: root, guest: "/", readOnly: true }],
    });
    const bytes = await readFile(capability, "/in/outer");
    strictEqual(new TextDecoder().decode(bytes), "secret.txt");
    await rejects(readFile(capability, "/../etc/passwd"), { name: DENIED });
  });
});

Deno.test("readFile() says profile and grant when it refuses", async () => {
  await rejects(readFile(defineProfile("none", {}), "/in/a.txt"), {
    message:
      'Cannot read /in/a.txt: profile "none" does not grant a directory with it',
  });
  await withTree(({ capability }) =>
    rejects(writeFile(capability, "/in/a.txt", new Uint8Array()), {
      message:
        'Cannot write /in/a.txt: profile "files" does not grant writing there',
    })
  );
});

Deno.test("readFile() and writeFile() tell no path of the host", async () => {
  await withTree(async ({ root, capability }) => {
    const long = `/out/${"x".repeat(300)}`;
    const calls = [
      ...READS.map(([path]) => readFile(capability, path)),
      readFile(capability, long),
      writeFile(capability, long, new Uint8Array()),
      writeFile(capability, "/out/kept.txt/x", new Uint8Array()),
      writeFile(capability, "/out/sub", new Uint8Array()),
    ];
    for (
      const { reason } of (await Promise.allSettled(calls)).filter(isRejected)
    ) {
      if (reason instanceof Deno.errors.NotFound) continue;
      ok(!reason.message.includes(root), reason.message);
    }
  });
});

function isRejected(
  result: PromiseSettledResult<unknown>,
): result is PromiseRejectedResult {
  return result.status === "rejected";
}

Deno.test("readFile() refuses a file that is too large, without reading it", async () => {
  await withTree(async ({ root, capability }) => {
    await Deno.truncate(`${root}/in/a.txt`, FILE_BYTES_MAX + 1);
    await rejects(readFile(capability, "/in/a.txt"), {
      name: "RangeError",
      message:
        `Cannot read a file of more than ${FILE_BYTES_MAX} bytes: /in/a.txt`,
    });
  });
});

Deno.test("readFile() refuses what has no end, and a pipe", async () => {
  const capability = defineProfile("devices", {
    preopens: [{ host: "/dev", guest: "/dev", readOnly: true }],
  });
  await rejects(readFile(capability, "/dev/zero"), TypeError);
  await withTree(async ({ root, capability }) => {
    await new Deno.Command("mkfifo", { args: [`${root}/in/pipe`] }).output();
    await rejects(readFile(capability, "/in/pipe"), TypeError);
  });
});
