/**
 * Trees of processes that end in all the ways there are.
 *
 * @module
 */

import type { Context } from "../context.ts";
import type { Runtime } from "../runtime.ts";
import type { ExitMessage } from "../signal.ts";
import type { ChildBody, ChildSpec } from "../supervisor/child.ts";
import { supervisor } from "../supervisor.ts";

/** Milliseconds that a supervisor gives a worker that it does not wait for without end. */
export const WORKER_MS = 70;

/** A process: whether it heeds exits, does not trap them, or ignores them; or a supervisor. */
export type Tree = Worker | {
  readonly children: readonly Tree[];
};

/** A process that supervises none. */
export interface Worker {
  /** What it does when it is asked to exit. */
  readonly kind: "plain" | "heeding" | "stubborn";
  /** Whether its supervisor waits for it without end. */
  readonly isAwaited: boolean;
}

/** Spawns `trees`. Names of processes are their way from the top, such as `1.0`. */
export function plant(runtime: Runtime, trees: readonly Tree[]): void {
  trees.forEach((tree, index) => {
    runtime.spawn<ExitMessage>(bodyOf(tree, String(index)) as never, {
      label: String(index),
    });
  });
}

function bodyOf(tree: Tree, name: string): ChildBody {
  if ("kind" in tree) return workerOf(tree);
  return supervisor({
    children: tree.children.map((child, index) =>
      specOf(child, `${name}.${index}`)
    ),
  });
}

function specOf(tree: Tree, id: string): ChildSpec {
  const isAwaited = !("kind" in tree) || tree.isAwaited;
  const shutdown = isAwaited ? "infinity" : { timeoutMs: WORKER_MS };
  return { id, start: () => bodyOf(tree, id), shutdown };
}

function workerOf({ kind }: Worker) {
  return async (self: Context<ExitMessage>) => {
    self.trapExits(kind !== "plain");
    do await self.receive(); while (kind === "stubborn");
    self.exit("shutdown");
  };
}

/** The ends that are to come before the deadline, in order, and whether it comes. */
export function endsOf(
  trees: readonly Tree[],
  deadlineMs: number,
): { readonly names: string[]; readonly isLate: boolean } {
  const names: string[] = [];
  let leftMs = deadlineMs;
  const end = (tree: Tree, name: string, isAwaited: boolean): boolean => {
    if ("kind" in tree) {
      if (tree.kind === "stubborn") leftMs -= isAwaited ? Infinity : WORKER_MS;
    } else {
      const children = [...tree.children.entries()].reverse();
      for (const [index, child] of children) {
        const waits = !("kind" in child) || child.isAwaited;
        if (!end(child, `${name}.${index}`, waits)) return false;
      }
    }
    if (leftMs > 0) names.push(name);
    return leftMs > 0;
  };
  const roots = [...trees.entries()].reverse();
  const isLate = !roots.every(([index, tree]) => end(tree, `${index}`, true));
  return { names, isLate };
}
