/**
 * The entry of the baker's Worker.
 *
 * @module
 */

import { LoadFailed } from "../errors.ts";
import { DroppedCount } from "../garbage.ts";
import { UNLOADS_PER_COLLECTION } from "../limits.ts";
import { bakeOrFail } from "../script/bake_or_fail.ts";
import { provideQuickjs } from "../script/quickjs.ts";
import type { BakeAnswer, BakeRequest } from "./baker.ts";
import {
  BAKE_LINE_MAX,
  BAKE_LINES_MAX,
  DYNAMIC_BAKE_MS_MAX,
} from "./limits.ts";

interface Scope {
  onmessage: ((event: MessageEvent<BakeRequest>) => void) | null;
  postMessage(answer: BakeAnswer): void;
}

const scope = self as unknown as Scope;
const dropped = new DroppedCount(UNLOADS_PER_COLLECTION);
let last: Promise<void> = Promise.resolve();

// One at a time: each may use all of its time.
scope.onmessage = ({ data }) => {
  last = last.then(() => answer(data));
};

async function answer(request: BakeRequest): Promise<void> {
  const { id, modules } = request;
  for (const [cap, module] of modules) provideQuickjs(cap, module);
  const lines: [number, string][] = [];
  const log = (level: number, text: string) => {
    if (lines.length >= BAKE_LINES_MAX) return;
    lines.push([level, text.slice(0, BAKE_LINE_MAX)]);
  };
  scope.postMessage({ id, lines, result: await resultOf(request, log) });
  dropped.add();
}

async function resultOf(
  { name, bundle, capability }: BakeRequest,
  log: (level: number, text: string) => void,
): Promise<BakeAnswer["result"]> {
  try {
    const image = await bakeOrFail(name, bundle, capability, log, {
      msMax: DYNAMIC_BAKE_MS_MAX,
    });
    return { type: "baked", image };
  } catch (error) {
    // The guest boundary: whatever a script brings about is told to who brought
    // the script, and the next one has an instance of its own.
    if (error instanceof LoadFailed) {
      return {
        type: "failed",
        message: error.message,
        stack: error.stack ?? "",
      };
    }
    return { type: "failed", message: String(error), stack: "" };
  }
}
