// Does what the query of its client asks for, word by word.
const { sse } = require("@rusm/wasm/guest");
const asText = (data) => new TextDecoder().decode(data);
const asked = {
  info(stream) {
    const { method, path, query, params, remoteAddr } = stream.info;
    const last = stream.info.header("last-event-id");
    const port = remoteAddr.split(":").length;
    stream.data(JSON.stringify({ method, path, query, params, last, port }));
  },
  id: (stream) => stream.data(String(stream.id)),
  emit(stream) {
    stream.emit({ data: "two\nlines", event: "no\nte", id: "7\r", retry: 50 });
  },
  resume(stream) {
    const last = stream.info.header("last-event-id") ?? 0;
    const id = String(Number(last) + 1);
    stream.emit({ data: `number ${id}`, event: "count", id, retry: 10 });
    stream.close();
  },
  both(stream) {
    Process.send(stream.id, "plain");
    stream.data("event");
    Process.send(stream.id, "plain again");
  },
  push(stream, to, ...words) {
    Process.send(BigInt(to), words.join(" "));
    stream.close();
  },
  echo() {},
  end(stream) {
    for (let sent = 0; sent < 5; sent++) stream.data(`last ${sent}`);
    stream.close();
  },
  boom(stream) {
    stream.data("before");
    throw new RangeError("boom");
  },
  flood(stream, count, length) {
    const data = "x".repeat(Number(length));
    for (let sent = 0; sent < Number(count); sent++) {
      if (!stream.data(data)) return console.log(`gone after ${sent}`);
    }
    stream.data("flooded");
  },
  heap(stream, count, length) {
    const data = new Uint8Array(Number(length)).fill(120);
    for (let sent = 0; sent < Number(count); sent++) {
      Process.send(stream.id, data);
    }
    console.log("heaped");
    console.log(`done: ${stream.data("done")}`);
  },
};
exports.default = sse({
  open(stream) {
    console.log("opened");
    const [name, ...rest] = decodeURIComponent(stream.info.query).split(" ");
    asked[name]?.(stream, ...rest);
  },
  message: (stream, data) => stream.data(`got ${asText(data)}`),
  close: () => console.log("closed"),
});
