import { deepStrictEqual } from "node:assert";
import type { Reload } from "@rusm/serve";
import type { Outcome } from "../bundle/outcome.ts";
import { recordOutput } from "../testdata/recorder.ts";
import { type Round, roundLines } from "./report.ts";

const NOTHING: Reload = {
  ...{ changed: [], added: [], removed: [], variables: [], started: [] },
  ...{ opened: [], rerouted: [], closed: [] },
};

function outcomeOf(name: string, type: Outcome["type"]): Outcome {
  const component = {
    ...{ name, kind: "script", entry: "", artifact: "" } as const,
  };
  return type === "failed"
    ? { type, component, problems: [] }
    : { type, component, bytes: 12_345, ms: 1, warnings: [] };
}

const built = outcomeOf("api", "built");
const endpoint = { label: "web", url: "http://127.0.0.1:8081" };
const API = "/app/components/api/index.ts";

/** What has changed, what came of it, and the lines. */
const ROUNDS: readonly (readonly [
  readonly string[],
  readonly Outcome[],
  Partial<Reload> | undefined,
  readonly string[],
])[] = [
  [[], [], {}, []],
  [[API], [built], { changed: [["api", "code"]] }, [
    "changed components/api/index.ts → api rebuilt in 43 ms (12 kB)",
  ]],
  [[API], [built], {}, []],
  [[API], [outcomeOf("api", "unchanged")], {}, []],
  [[API, "/x/y.ts"], [outcomeOf("api", "failed")], {}, [
    "changed components/api/index.ts and 1 more → api failed",
  ]],
  [["/x/y.ts"], [outcomeOf("api", "failed")], undefined, [
    "changed /x/y.ts → api failed",
  ]],
  [[API], [built, outcomeOf("web", "built")], {
    changed: [["api", "code"]],
    added: ["web"],
    started: ["api"],
  }, [
    "changed components/api/index.ts → api rebuilt in 43 ms (12 kB)",
    "changed components/api/index.ts → web built in 43 ms (12 kB)",
    "changed components/api/index.ts → api started",
  ]],
  [["/app/rusm.toml"], [], {
    changed: [["api", "settings"]],
    added: ["web"],
    removed: ["old"],
    opened: [endpoint],
    rerouted: [{ ...endpoint, label: "api" }],
    closed: [endpoint],
  }, [
    "changed rusm.toml → api has other settings, web added, old removed, " +
    "listening on http://127.0.0.1:8081 (web), " +
    "other routes on http://127.0.0.1:8081 (api), " +
    "not listening on http://127.0.0.1:8081 (web)",
  ]],
  [["/app/.env"], [], { variables: ["A", "B"], started: ["clock"] }, [
    "changed .env → set A, B, clock started",
  ]],
  [[], [], { changed: [["api", "code"]] }, ["api reloaded"]],
];

for (const [paths, outcomes, reload, lines] of ROUNDS) {
  Deno.test(`roundLines() says ${lines.join("; ") || "nothing"}`, () => {
    const round: Round = {
      ...{ paths, outcomes, ms: 43 },
      reload: reload && { ...NOTHING, ...reload },
    };
    deepStrictEqual(roundLines(round, "/app", recordOutput().output), lines);
  });
}
