// A worker: spawned for one task, and gone when it is done. What it costs, it
// costs this process.
import { Process } from "@rusm/wasm/guest";
import type { Card, Digest, Task } from "../../shared/board.ts";

const WORDS_MAX = 5;
const TASK_MS_MAX = 5_000;

export default function work(): void {
  const message = Process.receiveText(TASK_MS_MAX);
  if (message === null) return; // Who spawned it has ended before it said why.
  const { replyTo, cards }: Task = JSON.parse(message);
  Process.send(replyTo, JSON.stringify(digestOf(cards)));
}

function digestOf(cards: readonly Card[]): Digest {
  const counts = new Map<string, number>();
  for (const word of cards.flatMap(({ text }) => wordsOf(text))) {
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const words = [...counts].sort(([, a], [, b]) => b - a).slice(0, WORDS_MAX);
  const done = cards.filter(({ isDone }) => isDone).length;
  return { total: cards.length, done, words };
}

function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(/\p{L}+/gu) ?? [];
}
