import { deepStrictEqual, match, strictEqual } from "node:assert";
import { parseRequest, RUNS } from "./args.ts";

const KNOWN = ["otp", "http"];
const ALL = { type: "measure", names: KNOWN, isJson: false, isCheck: false };

const REQUESTS = [
  [[], { ...ALL, runs: RUNS }],
  [["http"], { ...ALL, names: ["http"], runs: RUNS }],
  [["http", "otp", "http"], { ...ALL, names: ["http", "otp"], runs: RUNS }],
  [["--json", "--check", "--runs", "3"], {
    ...ALL,
    isJson: true,
    isCheck: true,
    runs: 3,
  }],
  [["otp", "--runs=100"], { ...ALL, names: ["otp"], runs: 100 }],
  [["--list", "otp"], { type: "list" }],
  [["--help", "--list"], { type: "help" }],
  [["-h"], { type: "help" }],
] as const;

for (const [args, request] of REQUESTS) {
  Deno.test(`parseRequest() understands ${JSON.stringify(args)}`, () => {
    deepStrictEqual(parseRequest(args, KNOWN), request);
  });
}

const WRONG = [
  [["ttp"], /Cannot measure a noun: ttp$/],
  [["otp", "otp2"], /: otp2$/],
  [["--jsn"], /'--jsn'$/],
  [["--runs"], /'--runs <value>'/],
  [["--runs", "0"], /1 to 100: 0$/],
  [["--runs", "101"], /: 101$/],
  [["--runs", "1e1"], /: 1e1$/],
  [["--runs", ""], /: $/],
  [["--json=yes"], /'--json'/],
] as const;

for (const [args, message] of WRONG) {
  Deno.test(`parseRequest() says what is wrong with ${JSON.stringify(args)}`, () => {
    const request = parseRequest(args, KNOWN);
    strictEqual(request.type, "wrong");
    if (request.type === "wrong") match(request.message, message);
  });
}
