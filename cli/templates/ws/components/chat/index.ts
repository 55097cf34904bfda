import { websocket } from "@rusm/wasm/guest";

// Each client has a process of its own, and with it a count of its own.
let messagesSeen = 0;

export default websocket({
  open(socket) {
    socket.sendText("welcome");
  },
  message(socket, data) {
    messagesSeen += 1;
    const text = new TextDecoder().decode(data);
    socket.sendText(`${messagesSeen}: ${text}`);
  },
});
