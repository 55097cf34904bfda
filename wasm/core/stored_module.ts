/**
 * Rewritten modules as bytes, for a cache on disk.
 *
 * @module
 */

import type { Rewritten } from "../instrument/rewrite.ts";

/**
 * Tells the rewriter from those that were and will be: the first digits of the
 * digest of what it makes of the modules in `stored_module_test.ts`, as bytes.
 * The test fails when that changes, and says what this must be then.
 */
export const STORED_VERSION = "8c0a8e10496f2a1e";

// Shape: digest of all that follows, length of the head, head, runs of the
// original, runs of the rewritten, module. The head is filled up with blanks, so
// that the runs can be read in place.
const DIGEST_BYTES = 32;
const HEAD_AT = DIGEST_BYTES + 4;
const RUN_BYTES = 4;

/** What stands in front, as JSON. */
interface Head {
  readonly key: string;
  readonly runs: number;
  readonly plan: Omit<Rewritten, "bytes" | "offsets" | "startExport">;
  readonly startExport: string | null;
}

/**
 * A rewritten module as bytes, in the byte order of the machine.
 *
 * @param key What {@linkcode decodeStored} must be asked for.
 */
export async function encodeStored(
  key: string,
  { bytes, offsets, startExport, ...plan }: Rewritten,
): Promise<Uint8Array<ArrayBuffer>> {
  const runs = offsets.original.length;
  const head = encodeHead({
    ...{ key, runs, plan },
    startExport: startExport ?? null,
  });
  const runsAt = HEAD_AT + head.length;
  const moduleAt = runsAt + 2 * runs * RUN_BYTES;
  const stored = new Uint8Array(moduleAt + bytes.length);
  new Uint32Array(stored.buffer, DIGEST_BYTES, 1)[0] = head.length;
  stored.set(head, HEAD_AT);
  const words = new Uint32Array(stored.buffer, runsAt, 2 * runs);
  words.set(offsets.original);
  words.set(offsets.rewritten, runs);
  stored.set(bytes, moduleAt);
  stored.set(await digestOf(stored));
  return stored;
}

function encodeHead(head: Head): Uint8Array {
  const bytes = new TextEncoder().encode(JSON.stringify(head));
  const filled = new Uint8Array(Math.ceil(bytes.length / 4) * 4).fill(0x20);
  filled.set(bytes);
  return filled;
}

async function digestOf(stored: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const rest = stored.subarray(DIGEST_BYTES);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", rest));
}

/**
 * The rewritten module that {@linkcode encodeStored} was given with `key`.
 *
 * @param stored At the start of its buffer.
 * @returns Undefined when a bit of it is another, some of it is not there, or
 * it was stored under another key.
 */
export async function decodeStored(
  key: string,
  stored: Uint8Array<ArrayBuffer>,
): Promise<Rewritten | undefined> {
  if (stored.length < HEAD_AT) return undefined;
  const digest = await digestOf(stored);
  if (digest.some((byte, index) => byte !== stored[index])) return undefined;
  const headBytes = new Uint32Array(stored.buffer, DIGEST_BYTES, 1)[0]!;
  const runsAt = HEAD_AT + headBytes;
  const head = decodeHead(stored.subarray(HEAD_AT, runsAt));
  return head.key === key ? decodeRest(stored, runsAt, head) : undefined;
}

function decodeHead(bytes: Uint8Array): Head {
  return JSON.parse(new TextDecoder().decode(bytes));
}

function decodeRest(
  stored: Uint8Array<ArrayBuffer>,
  runsAt: number,
  { runs, plan, startExport }: Head,
): Rewritten {
  const words = new Uint32Array(stored.buffer, runsAt, 2 * runs);
  return {
    ...plan,
    startExport: startExport ?? undefined,
    bytes: stored.subarray(runsAt + 2 * runs * RUN_BYTES),
    // In buffers of their own: they are posted, and views are with all of theirs.
    offsets: { original: words.slice(0, runs), rewritten: words.slice(runs) },
  };
}
