/**
 * Hooks that are guests.
 *
 * @module
 */

import {
  type Context,
  type Down,
  formatReason,
  type Pid,
  type Runtime,
  TIMEOUT,
} from "@rusm/otp";
import type { GuestMessage } from "@rusm/wasm";
import { EXCHANGE_MAILBOX_MAX, VERDICT_BYTES_MAX } from "../limits.ts";
import type { AuthenticationRequest } from "./request.ts";
import { faulty, readVerdict, type Verdict } from "./verdict.ts";

/** A request that is put to a guest. */
export interface GuestAsk {
  /** The guest. It may have ended. */
  readonly hook: Pid;
  /** The request. */
  readonly request: AuthenticationRequest;
  /** How long the guest has, in milliseconds. */
  readonly timeoutMs: number;
}

/**
 * Asks a guest, by a process of its own that waits for its answer, its end, or
 * the deadline, whichever is first.
 *
 * | on the wire | |
 * | --- | --- |
 * | to the guest | `{"fn":"authenticate","args":[request],"replyTo":{"pid":"…","callId":"…"}}` |
 * | from it | `<callId>:<json>`, see {@linkcode readVerdict} |
 *
 * Only who was told can know the id of the call, so that nobody answers in the
 * place of the guest.
 *
 * @returns Never rejects.
 */
export function askGuest(runtime: Runtime, ask: GuestAsk): Promise<Verdict> {
  return new Promise((resolve) => {
    const waiter = runtime.spawn<Down | GuestMessage>(async (self) => {
      resolve(await converse(self, ask));
    }, { mailboxMax: EXCHANGE_MAILBOX_MAX, label: "authentication" });
    waiter.join().then((reason) => {
      if (reason !== "normal") resolve(faulty(formatReason(reason)));
    });
  });
}

type Waiter = Context<Down | GuestMessage>;

async function converse(
  self: Waiter,
  { hook, request, timeoutMs }: GuestAsk,
): Promise<Verdict> {
  const { runtime } = self;
  const callId = `rusm-auth-${crypto.randomUUID()}`;
  const replyTo = { pid: `${self.pid.toBigInt()}`, callId };
  const envelope = { fn: "authenticate", args: [request], replyTo };
  (self as Context<unknown> as Context<Down>).monitor(hook);
  if (!runtime.send(hook as Pid<string>, JSON.stringify(envelope))) {
    return faulty("it takes no request");
  }
  const deadlineMs = runtime.host.now() + timeoutMs;
  for (let leftMs = timeoutMs; leftMs > 0;) {
    // All that comes is taken: what others send must not keep the answer out.
    const mail = await self.receive({ timeoutMs: leftMs });
    if (mail === TIMEOUT) break;
    if (isDown(mail)) {
      return faulty(`it has ended: ${formatReason(mail.reason)}`);
    }
    const json = answerIn(mail, `${callId}:`);
    if (json !== undefined) return readVerdict(json);
    leftMs = deadlineMs - runtime.host.now();
  }
  return faulty(`no answer in ${timeoutMs} ms`);
}

function isDown(mail: unknown): mail is Down {
  return (mail as Partial<Down> | null)?.type === "down";
}

// Any guest can send anything to any pid, of any size.
function answerIn(mail: unknown, prefix: string): string | undefined {
  const bytes = typeof mail === "string" ? encoder.encode(mail) : mail;
  if (!(bytes instanceof Uint8Array)) return undefined;
  const head = decoder.decode(bytes.subarray(0, prefix.length));
  if (head !== prefix) return undefined;
  // What is too long is no JSON.
  if (bytes.length > VERDICT_BYTES_MAX) return "";
  return decoder.decode(bytes.subarray(prefix.length));
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
