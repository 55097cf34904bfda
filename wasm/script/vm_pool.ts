/**
 * Instances of one component, put back to its image between processes.
 *
 * @module
 */

import { IDLE_INSTANCES_MAX } from "../limits.ts";
import { type Image, isRestorable, restore, restoreNew } from "./image.ts";
import { type Bridge, Vm } from "./vm.ts";

/** Answers no guest: the bridge of an instance that no process uses. */
const NOBODY: Bridge = {
  call(): never {
    throw new TypeError("Cannot call the host without a process");
  },
  interrupt: () => true,
};

/**
 * Hands out instances that are in the state of the image, to the last byte.
 *
 * An instance that was used is put back before it waits for the next process,
 * so what one process left behind is gone before another can come.
 */
export class VmPool {
  // Of this thread once a process was there: not all threads run one.
  #image: Image;
  #isOwn = false;
  #idle: Vm[] = [];

  /** A pool for processes of `image`. */
  constructor(image: Image) {
    this.#image = image;
  }

  /** How many instances wait. */
  get idleCount(): number {
    return this.#idle.length;
  }

  /** Takes an instance for a process that answers as `bridge`. */
  take(bridge: Bridge): Vm {
    const vm = this.#idle.pop() ?? this.#create();
    vm.bridge = bridge;
    return vm;
  }

  #create(): Vm {
    if (!this.#isOwn) this.#image = unshare(this.#image);
    this.#isOwn = true;
    const vm = new Vm(this.#image.module, NOBODY);
    restoreNew(vm, this.#image);
    return vm;
  }

  /**
   * Gives an instance back. No call may be under way in it.
   *
   * One whose memory has grown is dropped: a memory cannot shrink.
   */
  give(vm: Vm): void {
    vm.bridge = NOBODY;
    const isKept = this.#idle.length < IDLE_INSTANCES_MAX &&
      isRestorable(vm, this.#image);
    if (!isKept) return;
    restore(vm, this.#image);
    this.#idle.push(vm);
  }
}

// V8 copies out of shared memory word by word, out of its own at full speed.
function unshare(image: Image): Image {
  const parts = image.parts.map(({ at, bytes }) => ({
    at,
    bytes: new Uint8Array(bytes),
  }));
  return { ...image, parts };
}
