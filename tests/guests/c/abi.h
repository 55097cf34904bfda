// What every guest here needs of the canonical ABI, without a C library.

#ifndef ABI_H
#define ABI_H

#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IMPORT(module, name) \
  __attribute__((import_module(module), import_name(name)))
#define EXPORT(name) __attribute__((export_name(name)))

// A string, or a list of bytes.
typedef struct {
  const char *at;
  uint32_t size;
} text;

#define TEXT(literal) ((text){literal, sizeof(literal) - 1})

// A text as an argument: where it is declared, and where it is passed.
#define BYTES(name) const char *name, uint32_t name##_size
#define PASS(text) (text).at, (text).size

typedef struct {
  const text *at;
  uint32_t count;
} texts;

typedef struct {
  uint8_t tag;
  text value;
} text_option;

// Takes memory until `release`. Traps when there is none.
void *allocate(uint32_t size, uint32_t align);

// Gives back all that was taken since `mark`.
uint32_t mark(void);
void release(uint32_t mark);

void *memcpy(void *to, const void *from, size_t size);

bool is_same(text one, text other);
bool has_prefix(text whole, text prefix);
text join(text one, text other);
text join_list(texts list, text separator);
text decimal(uint64_t value);
text hexadecimal(const void *at, uint32_t size);
uint64_t number(text decimal);

// Cuts off what is in front of the first `separator`, and moves behind it.
text cut(text *rest, char separator);

// Joins all of its arguments.
#define JOIN(...) \
  join_list((texts){(text[]){__VA_ARGS__}, \
                    sizeof((text[]){__VA_ARGS__}) / sizeof(text)}, \
            TEXT(""))

#endif
