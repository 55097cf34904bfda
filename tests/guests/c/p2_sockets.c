// A command of wasi:sockets: TCP and UDP over IPv4, and names. `HOST` is an
// address in decimal, as in 127.0.0.1.

#include "command.h"

typedef struct {
  uint16_t port;
  uint8_t bytes[4];
} ipv4;

typedef struct {
  uint16_t port;
  uint32_t flow;
  uint16_t groups[8];
  uint32_t scope;
} ipv6;

typedef struct {
  uint8_t tag;
  union {
    ipv4 four;
    ipv6 six;
  };
} address;

typedef struct {
  uint8_t tag;
  union {
    address value;
    uint8_t error;
  };
} address_or_code;

typedef struct {
  uint8_t tag;
  union {
    struct {
      handle input, output;
    } value;
    uint8_t error;
  };
} streams_or_code;

typedef struct {
  uint8_t tag;
  union {
    struct {
      handle socket, input, output;
    } value;
    uint8_t error;
  };
} accepted_or_code;

typedef struct {
  uint8_t tag;
  union {
    uint32_t value;
    uint8_t error;
  };
} count_or_code;

typedef struct {
  text data;
  address from;
} datagram;

typedef struct {
  uint8_t tag;
  union {
    struct {
      const datagram *at;
      uint32_t count;
    } value;
    uint8_t error;
  };
} datagrams_or_code;

typedef struct {
  text data;
  uint8_t has_address;
  address to;
} outgoing_datagram;

typedef struct {
  uint8_t tag;
  union {
    struct {
      uint8_t is_there;
      struct {
        uint8_t tag;
        union {
          uint8_t four[4];
          uint16_t six[8];
        };
      } ip;
    } value;
    uint8_t error;
  };
} ip_or_code;

#define SOCKETS(interface, name) WASI("sockets/" interface, name)
SOCKETS("instance-network", "instance-network") handle instance_network(void);
SOCKETS("network", "[resource-drop]network") void drop_network(handle network);
WASI("clocks/monotonic-clock", "subscribe-duration") handle subscribe_duration(uint64_t span);
SOCKETS("tcp-create-socket", "create-tcp-socket")
void create_tcp(uint32_t family, handle_or_code *out);
SOCKETS("udp-create-socket", "create-udp-socket")
void create_udp(uint32_t family, handle_or_code *out);

// An address, flattened: for IPv4 the port and four bytes.
#define ADDRESS                                                             \
  uint32_t tag, uint32_t port, uint32_t a, uint32_t b, uint32_t c, uint32_t d, \
      uint32_t e, uint32_t f, uint32_t g, uint32_t h, uint32_t i, uint32_t j
#define PASS_ADDRESS(of)                                                 \
  0, (of).port, (of).bytes[0], (of).bytes[1], (of).bytes[2], (of).bytes[3], 0, \
      0, 0, 0, 0, 0

#define TCP(name) SOCKETS("tcp", "[method]tcp-socket." name)
TCP("start-bind") void tcp_start_bind(handle socket, handle network, ADDRESS, code *out);
TCP("finish-bind") void tcp_finish_bind(handle socket, code *out);
TCP("start-connect")
void tcp_start_connect(handle socket, handle network, ADDRESS, code *out);
TCP("finish-connect") void tcp_finish_connect(handle socket, streams_or_code *out);
TCP("start-listen") void tcp_start_listen(handle socket, code *out);
TCP("finish-listen") void tcp_finish_listen(handle socket, code *out);
TCP("accept") void tcp_accept(handle socket, accepted_or_code *out);
TCP("local-address") void tcp_local(handle socket, address_or_code *out);
TCP("remote-address") void tcp_remote(handle socket, address_or_code *out);
TCP("is-listening") bool tcp_is_listening(handle socket);
TCP("address-family") uint32_t tcp_family(handle socket);
TCP("set-listen-backlog-size") void tcp_set_backlog(handle socket, uint64_t size, code *out);
TCP("keep-alive-enabled") void tcp_keep_alive(handle socket, code *out);
TCP("set-keep-alive-enabled") void tcp_set_keep_alive(handle socket, uint32_t on, code *out);
TCP("keep-alive-idle-time") void tcp_idle_time(handle socket, size_or_code *out);
TCP("set-keep-alive-idle-time")
void tcp_set_idle_time(handle socket, uint64_t span, code *out);
TCP("keep-alive-interval") void tcp_interval(handle socket, size_or_code *out);
TCP("set-keep-alive-interval")
void tcp_set_interval(handle socket, uint64_t span, code *out);
TCP("keep-alive-count") void tcp_count(handle socket, count_or_code *out);
TCP("set-keep-alive-count") void tcp_set_count(handle socket, uint32_t count, code *out);
TCP("hop-limit") void tcp_hops(handle socket, code *out);
TCP("set-hop-limit") void tcp_set_hops(handle socket, uint32_t hops, code *out);
TCP("receive-buffer-size") void tcp_receive_size(handle socket, size_or_code *out);
TCP("set-receive-buffer-size")
void tcp_set_receive_size(handle socket, uint64_t size, code *out);
TCP("send-buffer-size") void tcp_send_size(handle socket, size_or_code *out);
TCP("set-send-buffer-size") void tcp_set_send_size(handle socket, uint64_t size, code *out);
TCP("subscribe") handle tcp_subscribe(handle socket);
TCP("shutdown") void tcp_shutdown(handle socket, uint32_t how, code *out);
SOCKETS("tcp", "[resource-drop]tcp-socket") void drop_tcp(handle socket);

#define UDP(name) SOCKETS("udp", "[method]udp-socket." name)
UDP("start-bind") void udp_start_bind(handle socket, handle network, ADDRESS, code *out);
UDP("finish-bind") void udp_finish_bind(handle socket, code *out);
UDP("stream")
void udp_stream(handle socket, uint32_t has_address, ADDRESS, streams_or_code *out);
UDP("local-address") void udp_local(handle socket, address_or_code *out);
UDP("remote-address") void udp_remote(handle socket, address_or_code *out);
UDP("address-family") uint32_t udp_family(handle socket);
UDP("unicast-hop-limit") void udp_hops(handle socket, code *out);
UDP("set-unicast-hop-limit") void udp_set_hops(handle socket, uint32_t hops, code *out);
UDP("receive-buffer-size") void udp_receive_size(handle socket, size_or_code *out);
UDP("set-receive-buffer-size")
void udp_set_receive_size(handle socket, uint64_t size, code *out);
UDP("send-buffer-size") void udp_send_size(handle socket, size_or_code *out);
UDP("set-send-buffer-size") void udp_set_send_size(handle socket, uint64_t size, code *out);
UDP("subscribe") handle udp_subscribe(handle socket);
SOCKETS("udp", "[resource-drop]udp-socket") void drop_udp(handle socket);

#define INCOMING(name) SOCKETS("udp", "[method]incoming-datagram-stream." name)
INCOMING("receive") void udp_receive(handle input, uint64_t most, datagrams_or_code *out);
INCOMING("subscribe") handle incoming_subscribe(handle input);
SOCKETS("udp", "[resource-drop]incoming-datagram-stream") void drop_incoming(handle input);
#define OUTGOING(name) SOCKETS("udp", "[method]outgoing-datagram-stream." name)
OUTGOING("check-send") void udp_check_send(handle output, size_or_code *out);
OUTGOING("send")
void udp_send(handle output, const outgoing_datagram *at, uint32_t count,
              size_or_code *out);
OUTGOING("subscribe") handle outgoing_subscribe(handle output);
SOCKETS("udp", "[resource-drop]outgoing-datagram-stream") void drop_outgoing(handle output);

#define LOOKUP(name) SOCKETS("ip-name-lookup", name)
LOOKUP("resolve-addresses")
void resolve_addresses(handle network, BYTES(name), handle_or_code *out);
LOOKUP("[method]resolve-address-stream.resolve-next-address")
void next_address(handle addresses, ip_or_code *out);
LOOKUP("[method]resolve-address-stream.subscribe")
handle lookup_subscribe(handle addresses);
LOOKUP("[resource-drop]resolve-address-stream") void drop_addresses(handle addresses);

enum { WOULD_BLOCK = 8 };
enum { SEND = 1, BOTH = 2 };
enum { MILLISECOND = 1000000 };

#define NAMES                                                                 \
  TEXT("unknown access-denied not-supported invalid-argument out-of-memory "  \
       "timeout concurrency-conflict not-in-progress would-block "            \
       "invalid-state new-socket-limit address-not-bindable address-in-use "  \
       "remote-unreachable connection-refused connection-reset "              \
       "connection-aborted datagram-too-large name-unresolvable "             \
       "temporary-resolver-failure permanent-resolver-failure")

static text of_code(code done) {
  return done.tag ? fail(NAMES, done.error) : TEXT("ok");
}

static ipv4 parsed(texts of) {
  text host = argument(of, 0);
  ipv4 address = {.port = (uint16_t)number(argument(of, 1))};
  for (uint32_t nth = 0; nth < 4; nth++)
    address.bytes[nth] = (uint8_t)number(cut(&host, '.'));
  return address;
}

static text of_bytes(const uint8_t bytes[4]) {
  text all[4];
  for (uint32_t nth = 0; nth < 4; nth++) all[nth] = decimal(bytes[nth]);
  return join_list((texts){all, 4}, TEXT("."));
}

static text of_address(address_or_code of) {
  if (of.tag) return fail(NAMES, of.error);
  if (of.value.tag) return TEXT("ipv6");
  return JOIN(of_bytes(of.value.four.bytes), TEXT(":"), decimal(of.value.four.port));
}

// Goes on with `function` until it does not say that it would block.
#define AWAIT(result, subscribe, socket, function) \
  do {                                             \
    function;                                      \
    if (!result.tag || result.error != WOULD_BLOCK) break; \
    wait_for(subscribe(socket));                   \
  } while (1)

static handle_or_code bound_tcp(ipv4 address) {
  handle_or_code socket;
  create_tcp(0, &socket);
  if (socket.tag) return socket;
  code done;
  handle network = instance_network();
  tcp_start_bind(socket.value, network, PASS_ADDRESS(address), &done);
  drop_network(network);
  if (!done.tag) AWAIT(done, tcp_subscribe, socket.value, tcp_finish_bind(socket.value, &done));
  if (done.tag) drop_tcp(socket.value);
  return done.tag ? (handle_or_code){1, .error = done.error} : socket;
}

static streams_or_code connected(handle socket, ipv4 address) {
  code started;
  streams_or_code streams;
  handle network = instance_network();
  tcp_start_connect(socket, network, PASS_ADDRESS(address), &started);
  drop_network(network);
  if (started.tag) return (streams_or_code){1, .error = started.error};
  AWAIT(streams, tcp_subscribe, socket, tcp_finish_connect(socket, &streams));
  return streams;
}

static text addresses_of(handle socket) {
  address_or_code local, remote;
  tcp_local(socket, &local), tcp_remote(socket, &remote);
  return JOIN(of_address(local), TEXT(" "), of_address(remote));
}

// Sends `words` to `to`, says that this is all, and prints what comes back.
static text asked(ipv4 to, text words) {
  handle_or_code socket;
  create_tcp(0, &socket);
  if (socket.tag) return fail(NAMES, socket.error);
  streams_or_code streams = connected(socket.value, to);
  if (streams.tag) return drop_tcp(socket.value), fail(NAMES, streams.error);
  say(addresses_of(socket.value));
  write_all(streams.value.output, words);
  code done;
  tcp_shutdown(socket.value, SEND, &done);
  handle output = get_stdout();
  bool is_moved = !done.tag && move_all(streams.value.input, output);
  drop_output(output), drop_input(streams.value.input);
  drop_output(streams.value.output), drop_tcp(socket.value);
  return done.tag ? of_code(done) : is_moved ? TEXT("") : fail_with(TEXT("closed"));
}

// HOST PORT TEXT
static text tcp_ask(texts of) { return asked(parsed(of), argument(of, 2)); }

// NAME PORT TEXT: at the first address of IPv4 that the name has.
static text tcp_find(texts of) {
  handle network = instance_network();
  handle_or_code addresses;
  text name = argument(of, 0);
  resolve_addresses(network, PASS(name), &addresses);
  drop_network(network);
  if (addresses.tag) return fail(NAMES, addresses.error);
  ip_or_code next;
  do {
    AWAIT(next, lookup_subscribe, addresses.value, next_address(addresses.value, &next));
  } while (!next.tag && next.value.is_there && next.value.ip.tag);
  drop_addresses(addresses.value);
  if (next.tag) return fail(NAMES, next.error);
  if (!next.value.is_there) return fail_with(TEXT("no address"));
  ipv4 to = {.port = (uint16_t)number(argument(of, 1))};
  for (uint32_t nth = 0; nth < 4; nth++) to.bytes[nth] = next.value.ip.four[nth];
  return asked(to, argument(of, 2));
}

// A socket that listens at HOST PORT; prints where.
static handle_or_code listening(texts of) {
  handle_or_code socket = bound_tcp(parsed(of));
  if (socket.tag) return socket;
  code done;
  tcp_set_backlog(socket.value, 16, &done);
  tcp_start_listen(socket.value, &done);
  if (!done.tag) AWAIT(done, tcp_subscribe, socket.value, tcp_finish_listen(socket.value, &done));
  if (done.tag) return drop_tcp(socket.value), (handle_or_code){1, .error = done.error};
  address_or_code local;
  tcp_local(socket.value, &local);
  say(join(tcp_is_listening(socket.value) ? TEXT("listens ") : TEXT("idle "),
           of_address(local)));
  return socket;
}

// HOST PORT [COUNT]: prints where it listens, and sends back what so many
// connections send, one after the other.
static text tcp_serve(texts of) {
  handle_or_code socket = listening(of);
  if (socket.tag) return fail(NAMES, socket.error);
  uint64_t count = of.count > 2 ? number(of.at[2]) : 1;
  for (uint64_t nth = 0; nth < count; nth++) {
    accepted_or_code taken;
    AWAIT(taken, tcp_subscribe, socket.value, tcp_accept(socket.value, &taken));
    if (taken.tag) return drop_tcp(socket.value), fail(NAMES, taken.error);
    move_all(taken.value.input, taken.value.output);
    code ended;
    tcp_shutdown(taken.value.socket, SEND, &ended);
    drop_input(taken.value.input), drop_output(taken.value.output);
    drop_tcp(taken.value.socket);
  }
  drop_tcp(socket.value);
  return TEXT("done");
}

// HOST PORT MS: prints where it listens, takes one connection, reads nothing of
// it for so long, and leaves.
static text tcp_ignore(texts of) {
  handle_or_code socket = listening(of);
  if (socket.tag) return fail(NAMES, socket.error);
  accepted_or_code taken;
  AWAIT(taken, tcp_subscribe, socket.value, tcp_accept(socket.value, &taken));
  if (taken.tag) return drop_tcp(socket.value), fail(NAMES, taken.error);
  wait_for(subscribe_duration(number(argument(of, 2)) * MILLISECOND));
  drop_input(taken.value.input), drop_output(taken.value.output);
  drop_tcp(taken.value.socket), drop_tcp(socket.value);
  return TEXT("done");
}

// Waits for room, but not for ever.
static bool has_room_in(handle output, uint64_t span) {
  handle both[2] = {output_subscribe(output), subscribe_duration(span)};
  struct {
    const uint32_t *at;
    uint32_t count;
  } ready;
  poll(both, 2, &ready);
  bool has_room = ready.at[0] == 0;
  drop_pollable(both[0]), drop_pollable(both[1]);
  return has_room;
}

// Writes zeroes until no more fits for MS, and says so; then until it fails.
static text flooded(handle output, uint64_t span) {
  for (bool is_stuck = false;;) {
    size_or_error room;
    check_write(output, &room);
    if (room.tag) return stream_error_of(room.error);
    if (room.value) {
      done_or_error done;
      output_zeroes(output, room.value, &done);
      if (done.tag) return stream_error_of(done.error);
    } else if (is_stuck) {
      wait_for(output_subscribe(output));
    } else if (!has_room_in(output, span)) {
      say(TEXT("stuck")), is_stuck = true;
    }
  }
}

// HOST PORT MS: sends more than anybody takes.
static text tcp_flood(texts of) {
  handle_or_code socket;
  create_tcp(0, &socket);
  if (socket.tag) return fail(NAMES, socket.error);
  streams_or_code streams = connected(socket.value, parsed(of));
  if (streams.tag) return drop_tcp(socket.value), fail(NAMES, streams.error);
  text end = flooded(streams.value.output, number(argument(of, 2)) * MILLISECOND);
  drop_input(streams.value.input), drop_output(streams.value.output);
  return drop_tcp(socket.value), end;
}

// HOST PORT: connects, closes both ways, and prints what its streams say then.
static text tcp_shut(texts of) {
  handle_or_code socket;
  create_tcp(0, &socket);
  if (socket.tag) return fail(NAMES, socket.error);
  streams_or_code streams = connected(socket.value, parsed(of));
  if (streams.tag) return drop_tcp(socket.value), fail(NAMES, streams.error);
  code done;
  tcp_shutdown(socket.value, BOTH, &done);
  bytes_or_error some;
  size_or_error room;
  input_blocking_read(streams.value.input, 1, &some);
  check_write(streams.value.output, &room);
  text all = JOIN(of_code(done), TEXT(" "),
                  some.tag ? stream_error_of(some.error) : TEXT("open"), TEXT(" "),
                  room.tag ? stream_error_of(room.error) : TEXT("open"));
  drop_input(streams.value.input), drop_output(streams.value.output);
  return drop_tcp(socket.value), all;
}

static text of_size(size_or_code of) {
  return of.tag ? fail(NAMES, of.error) : decimal(of.value);
}

// Sets every option of a socket to what is given, and prints what it says then.
static text tcp_options(texts of) {
  handle_or_code socket;
  create_tcp(0, &socket);
  if (socket.tag) return fail(NAMES, socket.error);
  handle it = socket.value;
  uint32_t value = (uint32_t)number(argument(of, 0));
  code done[7], on, hops;
  tcp_set_keep_alive(it, 1, &done[0]);
  tcp_set_idle_time(it, value * 1000000000ull, &done[1]);
  tcp_set_interval(it, value * 1000000000ull, &done[2]);
  tcp_set_count(it, value, &done[3]);
  tcp_set_hops(it, value, &done[4]);
  tcp_set_receive_size(it, value * 1024, &done[5]);
  tcp_set_send_size(it, value * 1024, &done[6]);
  text all = TEXT("");
  for (uint32_t nth = 0; nth < 7; nth++) all = JOIN(all, of_code(done[nth]), TEXT(" "));
  size_or_code idle, interval, receive, send;
  count_or_code count;
  tcp_keep_alive(it, &on), tcp_idle_time(it, &idle), tcp_interval(it, &interval);
  tcp_count(it, &count), tcp_hops(it, &hops);
  tcp_receive_size(it, &receive), tcp_send_size(it, &send);
  uint32_t family = tcp_family(it);
  drop_tcp(it);
  return JOIN(all, decimal(family), TEXT(" "),
              on.tag ? of_code(on) : decimal(on.error), TEXT(" "), of_size(idle),
              TEXT(" "), of_size(interval), TEXT(" "),
              count.tag ? fail(NAMES, count.error) : decimal(count.value), TEXT(" "),
              hops.tag ? of_code(hops) : decimal(hops.error), TEXT(" "),
              of_size(receive), TEXT(" "), of_size(send));
}

static handle_or_code bound_udp(ipv4 address) {
  handle_or_code socket;
  create_udp(0, &socket);
  if (socket.tag) return socket;
  code done;
  handle network = instance_network();
  udp_start_bind(socket.value, network, PASS_ADDRESS(address), &done);
  drop_network(network);
  if (!done.tag) AWAIT(done, udp_subscribe, socket.value, udp_finish_bind(socket.value, &done));
  if (done.tag) drop_udp(socket.value);
  return done.tag ? (handle_or_code){1, .error = done.error} : socket;
}

static size_or_code sent(handle output, outgoing_datagram one) {
  size_or_code room, count;
  for (;;) {
    udp_check_send(output, &room);
    if (room.tag) return room;
    if (room.value) break;
    wait_for(outgoing_subscribe(output));
  }
  return udp_send(output, &one, 1, &count), count;
}

static datagrams_or_code received(handle input) {
  datagrams_or_code some;
  for (;;) {
    udp_receive(input, 1, &some);
    if (some.tag ? some.error != WOULD_BLOCK : some.value.count > 0) return some;
    wait_for(incoming_subscribe(input));
  }
}

// HOST PORT TEXT: sends a datagram, and prints the first that comes back.
static text udp_ask(texts of) {
  handle_or_code socket = bound_udp((ipv4){0, {127, 0, 0, 1}});
  if (socket.tag) return fail(NAMES, socket.error);
  ipv4 to = parsed(of);
  streams_or_code streams;
  udp_stream(socket.value, 1, PASS_ADDRESS(to), &streams);
  if (streams.tag) return fail(NAMES, streams.error);
  address_or_code remote;
  udp_remote(socket.value, &remote);
  say(of_address(remote));
  size_or_code count =
      sent(streams.value.output, (outgoing_datagram){.data = argument(of, 2)});
  if (count.tag) return fail(NAMES, count.error);
  datagrams_or_code some = received(streams.value.input);
  drop_incoming(streams.value.input), drop_outgoing(streams.value.output);
  drop_udp(socket.value);
  return some.tag ? fail(NAMES, some.error) : some.value.at[0].data;
}

// HOST PORT: prints where it is, and sends the first datagram back.
static text udp_serve(texts of) {
  handle_or_code socket = bound_udp(parsed(of));
  if (socket.tag) return fail(NAMES, socket.error);
  streams_or_code streams;
  ipv4 nobody = {0, {0}};
  udp_stream(socket.value, 0, PASS_ADDRESS(nobody), &streams);
  if (streams.tag) return fail(NAMES, streams.error);
  address_or_code local;
  udp_local(socket.value, &local);
  say(join(TEXT("listens "), of_address(local)));
  datagrams_or_code some = received(streams.value.input);
  if (some.tag) return fail(NAMES, some.error);
  datagram one = some.value.at[0];
  size_or_code count =
      sent(streams.value.output, (outgoing_datagram){one.data, 1, one.from});
  drop_incoming(streams.value.input), drop_outgoing(streams.value.output);
  drop_udp(socket.value);
  return count.tag ? fail(NAMES, count.error) : one.data;
}

static text udp_options(texts of) {
  handle_or_code socket;
  create_udp(0, &socket);
  if (socket.tag) return fail(NAMES, socket.error);
  handle it = socket.value;
  uint32_t value = (uint32_t)number(argument(of, 0));
  code done[3], hops;
  udp_set_hops(it, value, &done[0]);
  udp_set_receive_size(it, value * 1024, &done[1]);
  udp_set_send_size(it, value * 1024, &done[2]);
  text all = JOIN(of_code(done[0]), TEXT(" "), of_code(done[1]), TEXT(" "),
                  of_code(done[2]), TEXT(" "));
  size_or_code receive, send;
  udp_hops(it, &hops), udp_receive_size(it, &receive), udp_send_size(it, &send);
  uint32_t family = udp_family(it);
  drop_udp(it);
  return JOIN(all, decimal(family), TEXT(" "),
              hops.tag ? of_code(hops) : decimal(hops.error), TEXT(" "),
              of_size(receive), TEXT(" "), of_size(send));
}

// NAME: prints its addresses; of IPv6 only that there is one.
static text lookup(texts of) {
  handle network = instance_network();
  handle_or_code addresses;
  text name = argument(of, 0), all = TEXT("");
  resolve_addresses(network, PASS(name), &addresses);
  drop_network(network);
  if (addresses.tag) return fail(NAMES, addresses.error);
  for (;;) {
    ip_or_code next;
    AWAIT(next, lookup_subscribe, addresses.value, next_address(addresses.value, &next));
    if (next.tag) return drop_addresses(addresses.value), fail(NAMES, next.error);
    if (!next.value.is_there) break;
    text one = next.value.ip.tag ? TEXT("ipv6") : of_bytes(next.value.ip.four);
    all = JOIN(all, all.size ? TEXT(" ") : TEXT(""), one);
  }
  drop_addresses(addresses.value);
  return all;
}

#define DO(name, function) {{name, sizeof(name) - 1}, function}

const operation OPERATIONS[] = {
    DO("tcp-ask", tcp_ask),         DO("tcp-serve", tcp_serve),
    DO("tcp-find", tcp_find),
    DO("tcp-ignore", tcp_ignore),   DO("tcp-flood", tcp_flood),
    DO("tcp-shut", tcp_shut),       DO("tcp-options", tcp_options),
    DO("udp-ask", udp_ask),         DO("udp-serve", udp_serve),
    DO("udp-options", udp_options), DO("lookup", lookup),
    {{0, 0}, 0},
};
