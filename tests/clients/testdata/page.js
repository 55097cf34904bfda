// Asks as a page does, and tells what it got.
export async function ask({ http, ws, sse, closed }) {
  return {
    text: await fetchText(`${http}/text`),
    stream: await fetchStream(`${http}/slow?20`),
    large: await fetchLength(`${http}/large`),
    sent: await fetchText(`${http}/echo`, { method: "POST", body: "abc" }),
    allowed: await fetchText(`${http}/seen`, {
      method: "PUT",
      headers: { "x-asked": "1" },
      body: "put",
    }),
    method: await fetchText(`${http}/seen`, { method: "DELETE" }),
    header: await fetchText(`${http}/text`, { headers: { "x-other": "1" } }),
    origin: await fetchText(`${closed}/text`),
    messages: await converse(ws),
    events: await listen(`${sse}/?resume`),
  };
}

async function fetchText(url, options) {
  try {
    return await (await fetch(url, options)).text();
  } catch (error) {
    return error.name;
  }
}

// As it comes, and then it has had enough.
async function fetchStream(url) {
  const controller = new AbortController();
  const { body } = await fetch(url, { signal: controller.signal });
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (text.length < 15) text += (await reader.read()).value;
  controller.abort();
  return text.slice(0, 15);
}

async function fetchLength(url) {
  return (await (await fetch(url)).arrayBuffer()).byteLength;
}

function converse(url) {
  return new Promise((resolve) => {
    const socket = new WebSocket(url, ["none", "chat.v2"]);
    const came = [];
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      came.push(`${socket.protocol}, ${socket.extensions}`);
      socket.send("text ".repeat(1_000));
      socket.send(new Uint8Array(50_000));
      socket.send("/close 4001 so be it");
    };
    socket.onmessage = ({ data }) => {
      came.push(
        typeof data === "string" ? data.length : `${data.byteLength} bytes`,
      );
    };
    socket.onclose = ({ code, reason, wasClean }) => {
      resolve([...came, `${code} ${reason} ${wasClean}`]);
    };
  });
}

// Each answer has one event, so it comes back for the next.
function listen(url) {
  return new Promise((resolve) => {
    const source = new EventSource(url);
    const came = [];
    source.addEventListener("count", ({ data, lastEventId }) => {
      came.push(`${data}, ${lastEventId}`);
      if (came.length < 3) return;
      source.close();
      resolve(came);
    });
    source.onerror = () => {
      if (source.readyState === EventSource.CLOSED) resolve([...came, "closed"]);
    };
  });
}
