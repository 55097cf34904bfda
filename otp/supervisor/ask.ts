/**
 * Requests to supervisors, and their answers.
 *
 * @module
 */

import { SupervisorDown } from "../errors.ts";
import type { Pid } from "../pid.ts";
import type { Runtime } from "../runtime.ts";
import type { Down } from "../signal.ts";

/** What a supervisor answers a request with. */
export interface Answer<Reply> {
  /** The tag. */
  readonly type: "answer";
  /** The answer. */
  readonly reply: Reply;
}

/** A request that is answered. */
export interface Ask<Reply> {
  /** Who gets the answer. */
  readonly from: Pid<Answer<Reply>>;
}

/**
 * Sends a request and waits for the answer, for as long as it takes.
 *
 * A process of its own asks, so that nobody's mailbox sees the answer, and
 * callers that are no process can ask.
 *
 * @param request Makes the request, when it is known who asks.
 * @throws {SupervisorDown} The supervisor has ended.
 */
export async function ask<Request, Reply>(
  runtime: Runtime,
  to: Pid<Request>,
  request: (ask: Ask<Reply>) => Request,
): Promise<Reply> {
  let answer: Answer<Reply> | undefined;
  const asker = runtime.spawn<Answer<Reply> | Down>(async (self) => {
    self.monitor(to);
    runtime.send(to, request({ from: self.pid }));
    const message = await self.receive();
    if (message.type === "down") return self.exit(message.reason);
    answer = message;
  });
  const reason = await asker.join();
  if (answer === undefined) throw new SupervisorDown(to, reason);
  return answer.reply;
}

/** Answers a request. */
export function reply<Reply>(
  runtime: Runtime,
  { from }: Ask<Reply>,
  reply: Reply,
): void {
  runtime.send(from, { type: "answer", reply });
}
