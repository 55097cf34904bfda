/**
 * Promises whose outcome an import makes itself, where it comes to be known.
 *
 * A promise of what a promise resolves to costs more than most messages. So
 * whoever promises can offer to call a function with the outcome first: what
 * that returns is what the promise resolves to.
 *
 * @module
 */

/** Who promises. */
export interface Offer {
  /** Called with the outcome, unless it is undefined. What it throws rejects the promise. */
  goOn: ((answer: unknown) => unknown) | undefined;
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
