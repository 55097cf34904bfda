import { deepStrictEqual, strictEqual } from "node:assert";
import { CENSUS_MS } from "../limits.ts";
import type { LifecycleEvent } from "../log.ts";
import { CensusBoard } from "./census_board.ts";

/** A board whose timer is let off by hand. */
class TestBoard {
  /** Counts of components and groups, as they were written. */
  readonly lines: (readonly [string, number])[][] = [];
  readonly tags = new Map<string, number>();
  #task: (() => void) | undefined;

  readonly board: CensusBoard = new CensusBoard({
    host: {
      timer: (delayMs, task) => {
        strictEqual(delayMs, CENSUS_MS);
        strictEqual(this.#task, undefined);
        this.#task = task;
        return () => this.#task = undefined;
      },
    },
    log: {
      lifecycle: (event: LifecycleEvent) => {
        if (event.type !== "census") throw new TypeError(event.type);
        this.lines.push([...event.components, ...event.tags]);
      },
    },
    tags: () => this.tags,
  });

  /** Lets the timer off, if it runs. Returns whether it did. */
  elapse(): boolean {
    const task = this.#task;
    this.#task = undefined;
    task?.();
    return task !== undefined;
  }
}

Deno.test("CensusBoard writes once for all that changed meanwhile", () => {
  const test = new TestBoard();
  test.board.spawned("web");
  test.board.spawned("api");
  test.board.spawned("web");
  test.tags.set("room", 2);
  deepStrictEqual(test.lines, []);
  strictEqual(test.elapse(), true);
  deepStrictEqual(test.lines, [[["api", 1], ["web", 2], ["room", 2]]]);
  strictEqual(test.elapse(), false);
});

Deno.test("CensusBoard leaves out what has none, and is silent when nothing is new", () => {
  const test = new TestBoard();
  test.board.spawned("api");
  test.elapse();
  test.board.spawned("api");
  test.board.exited("api");
  strictEqual(test.elapse(), true);
  strictEqual(test.lines.length, 1);
  test.board.exited("api");
  test.elapse();
  deepStrictEqual(test.lines[1], []);
});

Deno.test("CensusBoard takes an end that is told before the begin", () => {
  const test = new TestBoard();
  test.board.exited("api");
  test.board.spawned("api");
  test.board.spawned("web");
  test.elapse();
  deepStrictEqual(test.lines, [[["web", 1]]]);
});

Deno.test("CensusBoard.close() stops the timer for good", () => {
  const test = new TestBoard();
  test.board.spawned("api");
  test.board.close();
  strictEqual(test.elapse(), false);
  test.board.exited("api");
  strictEqual(test.elapse(), false);
  test.board.close();
  deepStrictEqual(test.lines, []);
});
