/**
 * Promises whose outcome an import makes itself, where it comes to be known.
 *
 * A promise of what a promise resolves to costs more than most messages. So
 * whoever promises can offer to call a function with the outcome first: what
 * that returns is what the promise resolves to.
 *
 * @module
 */

/** What is done with an outcome. */
export interface Resumption {
  /** Takes the outcome. Returns what the promise resolves to; what it throws rejects it. */
  goOn(answer: unknown): unknown;
}

/** Who promises. */
export interface Offer {
  /** Given the outcome, unless it is undefined. */
  resumption: Resumption | undefined;
}

let offered: Promise<unknown> | undefined;
let latest: Offer | undefined;

/** Offers to go on with `promise`, to whoever is given it before another is offered. */
export function makeOffer(promise: Promise<unknown>, offer: Offer): void {
  offered = promise;
  latest = offer;
}

/** Takes the offer for `promise`; undefined when there is none. */
export function takeOffer(promise: Promise<unknown>): Offer | undefined {
  if (promise !== offered) return undefined;
  const offer = latest;
  offered = latest = undefined;
  return offer;
}
