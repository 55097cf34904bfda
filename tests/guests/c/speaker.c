// A service that speaks the wire of RUSM's guests in other languages, JSON by
// hand: `add` two numbers; `count` to a number, as a stream; `work` with a
// function to call back; `silent`, which is not answered; `relay` with a pid and
// two numbers, which has that service add them; `crash`.

#include "rusm.h"

#define REF 7

// What stands behind the first `key`; nothing when it is not there.
static text behind(text whole, text key) {
  for (; whole.size >= key.size; whole.at++, whole.size--)
    if (has_prefix(whole, key))
      return (text){whole.at + key.size, whole.size - key.size};
  return TEXT("");
}

static text field(text message, text key) {
  text rest = behind(message, JOIN(TEXT("\""), key, TEXT("\":")));
  if (rest.size && *rest.at == '"') rest.at++, rest.size--;
  return rest;
}

static text digits_of(text *rest) {
  uint32_t size = 0;
  while (size < rest->size && rest->at[size] >= '0' && rest->at[size] <= '9')
    size++;
  text digits = {rest->at, size};
  rest->at += size, rest->size -= size;
  return digits;
}

static uint64_t number_in(text rest) {
  text digits = digits_of(&rest);
  return number(digits);
}

// The next number of a list, behind brackets, quotes and commas.
static uint64_t next(text *list) {
  while (list->size && (*list->at < '0' || *list->at > '9'))
    list->at++, list->size--;
  text digits = digits_of(list);
  return number(digits);
}

// A cast has no ref, and nobody waits for its answer.
static void answer(pid from, text ref, text key, text value) {
  if (!ref.size) return;
  text reply = JOIN(TEXT("{\"ref\":"), ref, TEXT(",\""), key, TEXT("\":"),
                    value, TEXT("}"));
  send(from, PASS(reply));
}

static void count(pid from, uint64_t to) {
  struct {
    uint8_t tag;
    uint64_t value;
  } stream;
  stream_open(from, &stream);
  if (!stream.tag) return;
  for (uint64_t each = 1; each <= to; each++) {
    text value = decimal(each);
    if (!stream_write(stream.value, PASS(value))) break;
  }
  stream_close(stream.value);
}

static void call_back(pid to, uint64_t callback, text value) {
  text call = JOIN(TEXT("{\"op\":\"__cb\",\"cbref\":"), decimal(callback),
                   TEXT(",\"args\":["), value, TEXT("]}"));
  send(to, PASS(call));
}

// Calls another service. What comes meanwhile is set aside.
static text relay(text args) {
  pid to = next(&args);
  uint64_t one = next(&args), other = next(&args);
  text call = JOIN(TEXT("{\"op\":\"add\",\"args\":["), decimal(one), TEXT(","),
                   decimal(other), TEXT("],\"from\":\""), decimal(own_pid()),
                   TEXT("\",\"ref\":"), decimal(REF), TEXT("}"));
  send(to, PASS(call));
  text ours = JOIN(TEXT("{\"ref\":"), decimal(REF), TEXT(",\"ok\":"));
  for (;;) {
    text message;
    receive(&message);
    if (has_prefix(message, ours)) {
      unstash();
      return decimal(number_in(behind(message, ours)));
    }
    stash(PASS(message));
  }
}

static void perform(text message) {
  text rest = field(message, TEXT("op"));
  text op = cut(&rest, '"');
  pid from = number_in(field(message, TEXT("from")));
  text ref_field = field(message, TEXT("ref"));
  text ref = digits_of(&ref_field);
  text args = field(message, TEXT("args"));
  text ok = TEXT("ok");
  if (is_same(op, TEXT("add"))) {
    uint64_t one = next(&args), other = next(&args);
    answer(from, ref, ok, decimal(one + other));
  } else if (is_same(op, TEXT("count"))) {
    count(from, next(&args));
  } else if (is_same(op, TEXT("work"))) {
    uint64_t callback = number_in(field(message, TEXT("__cb")));
    call_back(from, callback, TEXT("25"));
    call_back(from, callback, TEXT("50"));
    answer(from, ref, ok, TEXT("\"done\""));
  } else if (is_same(op, TEXT("relay"))) {
    answer(from, ref, ok, relay(args));
  } else if (is_same(op, TEXT("crash"))) {
    __builtin_trap();
  } else if (!is_same(op, TEXT("silent"))) {
    text why = JOIN(TEXT("\"no such function: "), op, TEXT("\""));
    answer(from, ref, TEXT("err"), why);
  }
}

EXPORT("run") void run(void) {
  for (;;) {
    uint32_t start = mark();
    text message;
    receive(&message);
    if (field(message, TEXT("op")).size) perform(message);
    release(start);
  }
}
