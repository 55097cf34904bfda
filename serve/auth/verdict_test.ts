import { deepStrictEqual, strictEqual } from "node:assert";
import fc from "fast-check";
import { CLAIM_CHARS_MAX, CLAIMS_MAX } from "../limits.ts";
import { readVerdict } from "./verdict.ts";

function many(count: number): string {
  const entries = Array.from({ length: count }, (_, at) => [`c${at}`, ""]);
  return JSON.stringify({ allow: Object.fromEntries(entries) });
}

function long(chars: number): string {
  return JSON.stringify({ allow: { c: "x".repeat(chars - 1) } });
}

/** What allows, and the claims. */
// deno-fmt-ignore
const ALLOWED: readonly (readonly [json: string, claims: unknown])[] = [
  [`{"allow":{}}`,                       {}],
  [` { "allow" : {"tenant":"acme"} }\n`, { tenant: "acme" }],
  [`{"allow":{"":""}}`,                  { "": "" }],
  [`{"allow":{"__proto__":"a"}}`,        JSON.parse(`{"__proto__":"a"}`)],
  [long(CLAIM_CHARS_MAX),                { c: "x".repeat(CLAIM_CHARS_MAX - 1) }],
];

for (const [json, claims] of ALLOWED) {
  Deno.test(`readVerdict() allows by ${json.slice(0, 40)}`, () => {
    const verdict = readVerdict(json);
    strictEqual(verdict.type, "allowed");
    if (verdict.type !== "allowed") return;
    deepStrictEqual(verdict.claims, claims);
    strictEqual(Object.isFrozen(verdict.claims), true);
  });
}

/** What denies, and what is wrong with it; nothing is when it is how to deny. */
// deno-fmt-ignore
const DENIED: readonly (readonly [json: string, fault?: string])[] = [
  ["null"],
  ["false"],
  [`{"deny":{}}`],
  [`{"deny":"because"}`],
  ["",                              "what it answers is no JSON"],
  [`{"allow":{}`,                   "what it answers is no JSON"],
  [`{"allow":{}} {}`,               "what it answers is no JSON"],
  ["true",                          "it answers neither allow nor deny"],
  ["1",                             "it answers neither allow nor deny"],
  [`"allow"`,                       "it answers neither allow nor deny"],
  ["{}",                            "it answers neither allow nor deny"],
  ["[]",                            "it answers neither allow nor deny"],
  [`["allow"]`,                     "it answers neither allow nor deny"],
  [`[{"allow":{}}]`,                "it answers neither allow nor deny"],
  [`{"Allow":{}}`,                  "it answers neither allow nor deny"],
  [`{"allow":{},"deny":{}}`,        "it answers neither allow nor deny"],
  [`{"deny":{},"allow":{}}`,        "it answers neither allow nor deny"],
  [`{"allow":{},"claims":{}}`,      "it answers neither allow nor deny"],
  [`{"__proto__":{"allow":{}}}`,    "it answers neither allow nor deny"],
  [`{"allow":true}`,                "its claims are no object"],
  [`{"allow":null}`,                "its claims are no object"],
  [`{"allow":"all"}`,               "its claims are no object"],
  [`{"allow":["a"]}`,               "its claims are no object"],
  [`{"allow":{"a":1}}`,             'its claim "a" is no text'],
  [`{"allow":{"a":"b","c":null}}`,  'its claim "c" is no text'],
  [`{"allow":{"a":{"b":"secret"}}}`, 'its claim "a" is no text'],
  [many(CLAIMS_MAX + 1),            `it has more than ${CLAIMS_MAX} claims`],
  [long(CLAIM_CHARS_MAX + 1),       `its claims have more than ${CLAIM_CHARS_MAX} characters`],
];

for (const [json, fault] of DENIED) {
  Deno.test(`readVerdict() denies by ${json.slice(0, 40) || "nothing"}`, () => {
    const verdict = fault === undefined ? {} : { fault };
    deepStrictEqual(readVerdict(json), { type: "denied", ...verdict });
  });
}

const CLAIMS = fc.dictionary(fc.string({ maxLength: 9 }), fc.string(), {
  maxKeys: 5,
});
const NEAR = fc.oneof(
  fc.json(),
  fc.string(),
  fc.record({ allow: fc.jsonValue() }).map((each) => JSON.stringify(each)),
  fc.record({ allow: CLAIMS, more: fc.jsonValue() }, { requiredKeys: [] })
    .map((each) => JSON.stringify(each)),
);

Deno.test("readVerdict() allows nothing but claims that are texts, alone", () => {
  fc.assert(
    fc.property(NEAR, (json) => {
      strictEqual(readVerdict(json).type === "allowed", isAllowed(json));
    }),
    { numRuns: 3_000 },
  );
});

// The model: written again from the claims, it is what was read.
function isAllowed(json: string): boolean {
  let value: { allow?: Record<string, unknown> } | null;
  try {
    value = JSON.parse(json);
  } catch {
    // This is how one learns that it is none.
    return false;
  }
  const allow = value?.allow;
  if (typeof allow !== "object" || allow === null || Array.isArray(allow)) {
    return false;
  }
  const isAlone = JSON.stringify(value) === JSON.stringify({ allow });
  return isAlone && !Array.isArray(value) &&
    Object.values(allow).every((claim) => typeof claim === "string");
}

Deno.test("readVerdict() allows whatever claims there are, and tells them as they are", () => {
  fc.assert(
    fc.property(CLAIMS, (allow) => {
      const verdict = readVerdict(JSON.stringify({ allow }));
      deepStrictEqual(
        verdict.type === "allowed" && Object.entries(verdict.claims),
        Object.entries(JSON.parse(JSON.stringify(allow))),
      );
    }),
    { numRuns: 500 },
  );
});
