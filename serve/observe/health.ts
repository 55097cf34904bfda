/**
 * Whether a node works, and whether it should be asked.
 *
 * @module
 */

import type { SchedulerInfo } from "@rusm/wasm";

/** What a node is doing. */
export type Phase =
  /** It loads components and opens listeners. */
  | "starting"
  /** It answers. */
  | "ready"
  /** It ends what is in flight. */
  | "draining"
  /** Its residents have ended too often, and none is started again. */
  | "gave_up";

/** An answer to whoever looks after the node. */
export interface Verdict {
  /** 200, or 503. */
  readonly status: 200 | 503;
  /** JSON that says why. */
  readonly text: string;
}

/**
 * Whether the node works: as the main thread answers, it does unless all
 * schedulers owe signs of life. One that owes too many is replaced, and nobody
 * has to restart the node for that. Pure.
 */
export function healthOf(schedulers: readonly SchedulerInfo[]): Verdict {
  const silent = schedulers.filter(({ isSilent }) => isSilent).length;
  const answering = schedulers.length - silent;
  const isStuck = silent > 0 && answering === 0;
  const status = isStuck ? "stuck" : "ok";
  return verdict(!isStuck, { status, schedulers: { answering, silent } });
}

/** Whether the node should be sent requests. Pure. */
export function readinessOf(phase: Phase): Verdict {
  return verdict(phase === "ready", { status: phase });
}

function verdict(isGood: boolean, content: object): Verdict {
  return {
    status: isGood ? 200 : 503,
    text: `${JSON.stringify(content)}\n`,
  };
}
