// A command of WASI 0.3. Its first argument says what it does.
//
// `run` waits where it is, by functions that are lowered as synchronous ones.
// What `turns` and `yields` return says what they wait for.

#include "wasi.h"

#define CLI(interface) "wasi:cli/" interface "@0.3.0"
#define STDOUT CLI("stdout")
#define STDIN CLI("stdin")
#define CLOCK "wasi:clocks/monotonic-clock@0.3.0"

// Of streams: the low bits say how it ended, the others how much.
#define ENDED(answer) ((answer) & 15)
#define COUNT(answer) ((answer) >> 4)
#define IS_BLOCKED(answer) ((answer) == UINT32_MAX)

#define DONE 0
#define YIELD 1
#define WAIT(set) (2 | (set) << 4)

// The two ends of what is made: the reader in the low half.
typedef uint64_t ends;
#define READER(ends) ((uint32_t)(ends))
#define WRITER(ends) ((uint32_t)((ends) >> 32))

IMPORT(CLI("environment"), "get-arguments") void get_arguments(texts *out);
IMPORT(CLI("environment"), "get-environment") void get_environment(texts *out);
IMPORT(CLI("exit"), "exit-with-code") void exit_with_code(uint32_t code);
WASI("cli/stdin", "get-stdin") handle get_stdin(void);
IMPORT("wasi:random/random@0.3.0", "get-random-u64") uint64_t random_u64(void);
IMPORT("wasi:random/random@0.3.0", "get-random-bytes")
void random_bytes(uint64_t count, text *out);
IMPORT("wasi:clocks/system-clock@0.3.0", "now") void system_now(void *out);
IMPORT(CLOCK, "now") uint64_t now(void);
IMPORT(CLOCK, "wait-for") void wait_nanoseconds(uint64_t count);
IMPORT(CLOCK, "[async-lower]wait-for") uint32_t begin_wait(uint64_t count);

IMPORT(STDOUT, "write-via-stream") uint32_t write_via_stream(uint32_t reader);
IMPORT(STDOUT, "[stream-new-0]write-via-stream") ends new_stream(void);
IMPORT(STDOUT, "[stream-write-0]write-via-stream")
uint32_t write_stream(uint32_t writer, const char *at, uint32_t size);
IMPORT(STDOUT, "[stream-drop-writable-0]write-via-stream")
void drop_writer(uint32_t writer);
IMPORT(STDOUT, "[future-read-1]write-via-stream")
uint32_t read_written(uint32_t future, uint8_t *out);

IMPORT(STDIN, "read-via-stream") void read_via_stream(uint32_t *out);
IMPORT(STDIN, "[stream-read-0]read-via-stream")
uint32_t read_stream(uint32_t reader, char *at, uint32_t size);

IMPORT("$root", "[waitable-set-new]") uint32_t new_set(void);
IMPORT("$root", "[waitable-join]") void join_set(uint32_t waitable, uint32_t set);
IMPORT("[export]$root", "[task-return]flood")
void return_flood(uint32_t at, uint32_t count);
IMPORT("[export]$root", "[task-return]turns") void return_turns(uint32_t count);
IMPORT("[export]$root", "[task-return]yields") void return_yields(void);
IMPORT("[export]" CLI("run"), "[task-return]run") void return_run(bool failed);

static uint32_t output, written;

static void open_output(void) {
  ends stream = new_stream();
  output = WRITER(stream);
  written = write_via_stream(READER(stream));
}

static void print(text line) {
  while (line.size) {
    uint32_t count = COUNT(write_stream(output, PASS(line)));
    line.at += count;
    line.size -= count;
  }
}

static bool close_output(void) {
  uint8_t result[2];
  drop_writer(output);
  read_written(written, result);
  return result[0];
}

static void copy_input(void) {
  static char piece[65536];
  uint32_t input[2];
  read_via_stream(input);
  for (;;) {
    uint32_t answer = read_stream(input[0], piece, sizeof piece);
    print((text){piece, COUNT(answer)});
    if (ENDED(answer)) return;
  }
}

static void say_variables(void) {
  texts variables;
  get_environment(&variables);
  // Pairs of texts, in one row.
  for (uint32_t nth = 0; nth < variables.count; nth++)
    print(JOIN(variables.at[2 * nth], TEXT("="), variables.at[2 * nth + 1],
               TEXT("\n")));
}

static void say_numbers(void) {
  text bytes;
  uint64_t instant[2];
  random_bytes(100, &bytes);
  system_now(instant);
  bool differ = random_u64() != random_u64();
  bool is_later = instant[0] > 1500000000;
  print(JOIN(decimal(bytes.size), TEXT(" "), decimal(differ), TEXT(" "),
             decimal(is_later), TEXT("\n")));
}

static void say_time(void) {
  uint64_t before = now();
  wait_nanoseconds(20000000);
  print(now() - before >= 20000000 ? TEXT("waited\n") : TEXT("early\n"));
}

// By streams of 0.2, which are resources.
static void say_by_old(void) {
  handle input = get_stdin(), old_output = get_stdout();
  text some;
  bool is_there = read_some(input, &some);
  write_all(old_output, is_there ? TEXT("input\n") : TEXT("no input\n"));
  drop_input(input);
  drop_output(old_output);
}

static void spin(void) {
  print(TEXT("spinning\n"));
  // The host writes what it was given when the guest has let it.
  wait_nanoseconds(1000000);
  for (;;) __asm__ volatile("");
}

static void perform(texts arguments) {
  text name = arguments.count > 1 ? arguments.at[1] : TEXT("hello");
  if (is_same(name, TEXT("hello"))) print(TEXT("hello\n"));
  if (is_same(name, TEXT("cat"))) copy_input();
  if (is_same(name, TEXT("env"))) say_variables();
  if (is_same(name, TEXT("numbers"))) say_numbers();
  if (is_same(name, TEXT("sleep"))) say_time();
  if (is_same(name, TEXT("old"))) say_by_old();
  if (is_same(name, TEXT("exit"))) exit_with_code(3);
  if (is_same(name, TEXT("trap"))) __builtin_trap();
  while (is_same(name, TEXT("streams"))) new_stream();
  while (is_same(name, TEXT("memory"))) __builtin_wasm_memory_grow(0, 1);
  if (is_same(name, TEXT("spin"))) spin();
}

EXPORT("[async-lift]" CLI("run") "#run") uint32_t run(void) {
  texts arguments;
  get_arguments(&arguments);
  open_output();
  perform(arguments);
  bool has_failed =
      arguments.count > 1 && is_same(arguments.at[1], TEXT("fail"));
  return_run(close_output() || has_failed);
  return DONE;
}

EXPORT("[callback][async-lift]" CLI("run") "#run")
uint32_t resumed(uint32_t event, uint32_t waitable, uint32_t state) {
  (void)event;
  (void)waitable;
  (void)state;
  __builtin_trap();
}

// Each byte of it is an object of the host, if that lets it.
EXPORT("[async-lift]flood") uint32_t flood(void) {
  uint32_t pages = __builtin_wasm_memory_size(0);
  __builtin_wasm_memory_grow(0, 900 - pages);
  return_flood(0, 900 << 16);
  return DONE;
}

EXPORT("[callback][async-lift]flood")
uint32_t flooded(uint32_t event, uint32_t waitable, uint32_t state) {
  (void)event;
  (void)waitable;
  (void)state;
  __builtin_trap();
}

static uint32_t set, turns_left;

static uint32_t next_turn(void) {
  uint32_t waiting = begin_wait(1000000);
  join_set(COUNT(waiting), set);
  return WAIT(set);
}

EXPORT("[async-lift]turns") uint32_t turns(void) {
  set = new_set();
  turns_left = 3;
  return next_turn();
}

EXPORT("[callback][async-lift]turns")
uint32_t turned(uint32_t event, uint32_t waitable, uint32_t state) {
  (void)event;
  (void)state;
  join_set(waitable, 0);
  if (--turns_left) return next_turn();
  return_turns(3);
  return DONE;
}

EXPORT("[async-lift]yields") uint32_t yields(void) {
  open_output();
  print(TEXT("yielding\n"));
  return YIELD;
}

EXPORT("[callback][async-lift]yields")
uint32_t yielded(uint32_t event, uint32_t waitable, uint32_t state) {
  (void)event;
  (void)waitable;
  (void)state;
  return YIELD;
}
