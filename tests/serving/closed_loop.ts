/**
 * Clients that ask again as soon as they are answered.
 *
 * @module
 */

import { connect } from "./connection.ts";

/** How {@linkcode ask} asks. */
export interface AskOptions {
  /** Of this machine. */
  readonly port: number;
  /** What is asked for. */
  readonly path: string;
  /** Connections, each with one request under way. */
  readonly connections: number;
  /** Called before each request: whether it is made. */
  readonly goesOn: () => boolean;
}

/** Asks until `goesOn` says no. Answers how often each answer came, as `status body`. */
export async function ask(options: AskOptions): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  const loops = Array.from(
    { length: options.connections },
    () => askOnOne(options, counts),
  );
  await Promise.all(loops);
  return counts;
}

async function askOnOne(
  { port, path, goesOn }: AskOptions,
  counts: Map<string, number>,
): Promise<void> {
  const request = `GET ${path} HTTP/1.1\r\nhost: a\r\n\r\n`;
  const decoder = new TextDecoder();
  using connection = await connect(port);
  while (goesOn()) {
    await connection.write(request);
    const { status, body } = await connection.read();
    const answer = `${status} ${decoder.decode(body)}`;
    counts.set(answer, (counts.get(answer) ?? 0) + 1);
  }
}

/** A `goesOn` that says yes `count` times. */
export function times(count: number): () => boolean {
  return () => count-- > 0;
}
