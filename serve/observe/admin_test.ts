import { match, strictEqual } from "node:assert";
import { answerAdmin, type Observed } from "./admin.ts";
import { single } from "./family.ts";

const NODE: Observed = {
  phase: () => "starting",
  schedulers: () => [],
  families: () => [single("counter", "rusm_a", "A", 3)],
};

function ask(path: string, init: RequestInit = {}): Response {
  return answerAdmin(NODE, new Request(`http://127.0.0.1:9000${path}`, init));
}

// deno-fmt-ignore
const ANSWERS = [
  ["GET", "/healthz", 200, "application/json", /^\{"status":"ok"/],
  ["GET", "/readyz", 503, "application/json", /^\{"status":"starting"/],
  ["GET", "/readyz?verbose", 503, "application/json", /^\{"status":"starting"/],
  ["GET", "/metrics", 200, "text/plain; version=0.0.4; charset=utf-8", /^rusm_a_total 3$/m],
  ["HEAD", "/metrics", 200, "text/plain; version=0.0.4; charset=utf-8", /^$/],
  ["GET", "/", 404, "text/plain;charset=UTF-8", /^not found/],
  ["GET", "/metrics/", 404, "text/plain;charset=UTF-8", /^not found/],
  ["POST", "/metrics", 405, "text/plain;charset=UTF-8", /^method not allowed/],
] as const;

for (const [method, path, status, type, text] of ANSWERS) {
  Deno.test(`answerAdmin() ${method} ${path}`, async () => {
    const response = ask(path, { method });
    strictEqual(response.status, status);
    strictEqual(response.headers.get("content-type"), type);
    match(await response.text(), text);
  });
}

Deno.test("answerAdmin() writes OpenMetrics for who asks for it", async () => {
  const headers = { accept: "application/openmetrics-text" };
  const response = ask("/metrics", { headers });
  match(
    response.headers.get("content-type")!,
    /^application\/openmetrics-text/,
  );
  match(await response.text(), /# EOF\n$/);
});
