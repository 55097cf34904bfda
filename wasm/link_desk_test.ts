import { ok, strictEqual } from "node:assert";
import { type ExitReason, formatReason, Pid, Runtime } from "@rusm/otp";
import { BUILT_IN_PROFILES, type Preopen } from "./capability.ts";
import { Engine } from "./engine.ts";
import { assemble } from "./instrument/testdata/text.ts";
import { LinkDesk, type LinkReport } from "./link_desk.ts";
import { ERRNO } from "./wasi/errno.ts";

const LINK = { root: "/data", path: "new", target: "f" };

Deno.test("LinkDesk gives each process its own answer", async () => {
  const asked: LinkReport[] = [];
  const desk = new LinkDesk((report) => void asked.push(report));
  const [one, other] = [new Pid(0, 1, 1), new Pid(0, 1, 2)];
  const first = desk.ask(one, 3, LINK);
  const second = desk.ask(other, 3, LINK);
  strictEqual(asked[0]!.component, 3);
  desk.heed({ type: "linked", pid: asked[1]!.pid, errno: "EEXIST" });
  desk.heed({ type: "linked", pid: asked[0]!.pid, errno: undefined });
  strictEqual(await first, undefined);
  strictEqual(await second, "EEXIST");
});

// Exits with what path_symlink answers.
function linking(target: string, path: string): string {
  return `(module
    (import "wasi_snapshot_preview1" "path_symlink"
      (func $link (param i32 i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (memory (export "memory") 1)
    (data (i32.const 0) "${target}")
    (data (i32.const 512) "${path}")
    (func (export "_start")
      (call $exit (call $link
        (i32.const 0) (i32.const ${target.length}) (i32.const 3)
        (i32.const 512) (i32.const ${path.length})))))`;
}

// deno-fmt-ignore
const ASKED: readonly [target: string, path: string, readOnly: boolean, errno: number][] = [
  ["f",     "new",   false, ERRNO.SUCCESS],
  ["d/x",   "new",   false, ERRNO.SUCCESS],
  ["f",     "f",     false, ERRNO.EEXIST],
  ["../f",  "d/new", false, ERRNO.ENOTCAPABLE],
  ["../../f", "d/new", false, ERRNO.ENOTCAPABLE],
  ["/etc",  "new",   false, ERRNO.EPERM],
  ["f",     "new",   true,  ERRNO.EROFS],
];

for (const [target, path, readOnly, errno] of ASKED) {
  Deno.test(`path_symlink of a process, ${target} at ${path}, readOnly=${readOnly}, is ${errno}`, async () => {
    const host = Deno.realPathSync(Deno.makeTempDirSync());
    Deno.mkdirSync(`${host}/d`);
    Deno.writeTextFileSync(`${host}/f`, "content");
    try {
      const preopens = [{ host, guest: "/", readOnly }];
      strictEqual(await exitCodeOf(linking(target, path), preopens), errno);
      strictEqual(linkAt(`${host}/${path}`), errno === 0 ? target : undefined);
    } finally {
      Deno.removeSync(host, { recursive: true });
    }
  });
}

async function exitCodeOf(
  text: string,
  preopens: readonly Preopen[],
): Promise<number> {
  const runtime = new Runtime();
  const ended = Promise.withResolvers<ExitReason>();
  const engine = new Engine(runtime, {
    schedulersPerPool: 1,
    observer: { exited: (_pid, _component, reason) => ended.resolve(reason) },
  });
  try {
    const module = await engine.loadModule("linking", await assemble(text), {
      ...BUILT_IN_PROFILES.get("sandboxed")!,
      preopens,
    });
    engine.spawn(module, "_start");
    return codeIn(await ended.promise);
  } finally {
    await engine.close();
  }
}

function codeIn(reason: ExitReason): number {
  if (reason === "normal") return 0;
  const isExit = typeof reason !== "string" && reason.type === "exit";
  if (!isExit) throw new Error(`Not an exit: ${formatReason(reason)}`);
  return (reason.payload as { exitCode: number }).exitCode;
}

function linkAt(path: string): string | undefined {
  try {
    return Deno.readLinkSync(path);
  } catch (error) {
    // Nothing, or no link.
    ok(error instanceof Error);
    return undefined;
  }
}
