import { deepStrictEqual } from "node:assert";
import fc from "fast-check";

import { ERRNO } from "./p1/abi.ts";
import { performAdapted } from "./testdata/adapted_probe.ts";
import { anyCall, CALLS, inTwoDirectories, tree } from "./testdata/oracle.ts";
import {
  optionsFor,
  preopen,
  Probe,
  type ProbeCall,
  type ProbeResult,
} from "./testdata/probe.ts";

// The oracle is our preview 1 host, which node:wasi is the oracle of. The same
// calls come here through the adapter that makes WASI 0.2 of preview 1.

// What the adapter does not pass on: it has no rights, takes one buffer of
// many, gives numbers of descriptors in another order once one is closed, and
// traps at sockets.
const NOT_ADAPTED = new Set([
  "fd_allocate",
  "fd_close",
  "fd_fdstat_set_rights",
  "fd_renumber",
  "sock_accept",
]);

function adapted(calls: readonly ProbeCall[]): ProbeCall[] {
  return calls.filter(([name]) => !NOT_ADAPTED.has(name as string))
    .flatMap(onNewStream)
    .map((call) => call.map(withOneBuffer));
}

// A stream that was at its end stays there, also when the file grows; the
// adapter opens another after a seek.
function onNewStream(call: ProbeCall): ProbeCall[] {
  const [name, fd] = call;
  if (name !== "fd_read") return [call];
  return [["fd_seek", fd, "0n", 1, { out: 8 }], call];
}

function withOneBuffer(argument: unknown): unknown {
  if (typeof argument !== "object" || argument === null) return argument;
  if ("data" in argument) {
    return { data: [(argument.data as string[]).join("")] };
  }
  if (!("room" in argument)) return argument;
  return {
    room: [(argument.room as number[]).reduce((sum, each) => sum + each, 0)],
  };
}

// A descriptor that is no file of ours and one that lacks the right are the
// same to it, as are clocks that there are not and arguments that mean nothing.
// deno-fmt-ignore
const KINDS: ReadonlyMap<number, string> = new Map([
  [ERRNO.ENOTCAPABLE, "refused"],
  [ERRNO.EBADF,       "refused"],
  [ERRNO.EINVAL,      "refused"],
  [ERRNO.ESPIPE,      "refused"],
]);

function comparable([name]: ProbeCall, { errno, outs }: ProbeResult) {
  const kind = KINDS.get(errno) ?? errno;
  if (errno !== ERRNO.SUCCESS) return { kind };
  const [out = ""] = outs;
  if (name === "path_filestat_get" || name === "fd_filestat_get") {
    return { kind, typeLinksSize: out.slice(32, 80) };
  }
  if (name === "fd_fdstat_get") return { kind, type: out.slice(0, 2) };
  return { kind, outs };
}

async function compare(calls: readonly ProbeCall[]): Promise<void> {
  await inTwoDirectories(async (first, second) => {
    const probe = new Probe(optionsFor([preopen(first)]));
    const expected = await probe.perform(calls);
    probe.state.close();
    const found = await performAdapted([preopen(second)], calls);
    for (const [index, call] of calls.entries()) {
      const what = `${index} ${JSON.stringify(call)}`;
      deepStrictEqual(
        comparable(call, found[index]!),
        comparable(call, expected[index]!),
        what,
      );
    }
    deepStrictEqual(tree(second), tree(first));
  });
}

// The adapter refuses to sync a directory.
const ADAPTERS_OWN = new Set(["fd_sync", "fd_datasync"]);

function isComparable([name, fd, , , , rights]: ProbeCall): boolean {
  if (ADAPTERS_OWN.has(name as string) && fd === 3) return false;
  // It has no rights that could be missing.
  return !(name === "path_open" && (rights === "-1n" || fd !== 3));
}

Deno.test("every call of preview 1 answers through the adapter as it does without", () =>
  compare(adapted(CALLS).filter(isComparable)));

Deno.test("any calls of preview 1 in any order answer through the adapter as they do without", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(anyCall, { minLength: 5, maxLength: 60, size: "max" }),
      (calls) => compare(adapted(calls)),
    ),
    { numRuns: 60 },
  ));
