#include "abi.h"

extern char __heap_base;
static uint32_t top;

uint32_t mark(void) {
  if (top == 0) top = (uint32_t)&__heap_base;
  return top;
}

void release(uint32_t mark) { top = mark; }

void *allocate(uint32_t size, uint32_t align) {
  uint32_t at = (mark() + align - 1) & -align;
  uint32_t end = at + size;
  if (end < at || end > 0xffff0000) __builtin_trap();
  uint32_t pages = (end + 0xffff) >> 16;
  uint32_t there = __builtin_wasm_memory_size(0);
  if (pages > there && __builtin_wasm_memory_grow(0, pages - there) == -1ul)
    __builtin_trap();
  top = end;
  return (void *)at;
}

// Memory that the host fills: of what is lowered into the guest.
EXPORT("cabi_realloc")
void *cabi_realloc(void *old, uint32_t old_size, uint32_t align, uint32_t size) {
  if (size <= old_size) return old_size ? old : (void *)align;
  char *at = allocate(size, align);
  for (uint32_t nth = 0; nth < old_size; nth++) at[nth] = ((char *)old)[nth];
  return at;
}

// The compiler calls these.
void *memcpy(void *to, const void *from, size_t size) {
  for (size_t nth = 0; nth < size; nth++)
    ((char *)to)[nth] = ((const char *)from)[nth];
  return to;
}

void *memset(void *to, int byte, size_t size) {
  for (size_t nth = 0; nth < size; nth++) ((char *)to)[nth] = (char)byte;
  return to;
}

bool has_prefix(text whole, text prefix) {
  if (whole.size < prefix.size) return false;
  for (uint32_t nth = 0; nth < prefix.size; nth++)
    if (whole.at[nth] != prefix.at[nth]) return false;
  return true;
}

bool is_same(text one, text other) {
  return one.size == other.size && has_prefix(one, other);
}

text join(text one, text other) { return JOIN(one, other); }

text join_list(texts list, text separator) {
  uint32_t size = list.count > 1 ? (list.count - 1) * separator.size : 0;
  for (uint32_t nth = 0; nth < list.count; nth++) size += list.at[nth].size;
  char *start = allocate(size, 1), *at = start;
  for (uint32_t nth = 0; nth < list.count; nth++) {
    text before = nth ? separator : TEXT(""), part = list.at[nth];
    memcpy(at, before.at, before.size);
    memcpy(at + before.size, part.at, part.size);
    at += before.size + part.size;
  }
  return (text){start, size};
}

text decimal(uint64_t value) {
  char *end = (char *)allocate(20, 1) + 20;
  char *at = end;
  do *--at = (char)('0' + value % 10);
  while ((value /= 10) != 0);
  return (text){at, (uint32_t)(end - at)};
}

text hexadecimal(const void *at, uint32_t size) {
  static const char DIGITS[] = "0123456789abcdef";
  const uint8_t *bytes = at;
  char *digits = allocate(2 * size, 1);
  for (uint32_t nth = 0; nth < size; nth++) {
    digits[2 * nth] = DIGITS[bytes[nth] >> 4];
    digits[2 * nth + 1] = DIGITS[bytes[nth] & 15];
  }
  return (text){digits, 2 * size};
}

uint64_t number(text decimal) {
  uint64_t value = 0;
  for (uint32_t nth = 0; nth < decimal.size; nth++)
    value = value * 10 + (uint64_t)(decimal.at[nth] - '0');
  return value;
}

text cut(text *rest, char separator) {
  text first = {rest->at, 0};
  while (first.size < rest->size && rest->at[first.size] != separator)
    first.size++;
  uint32_t skipped = first.size < rest->size ? first.size + 1 : first.size;
  *rest = (text){rest->at + skipped, rest->size - skipped};
  return first;
}
