// A service: counts, and tells whoever asks. A message is the decimal pid to
// answer, and `add` with a number, `get`, `reset` or `stop`, separated by line
// ends.

#include "rusm.h"

EXPORT("run") void run(void) {
  uint64_t count = 0;
  register_name(PASS(TEXT("counter")));
  for (;;) {
    uint32_t start = mark();
    text message;
    receive(&message);
    pid from = number(cut(&message, '\n'));
    text operation = cut(&message, '\n');
    if (is_same(operation, TEXT("add"))) count += number(message);
    if (is_same(operation, TEXT("reset"))) count = 0;
    text answer = decimal(count);
    send(from, PASS(answer));
    if (is_same(operation, TEXT("stop"))) return;
    release(start);
  }
}
