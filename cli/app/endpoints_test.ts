import { deepStrictEqual } from "node:assert";
import { endpointLines } from "./endpoints.ts";
import { recordOutput } from "../testdata/recorder.ts";

Deno.test("endpointLines() aligns labels, and tries the first", () => {
  const endpoints = [
    { label: "api", url: "http://127.0.0.1:8080" },
    { label: "a-very-long-label", url: "http://127.0.0.1:8081" },
  ];
  const listeners = endpoints.map(() =>
    ({ protocol: "http", target: "api" }) as const
  );
  const { output } = recordOutput();
  deepStrictEqual(endpointLines(endpoints, listeners, output), [
    "serving 2 endpoints:",
    "  api              http://127.0.0.1:8080",
    "  a-very-long-label http://127.0.0.1:8081",
    "try: curl http://127.0.0.1:8080",
  ]);
});
