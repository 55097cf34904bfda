/**
 * Numbers for what functions of a component need of an instance.
 *
 * Functions are linked once for all instances. What differs from one to the next
 * lies in each under a number, given when it is first named.
 *
 * @module
 */

import type { StringEncoding } from "./canonical/mod.ts";
import type { CanonicalOptions, CoreExport, CoreFunction } from "./plan.ts";

/** What a number of a context stands for. */
export interface NumberedContext {
  /** How strings lie in the memory. */
  readonly encoding: StringEncoding;
  /** The memory; undefined only if nothing goes through memory. */
  readonly memory: CoreExport | undefined;
  /** The number of the component instance. */
  readonly state: number;
}

/** Things by number. */
class Numbers<Thing> {
  readonly #next: () => number;
  readonly #numbers = new Map<unknown, number>();
  readonly #things = new Map<number, Thing>();

  /** @param next The number of what is named next. */
  constructor(next: () => number) {
    this.#next = next;
  }

  /** The number of `thing`, which is the same as that of others of its `key`. */
  of(thing: Thing, key: unknown = thing): number {
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.#next();
      this.#numbers.set(key, number);
      this.#things.set(number, thing);
    }
    return number;
  }

  /** What has `number`. */
  at(number: number): Thing {
    return this.#things.get(number)!;
  }
}

/**
 * The numbers of a component, in one thread.
 *
 * Invariant: component instances, contexts and functions have no number in
 * common, and all of theirs are below `count`.
 */
export class Numbering {
  /** Component instances, by their index in the plan. */
  readonly states: Numbers<number> = new Numbers(() => this.#count++);
  /** What lifts and lowers. */
  readonly contexts: Numbers<NumberedContext> = new Numbers(() =>
    this.#count++
  );
  /** Core functions that the host calls where a guest cannot be suspended. */
  readonly functions: Numbers<CoreFunction> = new Numbers(() => this.#count++);
  /** Core functions that it calls on a fiber. */
  readonly entries: Numbers<CoreFunction> = new Numbers(() =>
    this.#entriesCount++
  );
  readonly #memories = new Numbers<CoreExport | undefined>(() =>
    this.#memoriesCount++
  );
  #count = 0;
  #entriesCount = 0;
  #memoriesCount = 0;

  /** How much there is to make in an instance. */
  get count(): number {
    return this.#count;
  }

  /** The context that functions with `options` of a component instance share, and so their views of the memory. */
  contextOf(
    { encoding, memory }: CanonicalOptions,
    componentInstance: number,
  ): number {
    const state = this.states.of(componentInstance);
    const key = `${encoding} ${this.#memories.of(memory)} ${state}`;
    return this.contexts.of({ encoding, memory, state }, key);
  }
}
