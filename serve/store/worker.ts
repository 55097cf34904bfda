/**
 * The thread that has the file of a store: SQLite waits for the disk.
 *
 * @module
 */

/// <reference lib="deno.worker" />

import { StoreDatabase } from "./database.ts";
import { failureOf } from "./failure.ts";
import type { FromStoreThread, ToStoreThread } from "./requests.ts";

let database: StoreDatabase | undefined;

self.onmessage = ({ data }: MessageEvent<ToStoreThread>) => {
  self.postMessage(answer(data));
  if (data.type === "close") self.close();
};

function answer(message: ToStoreThread): FromStoreThread {
  if (message.type === "group") return database!.run(message);
  if (message.type === "close") {
    database?.close();
    return { type: "closed" };
  }
  try {
    database = new StoreDatabase(message.path, message.bytesMax);
    return { type: "opened" };
  } catch (error) {
    // Told to whoever opens it.
    return { type: "failed", ...failureOf(error) };
  }
}
