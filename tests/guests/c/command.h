// Commands: `wasi:cli/run` that performs what its arguments say, and prints
// what came of it.

#ifndef COMMAND_H
#define COMMAND_H

#include "wasi.h"

// The name of an operation, and how to perform it with what follows. What it
// returns is printed.
typedef struct {
  text name;
  text (*perform)(texts arguments);
} operation;

// What this command can do; ends in an operation without a name.
extern const operation OPERATIONS[];

// An argument; empty when there are not so many.
text argument(texts arguments, uint32_t nth);

// A line of text for standard output, at once.
void say(text line);

// The text for an error: `error: ` and its name, of all names of the enum in
// order, separated by spaces. The command fails.
text fail(text names, uint32_t code);
text fail_with(text words);

text number_list(const uint32_t *at, uint32_t count);

#endif
