// A message is the decimal pid to answer, a line end, and what to send back.
// Ends when a message has no line end.

@external("rusm:runtime/actor@0.1.0", "receive")
declare function receive(out: usize): void;

@external("rusm:runtime/actor@0.1.0", "send")
declare function send(to: u64, at: usize, size: u32): void;

const LINE_END: u8 = 10;
const ZERO: u8 = 48;

// Where the host writes the place of a message, and its size.
const out: usize = memory.data(8, 4);

// What the host fills with what it lowers.
export function cabi_realloc(
  old: usize,
  oldSize: u32,
  align: u32,
  size: u32,
): usize {
  if (old == 0 || oldSize == 0) return heap.alloc(size);
  return heap.realloc(old, size);
}

function lineEnd(message: StaticArray<u8>): i32 {
  for (let at = 0; at < message.length; at++) {
    if (message[at] == LINE_END) return at;
  }
  return -1;
}

function pidOf(message: StaticArray<u8>, end: i32): u64 {
  let pid: u64 = 0;
  for (let at = 0; at < end; at++) pid = pid * 10 + (message[at] - ZERO);
  return pid;
}

// Takes the next message into the collector's heap.
function next(): StaticArray<u8> {
  receive(out);
  const at = load<usize>(out);
  const size = load<i32>(out, 4);
  const message = new StaticArray<u8>(size);
  memory.copy(changetype<usize>(message), at, size);
  if (size > 0) heap.free(at);
  return message;
}

export function run(): void {
  while (true) {
    const message = next();
    const end = lineEnd(message);
    if (end < 0) return;
    const rest = message.slice<StaticArray<u8>>(end + 1);
    send(pidOf(message, end), changetype<usize>(rest), rest.length);
  }
}
