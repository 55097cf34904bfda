// A command of wasi:filesystem. A path is relative to the first directory that
// the host opened.

#include "command.h"

typedef struct {
  uint64_t seconds;
  uint32_t nanoseconds;
} datetime;

typedef struct {
  uint8_t tag;
  datetime value;
} datetime_option;

typedef struct {
  uint8_t type;
  uint64_t link_count, size;
  datetime_option accessed, modified, changed;
} stat;

typedef struct {
  uint8_t tag;
  union {
    stat value;
    uint8_t error;
  };
} stat_or_code;

typedef struct {
  uint8_t tag;
  union {
    struct {
      text bytes;
      bool is_end;
    } value;
    uint8_t error;
  };
} read_or_code;

typedef struct {
  uint8_t tag;
  union {
    text value;
    uint8_t error;
  };
} text_or_code;

typedef struct {
  uint8_t tag;
  union {
    struct {
      uint8_t tag;
      struct {
        uint8_t type;
        text name;
      } entry;
    } value;
    uint8_t error;
  };
} entry_or_code;

typedef struct {
  uint8_t tag;
  union {
    struct {
      uint64_t both[2];
    } value;
    uint8_t error;
  };
} hash_or_code;

typedef struct {
  uint8_t tag;
  uint8_t value;
} byte_option;

typedef struct {
  handle directory;
  text path;
} preopen;

typedef struct {
  const preopen *at;
  uint32_t count;
} preopens;

WASI("filesystem/preopens", "get-directories") void get_directories(preopens *out);

#define TYPES(name) WASI("filesystem/types", name)
#define FILE(name) TYPES("[method]descriptor." name)
#define TIMES                                                          \
  uint32_t access, uint64_t access_s, uint32_t access_ns, uint32_t modify, \
      uint64_t modify_s, uint32_t modify_ns

FILE("read-via-stream") void read_via(handle file, uint64_t offset, handle_or_code *out);
FILE("write-via-stream") void write_via(handle file, uint64_t offset, handle_or_code *out);
FILE("append-via-stream") void append_via(handle file, handle_or_code *out);
FILE("advise")
void advise(handle file, uint64_t offset, uint64_t size, uint32_t advice, code *out);
FILE("sync-data") void sync_data(handle file, code *out);
FILE("sync") void sync_all(handle file, code *out);
FILE("get-flags") void get_flags(handle file, code *out);
FILE("get-type") void get_type(handle file, code *out);
FILE("set-size") void set_size(handle file, uint64_t size, code *out);
FILE("set-times") void set_times(handle file, TIMES, code *out);
FILE("read")
void read_at(handle file, uint64_t size, uint64_t offset, read_or_code *out);
FILE("write")
void write_at(handle file, BYTES(bytes), uint64_t offset, size_or_code *out);
FILE("read-directory") void read_directory(handle directory, handle_or_code *out);
FILE("create-directory-at")
void create_directory(handle base, BYTES(path), code *out);
FILE("stat") void stat_file(handle file, stat_or_code *out);
FILE("stat-at")
void stat_at(handle base, uint32_t follow, BYTES(path), stat_or_code *out);
FILE("set-times-at")
void set_times_at(handle base, uint32_t follow, BYTES(path), TIMES, code *out);
FILE("link-at")
void link_at(handle base, uint32_t follow, BYTES(old), handle other, BYTES(path),
             code *out);
FILE("open-at")
void open_at(handle base, uint32_t follow, BYTES(path), uint32_t how,
             uint32_t rights, handle_or_code *out);
FILE("readlink-at") void readlink_at(handle base, BYTES(path), text_or_code *out);
FILE("remove-directory-at") void remove_directory(handle base, BYTES(path), code *out);
FILE("rename-at")
void rename_at(handle base, BYTES(old), handle other, BYTES(path), code *out);
FILE("symlink-at") void symlink_at(handle base, BYTES(target), BYTES(path), code *out);
FILE("unlink-file-at") void unlink_file(handle base, BYTES(path), code *out);
FILE("is-same-object") bool is_same_object(handle file, handle other);
FILE("metadata-hash") void hash_file(handle file, hash_or_code *out);
FILE("metadata-hash-at")
void hash_at(handle base, uint32_t follow, BYTES(path), hash_or_code *out);
TYPES("[method]directory-entry-stream.read-directory-entry")
void next_entry(handle entries, entry_or_code *out);
TYPES("filesystem-error-code") void error_code_of(handle error, byte_option *out);
TYPES("[resource-drop]descriptor") void drop_file(handle file);
TYPES("[resource-drop]directory-entry-stream") void drop_entries(handle entries);

enum { CREATE = 1, DIRECTORY = 2, EXCLUSIVE = 4, TRUNCATE = 8 };
enum { READ = 1, WRITE = 2 };
enum { FOLLOW = 1 };

#define NAMES                                                                \
  TEXT("access would-block already bad-descriptor busy deadlock quota exist " \
       "file-too-large illegal-byte-sequence in-progress interrupted invalid " \
       "io is-directory loop too-many-links message-size name-too-long "     \
       "no-device no-entry no-lock insufficient-memory insufficient-space "  \
       "not-directory not-empty not-recoverable unsupported no-tty "         \
       "no-such-device overflow not-permitted pipe read-only invalid-seek "  \
       "text-file-busy cross-device")

static text type_name(uint32_t type) {
  text names = TEXT(
      "unknown block-device character-device directory fifo symbolic-link "
      "regular-file socket");
  for (uint32_t nth = 0; nth < type; nth++) cut(&names, ' ');
  return cut(&names, ' ');
}

static text of_code(code done) {
  return done.tag ? fail(NAMES, done.error) : TEXT("ok");
}

static preopen root(void) {
  preopens all;
  get_directories(&all);
  if (all.count == 0) __builtin_trap();
  return all.at[0];
}

#define BASE root().directory
#define PATH(nth) PASS(paths.at[nth])
#define NEEDS(wanted) \
  if (paths.count < wanted) return fail_with(TEXT("too few arguments"))

static text list_preopens(texts of) {
  (void)of;
  preopens all;
  get_directories(&all);
  text *names = allocate(all.count * sizeof(text), alignof(text));
  for (uint32_t nth = 0; nth < all.count; nth++) names[nth] = all.at[nth].path;
  return join_list((texts){names, all.count}, TEXT(" "));
}

// Reads all of a file to standard output.
static text cat(texts paths) {
  NEEDS(1);
  handle_or_code file, input;
  open_at(BASE, FOLLOW, PATH(0), 0, READ, &file);
  if (file.tag) return fail(NAMES, file.error);
  read_via(file.value, number(argument(paths, 1)), &input);
  if (input.tag) return fail(NAMES, input.error);
  handle output = get_stdout();
  bool is_moved = move_all(input.value, output);
  drop_output(output), drop_input(input.value), drop_file(file.value);
  return is_moved ? TEXT("") : fail_with(TEXT("closed"));
}

static text put(handle_or_code file, handle_or_code output, text bytes) {
  if (output.tag) return fail(NAMES, output.error);
  bool is_written = write_all(output.value, bytes);
  drop_output(output.value), drop_file(file.value);
  return is_written ? TEXT("ok") : fail_with(TEXT("closed"));
}

static text write(texts paths) {
  NEEDS(2);
  handle_or_code file, output;
  open_at(BASE, FOLLOW, PATH(0), CREATE | TRUNCATE, WRITE, &file);
  if (file.tag) return fail(NAMES, file.error);
  write_via(file.value, 0, &output);
  return put(file, output, paths.at[1]);
}

static text append(texts paths) {
  NEEDS(2);
  handle_or_code file, output;
  open_at(BASE, FOLLOW, PATH(0), CREATE, WRITE, &file);
  if (file.tag) return fail(NAMES, file.error);
  append_via(file.value, &output);
  return put(file, output, paths.at[1]);
}

static text create(texts paths) {
  NEEDS(1);
  handle_or_code file;
  open_at(BASE, FOLLOW, PATH(0), CREATE | EXCLUSIVE, WRITE, &file);
  if (file.tag) return fail(NAMES, file.error);
  drop_file(file.value);
  return TEXT("ok");
}

static text read_part(texts paths) {
  NEEDS(3);
  handle_or_code file;
  open_at(BASE, FOLLOW, PATH(0), 0, READ, &file);
  if (file.tag) return fail(NAMES, file.error);
  read_or_code part;
  read_at(file.value, number(paths.at[2]), number(paths.at[1]), &part);
  drop_file(file.value);
  if (part.tag) return fail(NAMES, part.error);
  return JOIN(part.value.is_end ? TEXT("end ") : TEXT("more "), part.value.bytes);
}

static text write_part(texts paths) {
  NEEDS(3);
  handle_or_code file;
  open_at(BASE, FOLLOW, PATH(0), 0, WRITE, &file);
  if (file.tag) return fail(NAMES, file.error);
  size_or_code written;
  write_at(file.value, PATH(2), number(paths.at[1]), &written);
  drop_file(file.value);
  return written.tag ? fail(NAMES, written.error) : decimal(written.value);
}

static text list_entries(handle entries) {
  text all = TEXT("");
  for (;;) {
    entry_or_code next;
    next_entry(entries, &next);
    if (next.tag) return fail(NAMES, next.error);
    if (!next.value.tag) return all;
    text type = type_name(next.value.entry.type);
    all = JOIN(all, all.size ? TEXT("\n") : TEXT(""), type, TEXT(" "), next.value.entry.name);
  }
}

static text list(texts paths) {
  NEEDS(1);
  handle_or_code directory, entries;
  open_at(BASE, FOLLOW, PATH(0), DIRECTORY, READ, &directory);
  if (directory.tag) return fail(NAMES, directory.error);
  read_directory(directory.value, &entries);
  if (entries.tag) return fail(NAMES, entries.error);
  text all = list_entries(entries.value);
  drop_entries(entries.value), drop_file(directory.value);
  return all;
}

static text of_stat(stat_or_code of) {
  if (of.tag) return fail(NAMES, of.error);
  stat it = of.value;
  return JOIN(type_name(it.type), TEXT(" "), decimal(it.link_count), TEXT(" "),
              decimal(it.size), TEXT(" "), decimal(it.accessed.value.seconds),
              TEXT(" "), decimal(it.modified.value.seconds));
}

static text stat_path(texts paths) {
  NEEDS(1);
  stat_or_code of;
  return stat_at(BASE, FOLLOW, PATH(0), &of), of_stat(of);
}

static text stat_link(texts paths) {
  NEEDS(1);
  stat_or_code of;
  return stat_at(BASE, 0, PATH(0), &of), of_stat(of);
}

// Opens a file, and tells all that can be told of it.
static text tell(texts paths) {
  NEEDS(1);
  handle_or_code file;
  open_at(BASE, FOLLOW, PATH(0), 0, READ, &file);
  if (file.tag) return fail(NAMES, file.error);
  code flags, type, advised;
  stat_or_code of;
  get_flags(file.value, &flags);
  get_type(file.value, &type);
  advise(file.value, 0, 0, 1, &advised);
  stat_file(file.value, &of);
  drop_file(file.value);
  return JOIN(flags.tag ? fail(NAMES, flags.error) : decimal(flags.error), TEXT(" "),
              type.tag ? fail(NAMES, type.error) : type_name(type.error), TEXT(" "),
              of_code(advised), TEXT(" "), of_stat(of));
}

static text make_directory(texts paths) {
  NEEDS(1);
  code done;
  return create_directory(BASE, PATH(0), &done), of_code(done);
}

static text remove_empty(texts paths) {
  NEEDS(1);
  code done;
  return remove_directory(BASE, PATH(0), &done), of_code(done);
}

static text remove(texts paths) {
  NEEDS(1);
  code done;
  return unlink_file(BASE, PATH(0), &done), of_code(done);
}

static text rename(texts paths) {
  NEEDS(2);
  code done;
  handle base = BASE;
  return rename_at(base, PATH(0), base, PATH(1), &done), of_code(done);
}

static text link(texts paths) {
  NEEDS(2);
  code done;
  handle base = BASE;
  return link_at(base, 0, PATH(0), base, PATH(1), &done), of_code(done);
}

static text symlink(texts paths) {
  NEEDS(2);
  code done;
  return symlink_at(BASE, PATH(0), PATH(1), &done), of_code(done);
}

static text readlink(texts paths) {
  NEEDS(1);
  text_or_code target;
  readlink_at(BASE, PATH(0), &target);
  return target.tag ? fail(NAMES, target.error) : target.value;
}

// Sets both times of a path to so many seconds.
static text touch(texts paths) {
  NEEDS(2);
  uint64_t at = number(paths.at[1]);
  code done;
  set_times_at(BASE, FOLLOW, PATH(0), 2, at, 0, 2, at, 0, &done);
  return of_code(done);
}

// Sets the time of a change of a file to now, and leaves the other one alone.
static text touch_now(texts paths) {
  NEEDS(1);
  handle_or_code file;
  open_at(BASE, FOLLOW, PATH(0), 0, WRITE, &file);
  if (file.tag) return fail(NAMES, file.error);
  code done;
  set_times(file.value, 0, 0, 0, 1, 0, 0, &done);
  drop_file(file.value);
  return of_code(done);
}

static text truncate(texts paths) {
  NEEDS(2);
  handle_or_code file;
  open_at(BASE, FOLLOW, PATH(0), 0, WRITE, &file);
  if (file.tag) return fail(NAMES, file.error);
  code done;
  set_size(file.value, number(paths.at[1]), &done);
  drop_file(file.value);
  return of_code(done);
}

static text sync(texts paths) {
  NEEDS(1);
  handle_or_code file;
  open_at(BASE, FOLLOW, PATH(0), 0, WRITE, &file);
  if (file.tag) return fail(NAMES, file.error);
  code data, all;
  sync_data(file.value, &data), sync_all(file.value, &all);
  drop_file(file.value);
  return JOIN(of_code(data), TEXT(" "), of_code(all));
}

static text of_hash(hash_or_code of) {
  return of.tag ? fail(NAMES, of.error) : hexadecimal(of.value.both, 16);
}

// Whether two paths lead to the same object, and the hashes of both.
static text compare(texts paths) {
  NEEDS(2);
  handle base = BASE;
  handle_or_code one, other;
  open_at(base, FOLLOW, PATH(0), 0, READ, &one);
  if (one.tag) return fail(NAMES, one.error);
  open_at(base, FOLLOW, PATH(1), 0, READ, &other);
  if (other.tag) return fail(NAMES, other.error);
  hash_or_code first, second;
  hash_file(one.value, &first), hash_at(base, FOLLOW, PATH(1), &second);
  bool is_same = is_same_object(one.value, other.value);
  drop_file(one.value), drop_file(other.value);
  return JOIN(is_same ? TEXT("same ") : TEXT("other "), of_hash(first), TEXT(" "),
              of_hash(second));
}

// Reads a directory as if it were a file, by a stream, and tells the error
// that the stream gives.
static text misread(texts paths) {
  NEEDS(1);
  handle_or_code file, input;
  open_at(BASE, FOLLOW, PATH(0), 0, READ, &file);
  if (file.tag) return fail(NAMES, file.error);
  read_via(file.value, 0, &input);
  if (input.tag) return fail(NAMES, input.error);
  bytes_or_error some;
  input_blocking_read(input.value, 1, &some);
  if (!some.tag) return TEXT("read");
  if (some.error.tag == CLOSED) return TEXT("closed");
  byte_option named;
  error_code_of(some.error.error, &named);
  text words = stream_error_of(some.error);
  return JOIN(named.tag ? fail(NAMES, named.value) : TEXT("none"), TEXT(" "), words);
}

#define DO(name, function) {{name, sizeof(name) - 1}, function}

const operation OPERATIONS[] = {
    DO("preopens", list_preopens), DO("cat", cat),
    DO("write", write),            DO("append", append),
    DO("create", create),          DO("read-at", read_part),
    DO("write-at", write_part),    DO("ls", list),
    DO("stat", stat_path),         DO("lstat", stat_link),
    DO("tell", tell),              DO("mkdir", make_directory),
    DO("rmdir", remove_empty),     DO("rm", remove),
    DO("mv", rename),              DO("ln", link),
    DO("symlink", symlink),        DO("readlink", readlink),
    DO("touch", touch),            DO("touch-now", touch_now),
    DO("truncate", truncate),      DO("sync", sync),
    DO("compare", compare),        DO("misread", misread),
    {{0, 0}, 0},
};
