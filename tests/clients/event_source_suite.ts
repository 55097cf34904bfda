/**
 * What any client of event streams sees.
 *
 * @module
 */

import { deepStrictEqual, strictEqual } from "node:assert";
import type { Site } from "./site.ts";

/** As much of the class of a client as all of them have. */
export type EventSourceClass = new (url: string) => Client;

interface Client {
  readonly readyState: number;
  addEventListener(type: string, listener: (event: Happening) => void): void;
  close(): void;
}

/** As much of their events. */
interface Happening {
  readonly data: string;
  readonly lastEventId: string;
}

/** Runs all of it as steps of `t`. */
export async function askForEvents(
  t: Deno.TestContext,
  EventSource: EventSourceClass,
  { sse, http }: Site,
): Promise<void> {
  await t.step("comes back with the id of its last event", async () => {
    const client = new EventSource(`${sse}/?resume`);
    deepStrictEqual(await take(client, "count", 3), [
      ["number 1", "1"],
      ["number 2", "2"],
      ["number 3", "3"],
    ]);
  });
  await t.step("gets what is written over several lines", async () => {
    const client = new EventSource(`${sse}/?emit`);
    deepStrictEqual(await take(client, "note", 1), [["two\nlines", "7"]]);
  });
  await t.step("gives up where there is none", async () => {
    const client = new EventSource(`${http}/none/at/all`);
    await new Promise<void>((resolve) =>
      client.addEventListener("error", () => resolve())
    );
    strictEqual(client.readyState, CLOSED);
  });
}

// Of the standard.
const CLOSED = 2;

/** Data and id of each of the next `count` events of `type`; then it is closed. */
async function take(
  client: Client,
  type: string,
  count: number,
): Promise<(readonly [data: string, id: string])[]> {
  const taken: (readonly [data: string, id: string])[] = [];
  await new Promise<void>((resolve) =>
    client.addEventListener(type, ({ data, lastEventId }) => {
      if (taken.push([data, lastEventId]) === count) resolve();
    })
  );
  client.close();
  return taken;
}
