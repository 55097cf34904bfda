import { deepStrictEqual, ok, strictEqual } from "node:assert";
import type { MonitorRef, Signal } from "@rusm/otp";
import type { PostedStart } from "../guests.ts";
import type { GuestFrame, RequestStart } from "../http/frames.ts";
import type { GuestReply, GuestRequest } from "../message.ts";
import type { ConnectionInfo } from "../node/connection.ts";
import { readShape, shapeOf } from "./shape.ts";

const PID = undefined as never;

const REQUEST: RequestStart = {
  ...{ caller: PID, method: "GET", url: "http://a.test/" },
  ...{ headers: "", hasBody: false },
};
const ASKED: GuestRequest = {
  ...{ type: "request", from: "1", head: "{}", body: null },
};
const START: PostedStart = { entry: "handle", request: REQUEST };
const INFO: ConnectionInfo = {
  ...{ method: "GET", path: "/", query: "", params: [], headers: [] },
  remoteAddr: "",
};
const BYTES = new Uint8Array(0);
const REF = 0 as MonitorRef;

// As they are made where they are sent.
const SENT: Record<
  string,
  | PostedStart
  | ConnectionInfo
  | RequestStart
  | GuestRequest
  | GuestReply
  | GuestFrame
  | Signal
> = {
  "a start": START,
  "a start with metadata": { ...START, metadata: {} },
  "a start with a trace": { ...START, trace: "" },
  "a start with both": { ...START, metadata: {}, trace: "" },
  "a start with a connection": { entry: "run", connection: INFO },
  "a start with a connection and metadata": {
    ...{ entry: "run", connection: INFO, metadata: {} },
  },
  "a start with a connection and a trace": {
    ...{ entry: "run", trace: "", connection: INFO },
  },
  "a start with a connection and both": {
    ...{ entry: "run", trace: "", connection: INFO, metadata: {} },
  },
  "a connection": INFO,
  "a connection with a subprotocol": { ...INFO, subprotocol: "" },
  "a request": REQUEST,
  "a request to a script": ASKED,
  "a reply of a script": { type: "reply", head: "{}", body: null },
  "a whole response": {
    ...{ type: "whole", status: 200, headers: "", bytes: BYTES, isEnd: true },
  },
  "the head of a response": {
    ...{ type: "head", inbox: PID, status: 200, headers: "" },
    part: { kind: "nothing", bytes: BYTES },
  },
  "a part of a response": {
    ...{ type: "part", part: { kind: "last", bytes: BYTES } },
  },
  "a want": { type: "want", inbox: PID },
  "a monitor": { type: "monitor", to: PID, watcher: PID, ref: REF },
  "a demonitor": { type: "demonitor", to: PID, ref: REF },
  "a link": { type: "link", to: PID, from: PID },
};

for (const [what, sent] of Object.entries(SENT)) {
  Deno.test(`shapeOf() knows the keys of ${what}`, () => {
    const keys = Object.keys(sent);
    const number = shapeOf(keys);
    ok(number >= 0);
    let read = 0;
    const record = readShape(number, { read: () => read++ });
    deepStrictEqual(
      Object.entries(record),
      keys.map((key, index) => [key, index]),
    );
    strictEqual(Object.getPrototypeOf(record), Object.prototype);
  });
}

const UNKNOWN: readonly (readonly string[])[] = [
  [],
  ["a"],
  ["to", "type", "from"],
  ["type", "to", "from", "type2"],
  ["to", "from"],
  ["x", "to", "from"],
];

for (const keys of UNKNOWN) {
  Deno.test(`shapeOf() knows no shape of the keys [${keys}]`, () => {
    strictEqual(shapeOf(keys), -1);
  });
}
