// A child for supervisors: tells the process that is registered as `parent`
// that it started, with its pid, and ends as the first message says.

#include "rusm.h"

static void report(void) {
  struct {
    uint8_t tag;
    pid value;
  } parent;
  whereis(PASS(TEXT("parent")), &parent);
  text message = join(TEXT("started "), decimal(own_pid()));
  if (parent.tag) send(parent.value, PASS(message));
}

EXPORT("run") void run(void) {
  report();
  text message;
  receive(&message);
  if (is_same(message, TEXT("crash"))) __builtin_trap();
  if (is_same(message, TEXT("spin")))
    for (;;) __asm__ volatile("");
}
