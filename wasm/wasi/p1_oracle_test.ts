import { deepStrictEqual, strictEqual } from "node:assert";
import fc from "fast-check";

import { ERRNO } from "./p1/abi.ts";
import { anyCall, CALLS, inTwoDirectories, tree } from "./testdata/oracle.ts";
import {
  optionsFor,
  performInNode,
  preopen,
  Probe,
  type ProbeCall,
  type ProbeResult,
} from "./testdata/probe.ts";

// node:wasi is the oracle: the same calls on a directory of its own.
const hasNode = isThere("node");

function isThere(command: string): boolean {
  try {
    return new Deno.Command(command, { args: ["--version"] }).outputSync()
      .success;
  } catch {
    return false;
  }
}

async function performHere(
  directory: string,
  calls: readonly ProbeCall[],
): Promise<ProbeResult[]> {
  const probe = new Probe(optionsFor([preopen(directory)]));
  try {
    return await probe.perform(calls);
  } finally {
    probe.state.close();
  }
}

Deno.test({
  name: "every call answers as node:wasi does, with the same effects",
  ignore: !hasNode, // There is no Node.js on this machine.
  fn: () =>
    inTwoDirectories(async (ours, theirs) => {
      const here = await performHere(ours, CALLS);
      const there = performInNode(theirs, CALLS);
      for (const [index, call] of CALLS.entries()) {
        const what = `${index} ${JSON.stringify(call)}`;
        deepStrictEqual(here[index], there[index], what);
      }
      deepStrictEqual(tree(ours), tree(theirs));
    }),
});

// What differs, and why ours is so.
// deno-fmt-ignore
const DIFFERENCES: readonly [call: ProbeCall, ours: number, theirs: number][] = [
  // Closing what is open and leaving a free number alone are both said to succeed there.
  [["fd_renumber", 9, 9], ERRNO.EBADF, ERRNO.SUCCESS],
  // There `..` of the root is the root.
  [["path_create_directory", 3, { path: "../x" }], ERRNO.ENOTCAPABLE, ERRNO.SUCCESS],
  [["path_create_directory", 3, { path: "none/../x2" }], ERRNO.ENOENT, ERRNO.SUCCESS],
  // POSIX: no path is empty.
  [["path_create_directory", 3, { path: "" }], ERRNO.ENOENT, ERRNO.EINVAL],
  [["path_symlink", { path: "" }, 3, { path: "l" }], ERRNO.ENOENT, ERRNO.EINVAL],
  [["clock_res_get", 2, { out: 8 }], ERRNO.ENOTSUP, ERRNO.SUCCESS],
  [["fd_prestat_dir_name", 3, { buffer: 0 }], ERRNO.ENAMETOOLONG, ERRNO.ENOBUFS],
  [["random_get", -1, 4], ERRNO.EFAULT, ERRNO.EOVERFLOW],
  [["proc_raise", 0], ERRNO.SUCCESS, ERRNO.ENOSYS],
  [["sock_shutdown", 99, 1], ERRNO.EBADF, ERRNO.ENOTSUP],
  [["sock_accept", 3, 0, { out: 4 }], ERRNO.ENOTSOCK, ERRNO.ENOTCAPABLE],
];

for (const [call, ours, theirs] of DIFFERENCES) {
  Deno.test({
    name: `${JSON.stringify(call)} answers ${ours} and in node:wasi ${theirs}`,
    ignore: !hasNode, // There is no Node.js on this machine.
    fn: () =>
      inTwoDirectories(async (here, there) => {
        strictEqual((await performHere(here, [call]))[0]!.errno, ours);
        strictEqual(performInNode(there, [call])[0]!.errno, theirs);
      }),
  });
}

Deno.test({
  name:
    "any calls in any order answer as node:wasi does, with the same effects",
  ignore: !hasNode, // There is no Node.js on this machine.
  fn: () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(anyCall, { minLength: 5, maxLength: 60, size: "max" }),
        (calls) =>
          inTwoDirectories(async (ours, theirs) => {
            const there = performInNode(theirs, calls);
            const here = await performHere(ours, calls);
            for (const [index, one] of calls.entries()) {
              const what = `${index} ${JSON.stringify(one)}`;
              const expected = comparable(one, there[index]!);
              deepStrictEqual(comparable(one, here[index]!), expected, what);
            }
            deepStrictEqual(tree(ours), tree(theirs));
          }),
      ),
      { numRuns: 30 },
    ),
});

// Times and serial numbers differ, and Node.js tells the host's flags.
function comparable([name]: ProbeCall, { errno, outs }: ProbeResult) {
  const [out = ""] = outs;
  if (name === "path_filestat_get" || name === "fd_filestat_get") {
    return { errno, typeLinksSize: out.slice(32, 80) };
  }
  if (name !== "fd_fdstat_get") return { errno, outs };
  return { errno, type: out.slice(0, 2), rights: out.slice(16) };
}
