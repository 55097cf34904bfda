import { Process, type Socket, websocket } from "@rusm/wasm/guest";

// A process for each client: those in a room are a group of that name.
export default websocket({
  open(socket) {
    Process.registerTag(roomOf(socket));
    tell(socket, "has come");
  },
  message(socket, data, isText) {
    const text = new TextDecoder().decode(data);
    if (isText) tell(socket, `says: ${text}`);
    // Not from the client: what somebody in the room tells all of them.
    else socket.sendText(text);
  },
  close(socket) {
    Process.unregisterTag(roomOf(socket));
    tell(socket, "has gone");
  },
});

function tell(socket: Socket, what: string): void {
  const text = `${nameOf(socket)} ${what}`;
  for (const pid of Process.whereisTag(roomOf(socket))) Process.send(pid, text);
}

function roomOf({ info }: Socket): string {
  return `room:${info.param("room")}`;
}

function nameOf({ info }: Socket): string {
  return new URLSearchParams(info.query).get("name") ?? "somebody";
}
