#include "command.h"

WASI("cli/environment", "get-arguments") void get_arguments(texts *out);

static bool has_failed;

text argument(texts arguments, uint32_t nth) {
  return nth < arguments.count ? arguments.at[nth] : TEXT("");
}

void say(text line) {
  handle output = get_stdout();
  text whole = join(line, TEXT("\n"));
  write_all(output, whole);
  drop_output(output);
}

text fail_with(text words) {
  has_failed = true;
  return join(TEXT("error: "), words);
}

text fail(text names, uint32_t code) {
  for (uint32_t nth = 0; nth < code; nth++) cut(&names, ' ');
  return fail_with(cut(&names, ' '));
}

text number_list(const uint32_t *at, uint32_t count) {
  text *all = allocate(count * sizeof(text), alignof(text));
  for (uint32_t nth = 0; nth < count; nth++) all[nth] = decimal(at[nth]);
  return join_list((texts){all, count}, TEXT(" "));
}

static text perform(texts arguments) {
  text name = argument(arguments, 1);
  uint32_t named = arguments.count > 2 ? 2 : arguments.count;
  texts rest = {arguments.at + named, arguments.count - named};
  for (const operation *each = OPERATIONS; each->name.size; each++)
    if (is_same(each->name, name)) return each->perform(rest);
  return fail_with(join(TEXT("unknown: "), name));
}

EXPORT("wasi:cli/run@0.2.12#run") bool run(void) {
  texts arguments;
  get_arguments(&arguments);
  say(perform(arguments));
  return has_failed;
}
