// rusm:runtime@0.1.0, as the canonical ABI flattens it. `out` is where a result
// goes that does not fit in one value.

#ifndef RUSM_H
#define RUSM_H

#include "abi.h"

typedef uint64_t pid;

#ifdef ALL_IN_ACTOR
#define RUSM(interface, prefix, name) IMPORT("rusm:runtime/actor@0.1.0", prefix name)
#else
#define RUSM(interface, prefix, name) \
  IMPORT("rusm:runtime/" interface "@0.1.0", name)
#endif

#define ACTOR(name) RUSM("actor", "", name)
ACTOR("own-pid") pid own_pid(void);
ACTOR("spawn") void spawn(BYTES(component), void *out);
ACTOR("spawn-from") void spawn_from(BYTES(component), BYTES(source), void *out);
ACTOR("monitor") void monitor(pid target);
ACTOR("send") void send(pid to, BYTES(message));
ACTOR("receive") void receive(text *out);
ACTOR("receive-timeout") void receive_timeout(uint64_t timeout_ms, void *out);
ACTOR("stash") void stash(BYTES(message));
ACTOR("unstash") void unstash(void);
ACTOR("list-processes") void list_processes(void *out);
ACTOR("info") void info(pid target, void *out);
ACTOR("is-alive") bool is_alive(pid target);
ACTOR("kill") bool kill(pid target);
ACTOR("register") bool register_name(BYTES(name));
ACTOR("whereis") void whereis(BYTES(name), void *out);
ACTOR("unregister") bool unregister(BYTES(name));
ACTOR("set-label") void set_label(BYTES(label));
ACTOR("supervise")
void supervise(uint32_t strategy, const text *children, uint32_t count,
               uint32_t max_restarts, uint32_t within_ms, void *out);
ACTOR("send-after")
uint64_t send_after(pid to, uint64_t delay_ms, BYTES(message));
ACTOR("cancel-timer") bool cancel_timer(uint64_t handle);

#define KV(name) RUSM("kv", "kv-", name)
KV("get") void kv_get(BYTES(bucket), BYTES(key), void *out);
KV("set") void kv_set(BYTES(bucket), BYTES(key), BYTES(value), void *out);
KV("delete") void kv_delete(BYTES(bucket), BYTES(key), void *out);
KV("exists") void kv_exists(BYTES(bucket), BYTES(key), void *out);
KV("list") void kv_list(BYTES(bucket), void *out);

RUSM("log", "", "log") void write_log(uint32_t level, BYTES(message));

#define PG(name) RUSM("pg", "", name)
PG("register-tag") bool register_tag(BYTES(tag));
PG("unregister-tag") bool unregister_tag(BYTES(tag));
PG("whereis-tag") void whereis_tag(BYTES(tag), void *out);
PG("kill-tag") uint32_t kill_tag(BYTES(tag));

#ifndef ALL_IN_ACTOR
#define SERVE(name) RUSM("serve", "", name)
SERVE("connection") void connection(void *out);
SERVE("ws-send-text") bool ws_send_text(BYTES(data));
SERVE("ws-received-text") bool ws_received_text(void);
SERVE("ws-close") void ws_close(uint32_t code, BYTES(reason));
SERVE("sse-send")
bool sse_send(BYTES(data), uint32_t has_event, BYTES(event), uint32_t has_id,
              BYTES(id), uint32_t has_retry, uint32_t retry);
#endif

#define STREAMS(name) RUSM("streams", "", name)
STREAMS("stream-open") void stream_open(pid to, void *out);
STREAMS("stream-write") bool stream_write(uint64_t id, BYTES(chunk));
STREAMS("stream-close") void stream_close(uint64_t id);
STREAMS("stream-accept") uint64_t stream_accept(void);
STREAMS("stream-read") void stream_read(uint64_t id, void *out);

#endif
