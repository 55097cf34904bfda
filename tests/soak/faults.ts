/**
 * What handlers are asked to do wrong, how often, and what a client is then told.
 *
 * @module
 */

/** One kind of request. */
export interface Fault {
  /** What it is called, and the path that asks for it. */
  readonly name: string;
  /** How many of a million requests are such. */
  readonly perMillion: number;
  /** The statuses that it may have; empty when the client does not wait for one. */
  readonly statuses: readonly number[];
  /** The function that answers it. */
  readonly code: string;
}

/** What is asked for besides answers as they should be. */
export const FAULTS: readonly Fault[] = [
  {
    name: "throws",
    perMillion: 8_000,
    statuses: [502],
    code: `() => { throw new TypeError("injected"); }`,
  },
  {
    name: "throwsLater",
    perMillion: 4_000,
    statuses: [502],
    code:
      `async () => { await new Promise((resolve) => setTimeout(resolve, 20)); throw new Error("injected"); }`,
  },
  {
    name: "answersNonsense",
    perMillion: 2_000,
    statuses: [502],
    code: `() => { return { status: 200 }; }`,
  },
  {
    name: "hangs",
    perMillion: 500,
    statuses: [504],
    code:
      `() => { return new Promise((resolve) => setTimeout(resolve, 60_000)); }`,
  },
  {
    name: "spins",
    perMillion: 50,
    statuses: [504],
    code: `() => { for (;;); }`,
  },
  {
    name: "leaks",
    perMillion: 200,
    // Whichever of memory and time it has used up first.
    statuses: [502, 504],
    code:
      `() => { const kept = []; for (;;) kept.push(new Uint8Array(65_536).fill(1)); }`,
  },
  {
    name: "leavesTimers",
    perMillion: 2_000,
    statuses: [200],
    code:
      `() => { for (let count = 0; count < 20; count++) setTimeout(() => {}, 60_000); return new Response("left"); }`,
  },
  {
    name: "answersMuch",
    perMillion: 1_000,
    statuses: [200],
    code: `() => { return new Response("x".repeat(262_144)); }`,
  },
  {
    name: "isLeftAlone",
    perMillion: 3_000,
    statuses: [],
    code:
      `async () => { await new Promise((resolve) => setTimeout(resolve, 50)); return new Response("too late"); }`,
  },
];

/** What everything else is. */
export const FINE: Fault = {
  name: "fine",
  perMillion: 1_000_000 -
    FAULTS.reduce((sum, { perMillion }) => sum + perMillion, 0),
  statuses: [200],
  code: `() => { return new Response("fine"); }`,
};

/**
 * The kind of request that `part` of them all, from 0 to below 1, stands for.
 */
export function pick(part: number): Fault {
  let rest = part * 1_000_000;
  for (const fault of FAULTS) {
    rest -= fault.perMillion;
    if (rest < 0) return fault;
  }
  return FINE;
}

/** The bundle of the handler that does all of them. */
export function handlerSource(): string {
  const actions = [FINE, ...FAULTS].map(({ name, code }) =>
    `  ${name}: ${code},`
  );
  return `const ACTIONS = {
${actions.join("\n")}
};
exports.default = (request) =>
  ACTIONS[new URL(request.url).pathname.slice(1)](request);
`;
}
