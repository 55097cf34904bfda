/**
 * Requests that are each answered by a new process of a component.
 *
 * @module
 */

import { Runtime } from "@rusm/otp";
import { type Component, Engine } from "@rusm/wasm";
import { timeMs } from "../otp/timing.ts";
import { ROOMY } from "../wasm/local.ts";

/** C that answers `/hello` with a body of five bytes. */
const HANDLER = `${import.meta.dirname}/../../tests/guests/built/handler.wasm`;

/**
 * Runs `play` with what makes `total` requests to a component on one scheduler,
 * `window` at once, and takes the answers.
 *
 * @throws {Error} An answer is another than it should be.
 */
export async function withRequests<Result>(
  { total, window }: { readonly total: number; readonly window: number },
  play: (ask: () => Promise<number>) => Promise<Result>,
): Promise<Result> {
  const engine = new Engine(new Runtime(), { schedulersPerPool: 1 });
  try {
    const bytes = await Deno.readFile(HANDLER);
    const component = await engine.loadComponent("handler", bytes, ROOMY);
    let left = 0;
    const client = async () => {
      while (left-- > 0) await ask(engine, component);
    };
    return await play(() => {
      left = total;
      return timeMs(() => Promise.all(Array.from({ length: window }, client)));
    });
  } finally {
    await engine.close();
  }
}

async function ask(engine: Engine, component: Component): Promise<void> {
  const request = new Request("http://bench.test/hello");
  const response = await engine.handle(component, request);
  const body = await response.text();
  if (response.status === 200 && body === "hello") return;
  throw new Error(`Cannot time what answers wrongly: ${response.status}`);
}
