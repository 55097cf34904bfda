// A service: others call what it exports, and it does one call after the other.
// So nothing here is ever done by two at once.
import { kv, Process } from "@rusm/wasm/guest";
import { type Card, type Change, FEED } from "../../shared/board.ts";

const CARDS_MAX = 1_000;

const bucket = kv.bucket("cards");

// What is in the bucket, once this process has looked: nobody else writes there.
let known: Map<number, Card> | undefined;

/** All cards, the oldest first. */
export function list(): Card[] {
  return [...board().values()];
}

/** Puts a card on the board; null when it is full. */
export function add(text: string): Card | null {
  if (board().size >= CARDS_MAX) return null;
  const id = Math.max(0, ...board().keys()) + 1;
  return put("added", { id, text, isDone: false });
}

/** Moves a card to those that are done, or back; null when there is none. */
export function move(id: number, isDone: boolean): Card | null {
  const card = board().get(id);
  return card === undefined ? null : put("moved", { ...card, isDone });
}

/** Takes a card away; null when there is none. */
export function remove(id: number): Card | null {
  const card = board().get(id);
  if (card === undefined) return null;
  bucket.delete(keyOf(id));
  board().delete(id);
  publish({ type: "removed", card });
  return card;
}

// On disk first: if this process ends in between, the next one reads it there.
function put(type: Change["type"], card: Card): Card {
  bucket.set(keyOf(card.id), JSON.stringify(card));
  board().set(card.id, card);
  publish({ type, card });
  return card;
}

function publish(change: Change): void {
  const message = JSON.stringify(change);
  for (const pid of Process.whereisTag(FEED)) Process.send(pid, message);
}

function board(): Map<number, Card> {
  return known ??= new Map(bucket.list().map(read));
}

function read(key: string): [number, Card] {
  const card: Card = JSON.parse(bucket.getText(key) ?? "");
  return [card.id, card];
}

// Keys are listed as text, where 10 comes before 9 but 0010 after 0009.
function keyOf(id: number): string {
  return String(id).padStart(10, "0");
}
