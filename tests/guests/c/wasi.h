// WASI 0.2, as the canonical ABI flattens it: wasi:io, and what streams need.
// `out` is where a result goes that does not fit in one value.

#ifndef WASI_H
#define WASI_H

#include "abi.h"

#define WASI(interface, name) IMPORT("wasi:" interface "@0.2.12", name)

typedef uint32_t handle;

typedef struct {
  const handle *at;
  uint32_t count;
} handles;

// A result without a value, and its code.
typedef struct {
  uint8_t tag, error;
} code;

typedef struct {
  uint8_t tag;
  union {
    handle value;
    uint8_t error;
  };
} handle_or_code;

typedef struct {
  uint8_t tag;
  handle value;
} handle_option;

typedef struct {
  uint8_t tag;
  union {
    uint64_t value;
    uint8_t error;
  };
} size_or_code;

enum { LAST_OPERATION_FAILED, CLOSED };

typedef struct {
  uint8_t tag;
  handle error;
} stream_error;

typedef struct {
  uint8_t tag;
  union {
    text value;
    stream_error error;
  };
} bytes_or_error;

typedef struct {
  uint8_t tag;
  union {
    uint64_t value;
    stream_error error;
  };
} size_or_error;

typedef struct {
  uint8_t tag;
  stream_error error;
} done_or_error;

#define ERROR(name) WASI("io/error", name)
ERROR("[method]error.to-debug-string") void debug_string(handle error, text *out);
ERROR("[resource-drop]error") void drop_error(handle error);

#define POLL(name) WASI("io/poll", name)
POLL("[method]pollable.ready") bool is_ready(handle pollable);
POLL("[method]pollable.block") void block(handle pollable);
POLL("poll") void poll(const handle *at, uint32_t count, void *out);
POLL("[resource-drop]pollable") void drop_pollable(handle pollable);

#define INPUT(name) WASI("io/streams", "[method]input-stream." name)
INPUT("read") void input_read(handle input, uint64_t size, bytes_or_error *out);
INPUT("blocking-read")
void input_blocking_read(handle input, uint64_t size, bytes_or_error *out);
INPUT("skip") void input_skip(handle input, uint64_t size, size_or_error *out);
INPUT("blocking-skip")
void input_blocking_skip(handle input, uint64_t size, size_or_error *out);
INPUT("subscribe") handle input_subscribe(handle input);
WASI("io/streams", "[resource-drop]input-stream") void drop_input(handle input);

#define OUTPUT(name) WASI("io/streams", "[method]output-stream." name)
OUTPUT("check-write") void check_write(handle output, size_or_error *out);
OUTPUT("write") void output_write(handle output, BYTES(bytes), done_or_error *out);
OUTPUT("blocking-write-and-flush")
void output_blocking_write(handle output, BYTES(bytes), done_or_error *out);
OUTPUT("flush") void output_flush(handle output, done_or_error *out);
OUTPUT("blocking-flush") void output_blocking_flush(handle output, done_or_error *out);
OUTPUT("subscribe") handle output_subscribe(handle output);
OUTPUT("write-zeroes")
void output_zeroes(handle output, uint64_t size, done_or_error *out);
OUTPUT("blocking-write-zeroes-and-flush")
void output_blocking_zeroes(handle output, uint64_t size, done_or_error *out);
OUTPUT("splice")
void output_splice(handle output, handle input, uint64_t size, size_or_error *out);
OUTPUT("blocking-splice")
void output_blocking_splice(handle output, handle input, uint64_t size,
                            size_or_error *out);
WASI("io/streams", "[resource-drop]output-stream") void drop_output(handle output);

WASI("cli/stdout", "get-stdout") handle get_stdout(void);

// What a stream failed with, in words.
text stream_error_of(stream_error error);

// Writes all of it, by as much as the stream takes. False when it cannot.
bool write_all(handle output, text bytes);

// Reads what there is, and waits for it. False at the end, or when it fails.
bool read_some(handle input, text *bytes);

// Moves all that one stream gives into another, and waits for both. False when
// either fails before the first one ends.
bool move_all(handle input, handle output);

// Waits, and drops what was waited for.
void wait_for(handle pollable);

#endif
