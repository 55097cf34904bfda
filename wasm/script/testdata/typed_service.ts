/**
 * A service with functions of all kinds, as a component of an app has it.
 *
 * @module
 */

/** What it stores. */
export interface Item {
  /** Names it. */
  readonly name: string;
}

/** No function, so that nobody can call it. */
export const LIMIT = 3;

/** Answers a value. */
export function count(prefix: string, atLeast?: number): number {
  return prefix.length + (atLeast ?? 0);
}

/** Answers nothing. */
export function clear(): void {}

/** Answers later. */
export function find(name: string): Promise<Item | null> {
  return Promise.resolve({ name });
}

/** Answers a stream. */
export function* names(): Generator<string> {
  yield "a";
}

/** Answers a stream, later. */
export async function* items(from: number): AsyncGenerator<Item> {
  yield await Promise.resolve({ name: `${from}` });
}

/** Calls back. */
export function work(
  report: (percent: number) => void,
  name: string,
): Promise<string> {
  report(50);
  return Promise.resolve(name);
}

export default function (): void {}
