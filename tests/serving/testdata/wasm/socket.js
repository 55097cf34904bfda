// Echoes, text as text and binary as binary, and does what its client asks for.
const { websocket } = require("@rusm/wasm/guest");
const asText = (data) => new TextDecoder().decode(data);
const asked = {
  info({ info: { path, query, subprotocol, params, remoteAddr } }) {
    const port = remoteAddr.split(":").length;
    return JSON.stringify({ path, query, subprotocol, params, port });
  },
  header: ({ info }, name) => String(info.header(name)),
  id: ({ id }) => String(id),
  close(socket, code, ...reason) {
    socket.close(Number(code), reason.join(" "));
  },
  boom() {
    throw new RangeError("boom");
  },
  exit() {
    Process.exit("normal");
  },
  binary(socket, ...words) {
    socket.send(words.join(" "));
  },
  both(socket) {
    Process.send(socket.id, "plain");
    socket.sendText("text");
    Process.send(socket.id, "plain again");
  },
  push(_socket, to, ...words) {
    Process.send(BigInt(to), words.join(" "));
  },
  flood(socket, count, length) {
    const data = new Uint8Array(Number(length));
    for (let sent = 0; sent < Number(count); sent++) {
      if (!socket.send(data)) console.log(`gone after ${sent}`);
    }
    return "flooded";
  },
  heap(socket, count, length) {
    const data = new Uint8Array(Number(length));
    for (let sent = 0; sent < Number(count); sent++) Process.send(socket.id, data);
  },
  spin() {
    const endMs = Date.now() + 300;
    while (Date.now() < endMs);
  },
};
exports.default = websocket({
  open: () => console.log("opened"),
  message(socket, data, isText) {
    const text = asText(data);
    if (!isText || !text.startsWith("/")) {
      return isText ? socket.sendText(text) : socket.send(data);
    }
    const [name, ...rest] = text.slice(1).split(" ");
    const answer = asked[name](socket, ...rest);
    if (answer !== undefined) socket.sendText(answer);
  },
  close: () => console.log("closed"),
});
