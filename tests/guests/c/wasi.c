#include "wasi.h"

#define CHUNK 4096

text stream_error_of(stream_error error) {
  if (error.tag == CLOSED) return TEXT("closed");
  text words;
  debug_string(error.error, &words);
  drop_error(error.error);
  return join(TEXT("failed: "), words);
}

void wait_for(handle pollable) {
  block(pollable);
  drop_pollable(pollable);
}

static bool is_done(done_or_error done) {
  if (done.tag && done.error.tag == LAST_OPERATION_FAILED)
    drop_error(done.error.error);
  return !done.tag;
}

// How much a stream takes. Waits until that is something; 0 when it is broken.
static uint64_t room_in(handle output) {
  for (;;) {
    size_or_error room;
    check_write(output, &room);
    if (room.tag) return 0;
    if (room.value) return room.value;
    wait_for(output_subscribe(output));
  }
}

bool write_all(handle output, text bytes) {
  done_or_error done;
  while (bytes.size) {
    uint64_t room = room_in(output);
    if (room == 0) return false;
    uint32_t size = room < bytes.size ? (uint32_t)room : bytes.size;
    output_write(output, bytes.at, size, &done);
    if (!is_done(done)) return false;
    bytes = (text){bytes.at + size, bytes.size - size};
  }
  output_blocking_flush(output, &done);
  return is_done(done);
}

bool read_some(handle input, text *bytes) {
  bytes_or_error some;
  input_blocking_read(input, CHUNK, &some);
  if (some.tag && some.error.tag == LAST_OPERATION_FAILED)
    drop_error(some.error.error);
  *bytes = some.value;
  return !some.tag;
}

bool move_all(handle input, handle output) {
  for (;;) {
    size_or_error moved;
    output_blocking_splice(output, input, CHUNK, &moved);
    if (!moved.tag) continue;
    if (moved.error.tag == CLOSED) break;
    drop_error(moved.error.error);
    return false;
  }
  done_or_error done;
  output_blocking_flush(output, &done);
  return is_done(done);
}
