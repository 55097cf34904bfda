// What the components say to each other. Nothing of it is shared at run time:
// each process has a copy.

/** A card of the board. */
export interface Card {
  readonly id: number;
  readonly text: string;
  readonly isDone: boolean;
}

/** What has happened to a card; one that is removed is told as it was. */
export interface Change {
  readonly type: "added" | "moved" | "removed";
  readonly card: Card;
}

/** Processes in this group are told of each change. */
export const FEED = "feed";

/** What a digest is made of. */
export interface Task {
  /** The process that waits for the {@link Digest}. */
  readonly replyTo: string;
  readonly cards: readonly Card[];
}

/** What a board says in short. */
export interface Digest {
  readonly total: number;
  readonly done: number;
  /** Those that are used most, with how often. */
  readonly words: readonly (readonly [word: string, count: number])[];
}
