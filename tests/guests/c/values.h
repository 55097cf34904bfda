// Names of exports of rusm:values@0.1.0, as the canonical ABI mangles them.
// Memory holds the parameters and the result of one call, and is taken back
// when the host has read the result.

#ifndef VALUES_H
#define VALUES_H

#include "abi.h"

#define VALUES(interface) "rusm:values/" interface "@0.1.0"
#define FUNCTION(interface, name) EXPORT(VALUES(interface) "#" name)

// What the host calls when it has read a result.
#define POST(interface, name, symbol)                             \
  __attribute__((export_name("cabi_post_" VALUES(interface) "#" name))) \
  void post_##symbol(void *result) {                              \
    (void)result, release(0);                                     \
  }

// Returns what follows, by way of memory.
#define RETURN(type, ...)                                 \
  do {                                                    \
    type *result = allocate(sizeof(type), alignof(type)); \
    *result = (type)__VA_ARGS__;                          \
    return result;                                        \
  } while (0)

typedef struct {
  void *at;
  uint32_t count;
} list;

#endif
