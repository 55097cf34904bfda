/**
 * What is put off until guests have had their turn.
 *
 * @module
 */

let tasks: (() => void)[] = [];

/**
 * Calls `task`, which must not throw, when guests of this thread have given up
 * their turn: in the next turn of the event loop. Keeps the order of calls.
 *
 * A microtask comes too soon. V8 suspends a guest in each import that may wait,
 * also when it does not wait, and microtasks run then.
 */
export function atTurnEnd(task: () => void): void {
  if (tasks.push(task) === 1) setImmediate(run);
}

function run(): void {
  const due = tasks;
  tasks = [];
  for (const task of due) task();
}
