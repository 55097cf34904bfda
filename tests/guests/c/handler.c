// wasi:http/incoming-handler: what a request gets is chosen by its path. What
// follows a question mark is the argument.

#include "http.h"

#define MILLISECOND 1000000ull
#define CHUNK 4096

#define RESPONSE(name) HTTP("[method]outgoing-response." name)
HTTP("[constructor]outgoing-response") handle new_response(handle headers);
RESPONSE("set-status-code") bool set_status(handle response, uint32_t status);
RESPONSE("body") void response_body(handle response, handle_result *out);

// A response, or an error: its code without what it carries.
HTTP("[static]response-outparam.set")
void answer(handle to, uint32_t is_error, uint32_t value, uint32_t a, uint64_t b,
            uint32_t c, uint32_t d, uint32_t e, uint32_t f);

WASI("clocks/monotonic-clock", "subscribe-duration") handle subscribe_duration(uint64_t span);

// A request, where its answer goes, and what its path says.
typedef struct {
  handle request, to;
  text path, argument;
} exchange;

// The body of an answer, and where it is written to.
typedef struct {
  handle body, output;
} answer_body;

static void refuse(exchange of) {
  enum { INTERNAL_ERROR = 38 };
  answer(of.to, 1, INTERNAL_ERROR, 0, 0, 0, 0, 0, 0);
}

static answer_body begin(exchange of, uint32_t status, handle headers) {
  handle response = new_response(headers);
  handle_result body, output;
  if (set_status(response, status)) __builtin_trap();
  response_body(response, &body);
  answer(of.to, 0, response, 0, 0, 0, 0, 0, 0);
  body_write(body.value, &output);
  if (body.tag || output.tag) __builtin_trap();
  return (answer_body){body.value, output.value};
}

static void finish(answer_body of, handle_option trailers) {
  done_or_http_error done;
  drop_output(of.output);
  finish_body(of.body, trailers.tag, trailers.value, &done);
}

#define NONE ((handle_option){0, 0})

static handle header(text name, text value) {
  handle headers = new_fields();
  code done;
  fields_append(headers, PASS(name), PASS(value), &done);
  if (done.tag) __builtin_trap();
  return headers;
}

static handle plain(void) { return header(TEXT("content-type"), TEXT("text/plain")); }

static void answer_text(exchange of, uint32_t status, text words) {
  answer_body body = begin(of, status, plain());
  write_all(body.output, words);
  finish(body, NONE);
}

static handle_result body_of(exchange of) {
  handle_result body;
  request_consume(of.request, &body);
  return body;
}

static handle input_of(handle body) {
  handle_result input;
  body_stream(body, &input);
  if (input.tag) __builtin_trap();
  return input.value;
}

static void hello(exchange of) { answer_text(of, 200, TEXT("hello")); }

static void status(exchange of) {
  answer_text(of, (uint32_t)number(of.argument), of.argument);
}

// Sends the body back while it comes.
static void echo(exchange of) {
  handle_result incoming = body_of(of);
  handle input = input_of(incoming.value);
  answer_body body = begin(of, 200, plain());
  move_all(input, body.output);
  drop_input(input), drop_incoming_body(incoming.value);
  finish(body, NONE);
}

// Reads the body to its end, and tells how long it was.
static void size(exchange of) {
  handle_result incoming = body_of(of);
  handle input = input_of(incoming.value);
  uint64_t total = 0;
  for (text bytes;;) {
    uint32_t start = mark();
    if (!read_some(input, &bytes)) break;
    total += bytes.size;
    release(start);
  }
  drop_input(input), drop_incoming_body(incoming.value);
  answer_text(of, 200, decimal(total));
}

static text named_text(named of, text names) {
  for (uint32_t nth = 0; nth < of.tag; nth++) cut(&names, ' ');
  return names.size ? cut(&names, ' ') : of.other;
}

// Tells the request: method, scheme, authority, path and headers.
static void headers(exchange of) {
  named method;
  named_option scheme;
  text_option authority;
  request_method(of.request, &method);
  request_scheme(of.request, &scheme);
  request_authority(of.request, &authority);
  text verb = named_text(method, TEXT("GET HEAD POST PUT DELETE CONNECT OPTIONS TRACE PATCH"));
  text kind = scheme.tag ? named_text(scheme.value, TEXT("http https")) : TEXT("none");
  text host = authority.tag ? authority.value : TEXT("none");
  text query = of.argument.size ? join(TEXT("?"), of.argument) : TEXT("");
  answer_text(of, 200, JOIN(verb, TEXT(" "), kind, TEXT(" "), host, TEXT(" "), of.path,
                            query, TEXT("\n"), field_lines(request_headers(of.request))));
}

// Tells the trailers of the request, and sends one.
static void trailers(exchange of) {
  handle_result incoming = body_of(of);
  handle input = input_of(incoming.value);
  for (text bytes; read_some(input, &bytes);)
    ;
  drop_input(input);
  handle_option given = trailers_of(incoming.value);
  answer_body body = begin(of, 200, header(TEXT("trailer"), TEXT("x-end")));
  write_all(body.output, given.tag ? field_lines(given.value) : TEXT("none"));
  finish(body, (handle_option){1, header(TEXT("x-end"), TEXT("reached"))});
}

// Sends so many MiB of zeroes.
static void big(exchange of) {
  answer_body body = begin(of, 200, plain());
  uint64_t left = number(of.argument) << 20;
  done_or_error done = {0};
  for (; left && !done.tag; left -= CHUNK) output_blocking_zeroes(body.output, CHUNK, &done);
  finish(body, NONE);
}

// Sends a chunk every so many milliseconds, until nobody takes them.
static void slow(exchange of) {
  answer_body body = begin(of, 200, plain());
  while (write_all(body.output, TEXT("tick\n")))
    wait_for(subscribe_duration(number(of.argument) * MILLISECOND));
  finish(body, NONE);
}

// Promises ten bytes and sends five.
static void half(exchange of) {
  answer_body body = begin(of, 200, header(TEXT("content-length"), TEXT("10")));
  write_all(body.output, TEXT("12345"));
  finish(body, NONE);
}

static void trap(exchange of) {
  (void)of;
  __builtin_trap();
}

static void trap_later(exchange of) {
  answer_body body = begin(of, 200, plain());
  write_all(body.output, TEXT("and then"));
  __builtin_trap();
}

static void hang(exchange of) {
  (void)of, wait_for(subscribe_duration(3600 * 1000 * MILLISECOND));
}

static void spin(exchange of) {
  (void)of;
  for (;;) __asm__ volatile("");
}

static void say_nothing(exchange of) { (void)of; }

static void answer_twice(exchange of) {
  hello(of);
  hello(of);
}

static handle_or_http_error fetched(text url) {
  handle request = request_to(TEXT("GET"), url, new_fields());
  handle_or_http_error sent;
  if (!request) return (handle_or_http_error){1, .error = {.tag = 0}};
  send_request(request, 0, 0, &sent);
  return sent.tag ? sent : response_of(sent.value);
}

// Asks another server, and sends on what it answers.
static void outgoing(exchange of) {
  handle_or_http_error response = fetched(of.argument);
  if (response.tag) return answer_text(of, 502, http_error_name(response.error));
  handle_result incoming;
  response_consume(response.value, &incoming);
  handle input = input_of(incoming.value);
  answer_body body = begin(of, response_status(response.value), plain());
  move_all(input, body.output);
  drop_input(input), drop_incoming_body(incoming.value), drop_response(response.value);
  finish(body, NONE);
}

static const struct {
  text path;
  void (*handle)(exchange of);
} ROUTES[] = {
#define DO(path, function) {{path, sizeof(path) - 1}, function}
    DO("/hello", hello),       DO("/status", status),
    DO("/echo", echo),         DO("/size", size),
    DO("/headers", headers),   DO("/trailers", trailers),
    DO("/big", big),           DO("/slow", slow),
    DO("/half", half),         DO("/trap", trap),
    DO("/trap-later", trap_later), DO("/hang", hang),
    DO("/spin", spin),         DO("/nothing", say_nothing),
    DO("/twice", answer_twice), DO("/error", refuse),
    DO("/outgoing", outgoing),
};

static void dispatch(exchange of) {
  for (uint32_t nth = 0; nth < sizeof ROUTES / sizeof *ROUTES; nth++)
    if (is_same(ROUTES[nth].path, of.path)) return ROUTES[nth].handle(of);
  answer_text(of, 404, of.path);
}

EXPORT("wasi:http/incoming-handler@0.2.12#handle")
void handle_request(handle request, handle to) {
  text_option path;
  request_path(request, &path);
  text argument = path.tag ? path.value : TEXT("");
  text first = cut(&argument, '?');
  dispatch((exchange){request, to, first, argument});
  drop_request(request);
}
