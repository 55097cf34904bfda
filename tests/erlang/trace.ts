/**
 * Traces: what was observed while a scenario ran, and their one canonical form.
 *
 * @module
 */

/** What a process found in its mailbox: what it is, of which process, and more. */
export type Message =
  /** What the process was sent: sender, tag. */
  | readonly ["message", number, number]
  /** A `DOWN`: process, monitor, reason. */
  | readonly ["down", number, number, string]
  /** An `EXIT`: process, reason. */
  | readonly ["exit", number, string]
  /** Nothing of a process: what follows arrived in a later step. */
  | readonly ["step"];

/** What was observed in one step. */
export type Event =
  /** What came of the command. */
  | readonly ["result", ...Word[]]
  /** What a process received: by the command, or as it woke. */
  | readonly ["received", number, Message | "timeout"]
  /** What a process had in its mailbox, the oldest first. */
  | readonly ["flushed", number, readonly Message[]]
  /** A supervisor started a child: supervisor, child, process. */
  | readonly ["started", number, string, number]
  /** The start of a child failed: supervisor, child. */
  | readonly ["failed", number, string]
  /** An obedient child was asked to end: supervisor, child, process, reason. */
  | readonly ["stopping", number, string, number, string]
  /** A process ended: process, reason. */
  | readonly ["ended", number, string]
  /** Who is left at the end, supervisors too. */
  | readonly ["alive", ...number[]];

/** A word of a result; a list is a child and its process. */
export type Word = string | number | boolean | readonly [string, Word];

/** What was observed, in each step, and in a last one in which who is left takes all messages. */
export type Trace = readonly (readonly Event[])[];

/**
 * `trace` as lines, one for each step, without what neither Erlang nor we
 * promise: the order of events of different processes within one step, of
 * messages of different senders within one step, of the notices (`DOWN`,
 * `EXIT`) of one end, and of children that are asked to end at the same time.
 */
export function canonical(trace: Trace): string[] {
  return trace.map((events) =>
    sortedBy(events.map(canonicalEvent), eventKey).map(print).join("; ")
  );
}

function canonicalEvent(event: Event): Event {
  switch (event[0]) {
    case "flushed":
      return ["flushed", event[1], sortedMessages(event[2])];
    case "result":
      return ["result", ...sortedBy(event.slice(1) as Word[], wordKey)];
    default:
      return event;
  }
}

function wordKey(word: Word): string {
  const isDynamic = Array.isArray(word) && word[0] === "dynamic";
  return isDynamic ? pad(word) : "";
}

function sortedMessages(messages: readonly Message[]): Message[] {
  const batches: Message[][] = [[]];
  for (const message of messages) {
    if (message[0] === "step") batches.push([]);
    else batches.at(-1)!.push(message);
  }
  return batches.flatMap(sortedBatch);
}

// Notices stay between the messages that they were between.
function sortedBatch(batch: readonly Message[]): Message[] {
  const count = new Map<unknown, number>();
  const keys = new Map<Message, string>();
  for (const message of batch) {
    const [type, sender = 0] = message;
    const before = count.get(sender) ?? 0;
    const isNotice = type !== "message";
    keys.set(message, pad([sender, before, ...isNotice ? message : ["~~~~"]]));
    if (!isNotice) count.set(sender, before + 1);
  }
  return sortedBy(batch, (message) => keys.get(message)!);
}

// What one supervisor does is in order.
function eventKey(event: Event): string {
  switch (event[0]) {
    case "result":
      return "0";
    case "received":
    case "flushed":
      return pad(["1", event[1]]);
    case "started":
    case "failed":
      return pad(["2", event[1]]);
    case "stopping":
      return isInOrder(event)
        ? pad(["2", event[1]])
        : pad(["2", event[1], event[3]]);
    case "ended":
      return pad(["3", event[1]]);
    case "alive":
      return "4";
  }
}

// A dynamic supervisor asks all its children at once. What comes with another
// reason is a signal of a link, to all children at once, when it was killed.
function isInOrder(
  [, , id, , reason]: Event & readonly ["stopping", ...unknown[]],
): boolean {
  return id !== "dynamic" && reason === "shutdown";
}

function pad(words: readonly Word[]): string {
  return words.map((word) => String(word).padStart(4, "0")).join(" ");
}

// What has the same key keeps its order.
function sortedBy<T>(items: readonly T[], key: (item: T) => string): T[] {
  return items.toSorted((a, b) => {
    const [left, right] = [key(a), key(b)];
    return left === right ? 0 : left < right ? -1 : 1;
  });
}

type Printed = Word | readonly Printed[];

function print(event: readonly Printed[]): string {
  return event.map((word) =>
    Array.isArray(word) ? `[${print(word)}]` : String(word)
  ).join(" ");
}
