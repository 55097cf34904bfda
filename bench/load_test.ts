import { ok, rejects, strictEqual } from "node:assert";
import { loadServer } from "./load.ts";

const RUN = {
  kind: "http",
  connections: 2,
  warmupSeconds: 0,
  seconds: 0.2,
} as const;

const NEVER = new AbortController().signal;

function serve(status: number) {
  const options = { hostname: "127.0.0.1", port: 0, onListen() {} };
  return Deno.serve(options, () => new Response("x", { status }));
}

Deno.test("loadServer() resolves with what was measured when all answers are good", async () => {
  await using server = serve(200);
  const url = `http://127.0.0.1:${server.addr.port}/`;
  const { good, failed, perSecond } = await loadServer({ ...RUN, url }, NEVER);
  ok(good > 0 && perSecond > 0);
  strictEqual(failed, 0);
});

Deno.test("loadServer() rejects when an answer is not a good one", async () => {
  await using server = serve(500);
  const url = `http://127.0.0.1:${server.addr.port}/`;
  await rejects(loadServer({ ...RUN, url }, NEVER), {
    name: "ChildError",
    message: /"what":"status 500"/,
  });
});
