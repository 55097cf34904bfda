import { sse } from "@rusm/wasm/guest";

const TICKS = 5;

// Each client has a process of its own. It ends when the client goes, or here.
export default sse({
  async open(stream) {
    for (let tick = 1; tick <= TICKS; tick++) {
      const data = new Date().toISOString();
      if (!stream.emit({ event: "tick", id: String(tick), data })) return;
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
    stream.close();
  },
});
