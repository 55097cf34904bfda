/**
 * The thread of a share of a run. It is told {@linkcode Order}s, and tells
 * {@linkcode News}.
 *
 * @module
 */

import type { News, Order } from "./crew.ts";
import { prepareRun, type Run } from "./run.ts";

/** Time between two pieces of news, in milliseconds. */
const NEWS_MS = 250;

/** The global scope of a worker, as far as it is used here. */
interface Scope {
  onmessage: ((event: MessageEvent<Order>) => void) | null;
  postMessage(news: News): void;
}

const scope = globalThis as unknown as Scope;
let startRun: ((startMs: number) => Run) | undefined;
let run: Run | undefined;

scope.onmessage = ({ data: order }) => {
  switch (order.type) {
    case "prepare":
      return prepare(order);
    case "play":
      return drive(order.startAtMs);
    case "stop":
      return run?.stop();
  }
};

async function prepare(
  { plan, index, count }: Extract<Order, { type: "prepare" }>,
): Promise<void> {
  startRun = await prepareRun(plan, { index, count });
  scope.postMessage({ type: "ready" });
}

async function drive(startAtMs: number): Promise<void> {
  const mine = run = startRun!(startAtMs - performance.timeOrigin);
  const news = setInterval(() => tell(mine, false), NEWS_MS);
  await mine.play();
  clearInterval(news);
  tell(mine, true);
}

function tell(run: Run, isLast: boolean): void {
  scope.postMessage({ type: "state", state: run.state(), isLast });
}
