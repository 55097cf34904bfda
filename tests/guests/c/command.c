// A command of the C library, whose calls an adapter turns into WASI 0.2.

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static int failed(const char *what) {
  fprintf(stderr, "%s: %s\n", what, strerror(errno));
  return 1;
}

static int copy(int from, int to) {
  char chunk[4096];
  for (;;) {
    ssize_t size = read(from, chunk, sizeof chunk);
    if (size < 0) return failed("read");
    if (size == 0) return 0;
    for (ssize_t at = 0, written; at < size; at += written)
      if ((written = write(to, chunk + at, (size_t)(size - at))) < 0)
        return failed("write");
  }
}

static int echo(char **of) {
  for (int nth = 0; of[nth]; nth++) printf("%s%s", nth ? " " : "", of[nth]);
  putchar('\n');
  return 0;
}

static int show_environment(char **of) {
  (void)of;
  for (char **each = environ; *each; each++) puts(*each);
  return 0;
}

static int leave(char **of) { exit(of[0] ? atoi(of[0]) : 0); }

static int crash(char **of) {
  (void)of;
  abort();
}

static int complain(char **of) { return fprintf(stderr, "%s\n", of[0]) < 0; }

static int copy_input(char **of) {
  (void)of;
  return copy(STDIN_FILENO, STDOUT_FILENO);
}

static int cat(char **of) {
  int file = open(of[0], O_RDONLY);
  if (file < 0) return failed(of[0]);
  int code = copy(file, STDOUT_FILENO);
  close(file);
  return code;
}

static int put(char **of, int how) {
  int file = open(of[0], O_WRONLY | O_CREAT | how, 0666);
  if (file < 0) return failed(of[0]);
  ssize_t size = write(file, of[1], strlen(of[1]));
  if (size < 0 || fsync(file) < 0) return failed(of[0]);
  close(file);
  return 0;
}

static int write_file(char **of) { return put(of, O_TRUNC); }
static int append_file(char **of) { return put(of, O_APPEND); }
static int create_file(char **of) { return put(of, O_EXCL); }

static int list(char **of) {
  DIR *directory = opendir(of[0]);
  if (!directory) return failed(of[0]);
  for (struct dirent *each; (each = readdir(directory));)
    printf("%d %s\n", each->d_type, each->d_name);
  closedir(directory);
  return 0;
}

static int tell(char **of) {
  struct stat it;
  if (lstat(of[0], &it) < 0) return failed(of[0]);
  const char *type = S_ISDIR(it.st_mode)   ? "directory"
                     : S_ISLNK(it.st_mode) ? "link"
                                           : "file";
  printf("%s %lld\n", type, (long long)it.st_size);
  return 0;
}

// Reads so many bytes at that place of a file.
static int part(char **of) {
  int file = open(of[0], O_RDONLY);
  char bytes[256] = {0};
  size_t size = (size_t)atoi(of[2]) % sizeof bytes;
  if (file < 0 || lseek(file, atoi(of[1]), SEEK_SET) < 0) return failed(of[0]);
  if (read(file, bytes, size) < 0) return failed(of[0]);
  puts(bytes);
  close(file);
  return 0;
}

static int make_directory(char **of) {
  return mkdir(of[0], 0777) < 0 ? failed(of[0]) : 0;
}

static int remove_directory(char **of) { return rmdir(of[0]) < 0 ? failed(of[0]) : 0; }
static int remove_file(char **of) { return unlink(of[0]) < 0 ? failed(of[0]) : 0; }

static int move(char **of) { return rename(of[0], of[1]) < 0 ? failed(of[0]) : 0; }
static int link_file(char **of) { return link(of[0], of[1]) < 0 ? failed(of[0]) : 0; }

static int link_softly(char **of) {
  return symlink(of[0], of[1]) < 0 ? failed(of[1]) : 0;
}

static int show_link(char **of) {
  char target[256];
  ssize_t size = readlink(of[0], target, sizeof target);
  if (size < 0) return failed(of[0]);
  printf("%.*s\n", (int)size, target);
  return 0;
}

static int truncate_file(char **of) {
  int file = open(of[0], O_WRONLY);
  if (file < 0 || ftruncate(file, atoi(of[1])) < 0) return failed(of[0]);
  close(file);
  return 0;
}

static int doze(char **of) {
  long ms = atol(of[0]);
  struct timespec span = {ms / 1000, ms % 1000 * 1000000}, start, end;
  clock_gettime(CLOCK_MONOTONIC, &start);
  nanosleep(&span, NULL);
  clock_gettime(CLOCK_MONOTONIC, &end);
  long long ns = (end.tv_sec - start.tv_sec) * 1000000000ll;
  printf("%lld\n", (ns + end.tv_nsec - start.tv_nsec) / 1000000);
  return 0;
}

static int show_time(char **of) {
  (void)of;
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  printf("%lld\n", (long long)now.tv_sec);
  return 0;
}

static int show_random(char **of) {
  unsigned char bytes[256];
  size_t size = (size_t)atoi(of[0]) % sizeof bytes;
  if (getentropy(bytes, size) < 0) return failed("getentropy");
  for (size_t nth = 0; nth < size; nth++) printf("%02x", bytes[nth]);
  putchar('\n');
  return 0;
}

static const struct {
  const char *name;
  int arguments;
  int (*perform)(char **of);
} OPERATIONS[] = {
    {"echo", 0, echo},           {"env", 0, show_environment},
    {"exit", 0, leave},          {"abort", 0, crash},
    {"stderr", 1, complain},     {"copy", 0, copy_input},
    {"cat", 1, cat},             {"write", 2, write_file},
    {"append", 2, append_file},  {"create", 2, create_file},
    {"ls", 1, list},             {"stat", 1, tell},
    {"part", 3, part},           {"mkdir", 1, make_directory},
    {"rmdir", 1, remove_directory}, {"rm", 1, remove_file},
    {"mv", 2, move},             {"ln", 2, link_file},
    {"symlink", 2, link_softly}, {"readlink", 1, show_link},
    {"truncate", 2, truncate_file}, {"sleep", 1, doze},
    {"time", 0, show_time},      {"random", 1, show_random},
};

int main(int count, char **arguments) {
  for (size_t nth = 0; nth < sizeof OPERATIONS / sizeof *OPERATIONS; nth++)
    if (count > 1 && !strcmp(OPERATIONS[nth].name, arguments[1]) &&
        count - 2 >= OPERATIONS[nth].arguments)
      return OPERATIONS[nth].perform(arguments + 2);
  fprintf(stderr, "unknown: %s\n", count > 1 ? arguments[1] : "");
  return 2;
}
