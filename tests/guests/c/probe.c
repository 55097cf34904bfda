// A process that does what it is told. A message is the decimal pid to answer,
// the operation and its arguments, separated by line ends; the answer is text.

#include "rusm.h"

typedef struct {
  uint8_t tag;
  union {
    pid value;
    text error;
  };
} pid_or_error;

typedef struct {
  uint8_t tag;
  pid value;
} pid_option;

typedef struct {
  uint8_t tag;
  union {
    text_option value;
    text error;
  };
} text_or_error;

typedef struct {
  uint8_t tag;
  union {
    bool value;
    text error;
  };
} bool_or_error;

typedef struct {
  uint8_t tag;
  union {
    texts value;
    text error;
  };
} texts_or_error;

typedef struct {
  const pid *at;
  uint32_t count;
} pids;

typedef struct {
  pid process;
  uint32_t links, monitors;
  texts names;
  text_option label;
  uint32_t mailbox_depth;
  bool trap_exit;
} process_info;

typedef struct {
  uint8_t tag;
  process_info value;
} info_option;

// The answer of what does not know an operation.
#define UNKNOWN ((text){0, UINT32_MAX})

static bool is_unknown(text answer) { return answer.size == UINT32_MAX; }

static text yes_or_no(bool value) { return value ? TEXT("true") : TEXT("false"); }

static text error(text message) { return join(TEXT("error: "), message); }

static text of_pid(pid_or_error result) {
  return result.tag ? error(result.error) : decimal(result.value);
}

static text of_pid_option(pid_option option) {
  return option.tag ? decimal(option.value) : TEXT("none");
}

static text of_option(text_option option) {
  return option.tag ? option.value : TEXT("none");
}

static text of_texts(texts list) { return join_list(list, TEXT(" ")); }

static text of_pids(pids list) {
  text *all = allocate(list.count * sizeof(text), alignof(text));
  for (uint32_t nth = 0; nth < list.count; nth++) all[nth] = decimal(list.at[nth]);
  return of_texts((texts){all, list.count});
}

static text of_info(info_option option) {
  if (!option.tag) return TEXT("none");
  process_info of = option.value;
  text parts[] = {
      decimal(of.process),  decimal(of.links),
      decimal(of.monitors), of_texts(of.names),
      of_option(of.label),  decimal(of.mailbox_depth),
      yes_or_no(of.trap_exit),
  };
  return join_list((texts){parts, sizeof parts / sizeof *parts}, TEXT("|"));
}

static text of_bool(bool_or_error result) {
  return result.tag ? error(result.error) : yes_or_no(result.value);
}

static uint32_t list(text *rest, text *all) {
  uint32_t count = 0;
  while (rest->size && count < 16) all[count++] = cut(rest, '\n');
  return count;
}

#define ARGUMENT cut(&rest, '\n')
#define NUMBER number(ARGUMENT)
#define IS(name) is_same(operation, TEXT(name))

static text of_spawning(text operation, text rest) {
  pid_or_error result;
  if (IS("spawn")) return spawn(PASS(rest), &result), of_pid(result);
  if (IS("spawn-from")) {
    text component = ARGUMENT;
    return spawn_from(PASS(component), PASS(rest), &result), of_pid(result);
  }
  if (IS("supervise")) {
    text children[16];
    uint32_t strategy = (uint32_t)NUMBER, restarts = (uint32_t)NUMBER;
    uint32_t within = (uint32_t)NUMBER, count = list(&rest, children);
    supervise(strategy, children, count, restarts, within, &result);
    return of_pid(result);
  }
  return UNKNOWN;
}

static text of_processes(text operation, text rest) {
  if (IS("own-pid")) return decimal(own_pid());
  if (IS("monitor")) return monitor(NUMBER), TEXT("ok");
  if (IS("list-processes")) {
    pids all;
    return list_processes(&all), of_pids(all);
  }
  if (IS("info")) {
    info_option option;
    return info(NUMBER, &option), of_info(option);
  }
  if (IS("is-alive")) return yes_or_no(is_alive(NUMBER));
  if (IS("kill")) return yes_or_no(kill(NUMBER));
  if (IS("register")) return yes_or_no(register_name(PASS(rest)));
  if (IS("unregister")) return yes_or_no(unregister(PASS(rest)));
  if (IS("whereis")) {
    pid_option option;
    return whereis(PASS(rest), &option), of_pid_option(option);
  }
  if (IS("set-label")) return set_label(PASS(rest)), TEXT("ok");
  return UNKNOWN;
}

static text of_messages(text operation, text rest) {
  text message;
  text_option option;
  if (IS("echo")) return rest;
  if (IS("receive")) return receive(&message), message;
  if (IS("receive-timeout"))
    return receive_timeout(NUMBER, &option), of_option(option);
  if (IS("stash")) return stash(PASS(rest)), TEXT("ok");
  if (IS("unstash")) return unstash(), TEXT("ok");
  if (IS("cancel-timer")) return yes_or_no(cancel_timer(NUMBER));
  if (IS("send")) {
    pid to = NUMBER;
    return send(to, PASS(rest)), TEXT("ok");
  }
  if (IS("send-after")) {
    pid to = NUMBER;
    uint64_t delay_ms = NUMBER;
    return decimal(send_after(to, delay_ms, PASS(rest)));
  }
  if (IS("log")) {
    uint32_t level = (uint32_t)NUMBER;
    return write_log(level, PASS(rest)), TEXT("ok");
  }
  return UNKNOWN;
}

static text of_store(text operation, text rest) {
  text bucket = ARGUMENT, key = ARGUMENT;
  bool_or_error result;
  if (IS("kv-list")) {
    texts_or_error all;
    kv_list(PASS(bucket), &all);
    return all.tag ? error(all.error) : of_texts(all.value);
  }
  if (IS("kv-get")) {
    text_or_error value;
    kv_get(PASS(bucket), PASS(key), &value);
    return value.tag ? error(value.error) : of_option(value.value);
  }
  if (IS("kv-set")) {
    kv_set(PASS(bucket), PASS(key), PASS(rest), &result);
    return result.tag ? error(result.error) : TEXT("ok");
  }
  if (IS("kv-delete"))
    return kv_delete(PASS(bucket), PASS(key), &result), of_bool(result);
  if (IS("kv-exists"))
    return kv_exists(PASS(bucket), PASS(key), &result), of_bool(result);
  return UNKNOWN;
}

static text of_groups(text operation, text rest) {
  if (IS("register-tag")) return yes_or_no(register_tag(PASS(rest)));
  if (IS("unregister-tag")) return yes_or_no(unregister_tag(PASS(rest)));
  if (IS("whereis-tag")) {
    pids all;
    return whereis_tag(PASS(rest), &all), of_pids(all);
  }
  if (IS("kill-tag")) return decimal(kill_tag(PASS(rest)));
  return UNKNOWN;
}

static text of_streams(text operation, text rest) {
  if (IS("stream-accept")) return decimal(stream_accept());
  if (IS("stream-open")) {
    pid_option option;
    return stream_open(NUMBER, &option), of_pid_option(option);
  }
  uint64_t id = NUMBER;
  if (IS("stream-write")) return yes_or_no(stream_write(id, PASS(rest)));
  if (IS("stream-close")) return stream_close(id), TEXT("ok");
  if (IS("stream-read")) {
    text_option option;
    return stream_read(id, &option), of_option(option);
  }
  return UNKNOWN;
}

#ifdef ALL_IN_ACTOR
static text of_serving(text operation, text rest) {
  return (void)operation, (void)rest, UNKNOWN;
}
#else
typedef struct {
  text name, value;
} pair;

typedef struct {
  const pair *at;
  uint32_t count;
} pairs;

typedef struct {
  uint8_t tag;
  text method, path, query;
  pairs params, headers;
  text remote_address;
  text_option subprotocol;
} connection_option;

static text of_pairs(pairs list) {
  text *all = allocate(list.count * sizeof(text), alignof(text));
  for (uint32_t nth = 0; nth < list.count; nth++)
    all[nth] = JOIN(list.at[nth].name, TEXT("="), list.at[nth].value);
  return of_texts((texts){all, list.count});
}

static text of_connection(connection_option of) {
  if (!of.tag) return TEXT("none");
  text parts[] = {
      of.method,          of.path,           of.query,
      of_pairs(of.params), of_pairs(of.headers), of.remote_address,
      of_option(of.subprotocol),
  };
  return join_list((texts){parts, sizeof parts / sizeof *parts}, TEXT("|"));
}

static text of_serving(text operation, text rest) {
  if (IS("connection")) {
    connection_option option;
    return connection(&option), of_connection(option);
  }
  if (IS("ws-send-text")) return yes_or_no(ws_send_text(PASS(rest)));
  if (IS("ws-received-text")) return yes_or_no(ws_received_text());
  if (IS("ws-close")) {
    uint32_t code = (uint32_t)NUMBER;
    return ws_close(code, PASS(rest)), TEXT("ok");
  }
  if (IS("sse-send")) {
    text event = ARGUMENT, id = ARGUMENT;
    uint32_t retry = (uint32_t)NUMBER;
    return yes_or_no(sse_send(PASS(rest), event.size > 0, PASS(event),
                              id.size > 0, PASS(id), retry > 0, retry));
  }
  return UNKNOWN;
}
#endif

// Operations that do not come back.
static void end(text operation) {
  if (IS("crash")) __builtin_trap();
  if (IS("spin"))
    for (;;) __asm__ volatile("");
  if (IS("exhaust"))
    for (;;) allocate(1 << 16, 1);
}

static text perform(text operation, text rest) {
  if (has_prefix(operation, TEXT("kv-"))) return of_store(operation, rest);
  if (has_prefix(operation, TEXT("stream-"))) return of_streams(operation, rest);
  text answer = of_spawning(operation, rest);
  if (is_unknown(answer)) answer = of_processes(operation, rest);
  if (is_unknown(answer)) answer = of_messages(operation, rest);
  if (is_unknown(answer)) answer = of_groups(operation, rest);
  if (is_unknown(answer)) answer = of_serving(operation, rest);
  return answer;
}

EXPORT("run") void run(void) {
  for (;;) {
    uint32_t start = mark();
    text message;
    receive(&message);
    pid from = number(cut(&message, '\n'));
    text operation = cut(&message, '\n');
    if (IS("return")) return;
    end(operation);
    text answer = perform(operation, message);
    if (is_unknown(answer)) answer = error(join(TEXT("unknown: "), operation));
    send(from, PASS(answer));
    release(start);
  }
}
