// A command of wasi:cli, wasi:clocks, wasi:random and wasi:io.

#include "command.h"

typedef struct {
  text name, value;
} pair;

typedef struct {
  const pair *at;
  uint32_t count;
} pairs;

typedef struct {
  uint64_t seconds;
  uint32_t nanoseconds;
} datetime;

WASI("cli/environment", "get-environment") void get_environment(pairs *out);
WASI("cli/environment", "initial-cwd") void initial_cwd(text_option *out);
WASI("cli/exit", "exit") void leave(uint32_t has_failed);
WASI("cli/exit", "exit-with-code") void leave_with(uint32_t code);
WASI("cli/stdin", "get-stdin") handle get_stdin(void);
WASI("cli/stderr", "get-stderr") handle get_stderr(void);

#define TERMINAL(name) \
  WASI("cli/terminal-" name, "get-terminal-" name)
TERMINAL("stdin") void get_terminal_stdin(handle_option *out);
TERMINAL("stdout") void get_terminal_stdout(handle_option *out);
TERMINAL("stderr") void get_terminal_stderr(handle_option *out);
WASI("cli/terminal-input", "[resource-drop]terminal-input")
void drop_terminal_input(handle terminal);
WASI("cli/terminal-output", "[resource-drop]terminal-output")
void drop_terminal_output(handle terminal);

#define MONOTONIC(name) WASI("clocks/monotonic-clock", name)
MONOTONIC("now") uint64_t monotonic_now(void);
MONOTONIC("resolution") uint64_t monotonic_resolution(void);
MONOTONIC("subscribe-instant") handle subscribe_instant(uint64_t when);
MONOTONIC("subscribe-duration") handle subscribe_duration(uint64_t span);
WASI("clocks/wall-clock", "now") void wall_now(datetime *out);
WASI("clocks/wall-clock", "resolution") void wall_resolution(datetime *out);

WASI("random/random", "get-random-bytes") void random_bytes(uint64_t size, text *out);
WASI("random/random", "get-random-u64") uint64_t random_u64(void);
WASI("random/insecure", "get-insecure-random-bytes")
void insecure_bytes(uint64_t size, text *out);
WASI("random/insecure", "get-insecure-random-u64") uint64_t insecure_u64(void);
WASI("random/insecure-seed", "insecure-seed") void insecure_seed(uint64_t out[2]);

#define MILLISECOND 1000000ull
#define CHUNK 4096

static text arguments(texts of) { return join_list(of, TEXT("|")); }

static text environment(texts of) {
  (void)of;
  pairs list;
  get_environment(&list);
  text *all = allocate(list.count * sizeof(text), alignof(text));
  for (uint32_t nth = 0; nth < list.count; nth++)
    all[nth] = JOIN(list.at[nth].name, TEXT("="), list.at[nth].value);
  return join_list((texts){all, list.count}, TEXT("\n"));
}

static text directory(texts of) {
  (void)of;
  text_option path;
  initial_cwd(&path);
  return path.tag ? path.value : TEXT("none");
}

static text leave_well(texts of) {
  (void)of, leave(0);
  return TEXT("still here");
}

static text leave_badly(texts of) {
  (void)of, leave(1);
  return TEXT("still here");
}

static text leave_with_code(texts of) {
  leave_with((uint32_t)number(argument(of, 0)));
  return TEXT("still here");
}

static text end_badly(texts of) { return fail_with(argument(of, 0)); }

static text crash(texts of) {
  (void)of;
  __builtin_trap();
}

static text spin(texts of) {
  (void)of;
  for (;;) __asm__ volatile("");
}

static text terminals(texts of) {
  (void)of;
  handle_option input, output, errors;
  get_terminal_stdin(&input);
  get_terminal_stdout(&output);
  get_terminal_stderr(&errors);
  if (input.tag) drop_terminal_input(input.value);
  if (output.tag) drop_terminal_output(output.value);
  if (errors.tag) drop_terminal_output(errors.value);
  return number_list((uint32_t[]){input.tag, output.tag, errors.tag}, 3);
}

static text to_stderr(texts of) {
  handle output = get_stderr();
  bool is_written = write_all(output, argument(of, 0));
  drop_output(output);
  return is_written ? TEXT("ok") : fail_with(TEXT("closed"));
}

// Standard input to standard output, chunk by chunk.
static text copy(texts of) {
  (void)of;
  handle input = get_stdin(), output = get_stdout();
  uint64_t size = 0;
  for (text bytes;;) {
    uint32_t start = mark();
    if (!read_some(input, &bytes) || !write_all(output, bytes)) break;
    size += bytes.size;
    release(start);
  }
  drop_input(input);
  drop_output(output);
  return decimal(size);
}

// The same, without the bytes in the guest.
static text splice(texts of) {
  (void)of;
  handle input = get_stdin(), output = get_stdout();
  bool is_moved = move_all(input, output);
  drop_input(input);
  drop_output(output);
  return is_moved ? TEXT("ok") : fail_with(TEXT("closed"));
}

// The same, waiting by `poll`, and by operations that do not wait.
static text pump(texts of) {
  (void)of;
  handle input = get_stdin(), output = get_stdout();
  handle ready[] = {input_subscribe(input)};
  uint64_t size = 0;
  for (;;) {
    uint32_t start = mark();
    handles which;
    poll(ready, 1, &which);
    bytes_or_error some;
    input_read(input, CHUNK, &some);
    if (some.tag || !write_all(output, some.value)) break;
    size += some.value.size;
    release(start);
  }
  drop_pollable(ready[0]);
  drop_input(input);
  drop_output(output);
  return decimal(size);
}

// Leaves out so many bytes of standard input, and says how many more there are.
static text skip(texts of) {
  handle input = get_stdin();
  size_or_error skipped;
  uint64_t wanted = number(argument(of, 0)), rest = 0;
  while (wanted) {
    input_blocking_skip(input, wanted, &skipped);
    if (skipped.tag) break;
    wanted -= skipped.value;
  }
  for (;;) {
    input_blocking_skip(input, CHUNK, &skipped);
    if (skipped.tag) break;
    rest += skipped.value;
  }
  drop_input(input);
  return decimal(rest);
}

static text zeroes(texts of) {
  handle output = get_stdout();
  done_or_error done;
  output_blocking_zeroes(output, number(argument(of, 0)), &done);
  drop_output(output);
  return done.tag ? fail_with(stream_error_of(done.error)) : TEXT("ok");
}

// Writes without asking how much may be written, which is a trap.
static text overwrite(texts of) {
  handle output = get_stdout();
  uint32_t size = (uint32_t)number(argument(of, 0));
  done_or_error done;
  output_write(output, allocate(size, 1), size, &done);
  return done.tag ? stream_error_of(done.error) : TEXT("ok");
}

// Drops a stream that a pollable was made of.
static text orphan(texts of) {
  (void)of;
  handle input = get_stdin();
  handle pollable = input_subscribe(input);
  drop_input(input);
  drop_pollable(pollable);
  return TEXT("ok");
}

static text of_datetime(datetime of) {
  return JOIN(decimal(of.seconds), TEXT("."), decimal(of.nanoseconds));
}

static text wall_clock(texts of) {
  (void)of;
  datetime now, resolution;
  wall_now(&now);
  wall_resolution(&resolution);
  return JOIN(of_datetime(now), TEXT(" "), of_datetime(resolution));
}

static text monotonic_clock(texts of) {
  (void)of;
  text resolution = decimal(monotonic_resolution());
  return JOIN(decimal(monotonic_now()), TEXT(" "), resolution);
}

static uint64_t span_of(texts of, uint32_t nth) {
  return number(argument(of, nth)) * MILLISECOND;
}

static text slept_since(uint64_t start) {
  return decimal((monotonic_now() - start) / MILLISECOND);
}

static text sleep(texts of) {
  uint64_t start = monotonic_now();
  wait_for(subscribe_duration(span_of(of, 0)));
  return slept_since(start);
}

static text sleep_until(texts of) {
  uint64_t start = monotonic_now();
  wait_for(subscribe_instant(start + span_of(of, 0)));
  return slept_since(start);
}

// Waits for the first of several timers, and says which are over.
static text poll_timers(texts of) {
  handle *all = allocate(of.count * sizeof(handle), alignof(handle));
  for (uint32_t nth = 0; nth < of.count; nth++)
    all[nth] = subscribe_duration(span_of(of, nth));
  handles over;
  poll(all, of.count, &over);
  text answer = number_list(over.at, over.count);
  for (uint32_t nth = 0; nth < of.count; nth++) drop_pollable(all[nth]);
  return answer;
}

static text is_over(texts of) {
  handle timer = subscribe_duration(span_of(of, 0));
  bool before = is_ready(timer);
  block(timer);
  bool after = is_ready(timer);
  drop_pollable(timer);
  return number_list((uint32_t[]){before, after}, 2);
}

static text random(texts of) {
  text bytes;
  random_bytes(number(argument(of, 0)), &bytes);
  uint64_t value = random_u64();
  return JOIN(hexadecimal(PASS(bytes)), TEXT(" "), hexadecimal(&value, 8));
}

static text insecure(texts of) {
  text bytes;
  insecure_bytes(number(argument(of, 0)), &bytes);
  uint64_t value = insecure_u64();
  return JOIN(hexadecimal(PASS(bytes)), TEXT(" "), hexadecimal(&value, 8));
}

static text seed(texts of) {
  (void)of;
  uint64_t value[2];
  insecure_seed(value);
  return hexadecimal(value, sizeof value);
}

#define DO(name, function) {{name, sizeof(name) - 1}, function}

const operation OPERATIONS[] = {
    DO("args", arguments),      DO("env", environment),
    DO("cwd", directory),       DO("exit-ok", leave_well),
    DO("exit-error", leave_badly), DO("fail", end_badly),
    DO("trap", crash),          DO("spin", spin),
    DO("terminals", terminals), DO("stderr", to_stderr),
    DO("copy", copy),           DO("splice", splice),
    DO("pump", pump),           DO("skip", skip),
    DO("zeroes", zeroes),       DO("overwrite", overwrite),
    DO("orphan", orphan),       DO("wall-clock", wall_clock),
    DO("sleep", sleep),         DO("monotonic-clock", monotonic_clock),
    DO("poll", poll_timers),    DO("sleep-until", sleep_until),
    DO("exit", leave_with_code), DO("ready", is_over),       DO("random", random),
    DO("insecure", insecure),   DO("seed", seed),
    {{0, 0}, 0},
};
