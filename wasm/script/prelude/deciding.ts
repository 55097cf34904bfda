/**
 * What a process does that is asked who may make requests.
 *
 * @module
 */

import type { Authenticate, AuthenticationRequest } from "./authentication.ts";
import type { Exchange } from "./exchange.ts";
import type { Port } from "./port.ts";
import type { DownListener } from "./service.ts";
import { isPid, readMessage } from "./wire.ts";

/** Requests that are decided over at the same time; what is more waits in the mailbox. */
export const DECIDING_MAX = 256;

// A component may replace what it finds there.
const { parse, stringify } = JSON;
const { isArray } = Array;

/** Decides over one request after the other, until the process is ended by others. */
export async function authenticateAll(
  authenticate: Authenticate,
  exchange: Exchange,
  port: Port,
  downs: DownListener,
): Promise<never> {
  let count = 0;
  let freed: (() => void) | undefined;
  for (;;) {
    if (count >= DECIDING_MAX) {
      await new Promise<void>((resolve) => freed = resolve);
    }
    const text = port.text(await exchange.next());
    const incoming = readMessage(text);
    if (incoming.type === "down") downs(incoming.pid);
    const question = readQuestion(text);
    if (question === undefined) continue;
    count++;
    decide(authenticate, question, port).then(() => {
      count--;
      freed?.();
    });
  }
}

/** A request, and whom to tell. */
interface Question {
  readonly request: AuthenticationRequest;
  readonly pid: string;
  readonly callId: string;
}

// Any process can send anything: what is no question is ignored.
function readQuestion(text: string): Question | undefined {
  try {
    const { fn, args, replyTo } = parse(text);
    const { pid, callId } = replyTo;
    const isQuestion = fn === "authenticate" && isPid(pid) &&
      typeof callId === "string" && isRequest(args[0]);
    return isQuestion
      ? { request: withHeader(args[0]), pid, callId }
      : undefined;
  } catch {
    // This is how one learns that it has not the shape of one.
    return undefined;
  }
}

function isRequest(
  { method, path, query, headers, remoteAddr }: Partial<AuthenticationRequest>,
): boolean {
  const texts = [method, path, query, remoteAddr];
  return isArray(headers) && texts.every((each) => typeof each === "string") &&
    headers.every((pair) =>
      typeof pair[0] === "string" && typeof pair[1] === "string"
    );
}

function withHeader(
  request: Omit<AuthenticationRequest, "header">,
): AuthenticationRequest {
  return Object.freeze({
    ...request,
    header(name: string) {
      const wanted = `${name}`.toLowerCase();
      for (const [name, value] of request.headers) {
        if (name === wanted) return value;
      }
      return null;
    },
  });
}

async function decide(
  authenticate: Authenticate,
  { request, pid, callId }: Question,
  port: Port,
): Promise<void> {
  let verdict = "null";
  try {
    verdict = stringify(await authenticate(request) ?? null) ?? "null";
  } catch (error) {
    // It cannot say yes by failing, and others are still to be decided over.
    port.warn(`Denied a request: ${port.messageOf(error)}`);
  }
  port.send(pid, `${callId}:${verdict}`);
}
