import { strictEqual } from "node:assert";
import { Pid } from "@rusm/otp";
import { beginTrace, carriedBy, endTrace, traceOf } from "./carried.ts";

const TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

Deno.test("carriedBy() is the metadata as it is when the program is not traced", () => {
  const pid = new Pid(0, 1, 7);
  beginTrace(pid, TRACE);
  const metadata = { claims: { user: "a" } };
  strictEqual(carriedBy({ pid, metadata }), metadata);
  strictEqual(carriedBy({ pid, metadata: undefined }), undefined);
  strictEqual(traceOf({ pid, metadata: { traceparent: TRACE } }), undefined);
  endTrace(pid);
});
