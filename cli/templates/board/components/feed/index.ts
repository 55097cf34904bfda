import { connect, Process, sse } from "@rusm/wasm/guest";
import { FEED } from "../../shared/board.ts";

// Without a grant to spawn, only the time tells that the store has ended.
const CALL_MS_MAX = 5_000;

// A process for each client. It ends when the client goes.
export default sse({
  async open(stream) {
    // First the group: what changes meanwhile is told twice, and not missed.
    Process.registerTag(FEED);
    const store = connect<typeof import("../store/index.ts")>("store");
    const data = JSON.stringify(await store.withTimeout(CALL_MS_MAX).list());
    stream.emit({ event: "cards", data });
  },
  message(stream, change) {
    const data = new TextDecoder().decode(change);
    stream.emit({ event: "change", data });
  },
});
