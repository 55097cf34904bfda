/**
 * The spans of what guests ask of their node.
 *
 * @module
 */

import type { Answer, Ask } from "../node/ask.ts";
import {
  type Attributes,
  beginSpan,
  type Span,
  type TraceParent,
} from "./telemetry.ts";

/**
 * Calls `answer`, in a span of its own when what is asked takes time: the store,
 * and spawns. The others have none.
 *
 * @param trace Whoever asks; when undefined, there is no span either.
 */
export function answerInSpan(
  trace: TraceParent | undefined,
  ask: Ask,
  answer: (trace: TraceParent | undefined) => Answer | Promise<Answer>,
): Answer | Promise<Answer> {
  const span = trace === undefined ? undefined : beginAskSpan(trace, ask);
  if (span === undefined) return answer(trace);
  const answered = answer(span.traceParent);
  return answered instanceof Promise
    ? answered.then((answer) => ended(span, answer))
    : ended(span, answered);
}

function beginAskSpan(parent: TraceParent, ask: Ask): Span | undefined {
  const words = wordsOf(ask);
  if (words === undefined) return undefined;
  const [name, attributes] = words;
  return beginSpan(name, { parent, kind: "client", attributes });
}

function wordsOf(ask: Ask): [name: string, Attributes] | undefined {
  switch (ask.type) {
    case "kv": {
      const bucket = "bucket" in ask ? { "rusm.kv.bucket": ask.bucket } : {};
      return [`kv ${ask.op}`, { "db.operation.name": ask.op, ...bucket }];
    }
    case "spawn":
    case "spawnFrom":
      return ["spawn", { "rusm.component": ask.component }];
    case "supervise":
      return ["supervise", { "rusm.children": ask.children.join(" ") }];
    default:
      return undefined;
  }
}

function ended(span: Span, answer: Answer): Answer {
  span.end("error" in answer ? answer.error : undefined);
  return answer;
}
