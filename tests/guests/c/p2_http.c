// A command of wasi:http/outgoing-handler. It prints the status, the headers
// and the body of a response, and its trailers.

#include "command.h"
#include "http.h"

WASI("cli/stdin", "get-stdin") handle get_stdin(void);

#define MILLISECOND 1000000ull

// The header fields of arguments `name: value`, from `first` on.
static handle_or_code headers_of(texts of, uint32_t first) {
  handle headers = new_fields();
  code done;
  for (uint32_t nth = first; nth < of.count; nth++) {
    text value = of.at[nth], name = cut(&value, ':');
    fields_append(headers, PASS(name), value.at + 1, value.size - 1, &done);
    if (done.tag) return drop_fields(headers), (handle_or_code){1, .error = done.error};
  }
  return (handle_or_code){.value = headers};
}

static text header_error(uint32_t error) {
  return fail(TEXT("invalid-syntax forbidden immutable"), error);
}

static text show_body(handle body) {
  handle_result input;
  body_stream(body, &input);
  if (input.tag) return fail_with(TEXT("no stream"));
  handle output = get_stdout();
  bool is_moved = move_all(input.value, output);
  drop_output(output), drop_input(input.value);
  if (!is_moved) return drop_incoming_body(body), fail_with(TEXT("broken off"));
  handle_option trailers = trailers_of(body);
  return trailers.tag ? join(TEXT("\n"), field_lines(trailers.value)) : TEXT("");
}

static text show(handle_or_http_error response) {
  if (response.tag) return fail_with(http_error_name(response.error));
  uint32_t status = response_status(response.value);
  text headers = field_lines(response_headers(response.value));
  say(JOIN(decimal(status), TEXT("\n"), headers));
  handle_result body;
  response_consume(response.value, &body);
  text rest = body.tag ? fail_with(TEXT("no body")) : show_body(body.value);
  drop_response(response.value);
  return rest;
}

// A request under way, and where its body is written to.
typedef struct {
  handle future, body, output;
} request;

static request begin(handle outgoing, handle_option options, handle_or_http_error *sent) {
  handle_result body, output;
  request_body(outgoing, &body);
  if (body.tag) __builtin_trap();
  send_request(outgoing, options.tag, options.value, sent);
  body_write(body.value, &output);
  if (output.tag) __builtin_trap();
  return (request){sent->value, body.value, output.value};
}

static text finish(request of, handle_option trailers) {
  done_or_http_error done;
  drop_output(of.output);
  finish_body(of.body, trailers.tag, trailers.value, &done);
  if (done.tag) return fail_with(http_error_name(done.error));
  return show(response_of(of.future));
}

#define NONE ((handle_option){0, 0})
#define BEGIN(method, url, first, options)                             \
  handle_or_code headers = headers_of(of, first);                      \
  if (headers.tag) return header_error(headers.error);                 \
  handle outgoing = request_to(method, url, headers.value);            \
  if (!outgoing) return fail_with(TEXT("refused"));                    \
  handle_or_http_error sent;                                           \
  request it = begin(outgoing, options, &sent);                        \
  if (sent.tag) return fail_with(http_error_name(sent.error))

// URL [NAME: VALUE ...]
static text get(texts of) {
  BEGIN(TEXT("GET"), argument(of, 0), 1, NONE);
  return finish(it, NONE);
}

// METHOD URL [NAME: VALUE ...]: the body is standard input.
static text send(texts of) {
  BEGIN(argument(of, 0), argument(of, 1), 2, NONE);
  handle input = get_stdin();
  bool is_moved = move_all(input, it.output);
  drop_input(input);
  if (!is_moved) say(TEXT("not all was sent"));
  return finish(it, NONE);
}

// METHOD URL SIZE [NAME: VALUE ...]: the body is so many zeroes.
static text upload(texts of) {
  BEGIN(argument(of, 0), argument(of, 1), 3, NONE);
  uint64_t left = number(argument(of, 2));
  done_or_error done = {0};
  while (left && !done.tag) {
    uint64_t size = left < 4096 ? left : 4096;
    output_blocking_zeroes(it.output, size, &done);
    left -= size;
  }
  if (done.tag) say(JOIN(decimal(left), TEXT(" not sent")));
  return finish(it, NONE);
}

// METHOD URL BODY NAME VALUE: with a trailer.
static text send_trailers(texts of) {
  BEGIN(argument(of, 0), argument(of, 1), UINT32_MAX, NONE);
  write_all(it.output, argument(of, 2));
  handle_option trailers = {1, new_fields()};
  text name = argument(of, 3), value = argument(of, 4);
  code done;
  fields_append(trailers.value, PASS(name), PASS(value), &done);
  return done.tag ? header_error(done.error) : finish(it, trailers);
}

// URL CONNECT FIRST BETWEEN: timeouts in milliseconds.
static text get_in_time(texts of) {
  handle_option options = {1, new_options()};
  set_connect_timeout(options.value, 1, number(argument(of, 1)) * MILLISECOND);
  set_first_byte_timeout(options.value, 1, number(argument(of, 2)) * MILLISECOND);
  set_between_bytes_timeout(options.value, 1, number(argument(of, 3)) * MILLISECOND);
  BEGIN(TEXT("GET"), argument(of, 0), UINT32_MAX, options);
  return finish(it, NONE);
}

// URL: drops the response without a look at its body.
static text abandon(texts of) {
  BEGIN(TEXT("GET"), argument(of, 0), 1, NONE);
  done_or_http_error done;
  drop_output(it.output), finish_body(it.body, 0, 0, &done);
  handle_or_http_error response = response_of(it.future);
  if (response.tag) return fail_with(http_error_name(response.error));
  uint32_t status = response_status(response.value);
  drop_response(response.value);
  return decimal(status);
}

static text of_header_code(code done) {
  text names = TEXT("ok invalid-syntax forbidden immutable");
  for (uint32_t nth = 0; done.tag && nth <= done.error; nth++) cut(&names, ' ');
  return cut(&names, ' ');
}

// What header fields do, one operation a line.
static text fields(texts of) {
  (void)of;
  field pairs[] = {{TEXT("A"), TEXT("1")}, {TEXT("b"), TEXT("2")}, {TEXT("a"), TEXT("3")}};
  handle_or_code made;
  fields_from_list(pairs, 3, &made);
  if (made.tag) return header_error(made.error);
  texts values;
  fields_get(made.value, PASS(TEXT("a")), &values);
  say(join_list(values, TEXT(",")));
  code done;
  text both[] = {TEXT("4"), TEXT("5")};
  fields_set(made.value, PASS(TEXT("b")), both, 2, &done);
  say(of_header_code(done));
  handle copy = fields_clone(made.value);
  fields_delete(made.value, PASS(TEXT("A")), &done);
  say(of_header_code(done));
  say(fields_has(made.value, PASS(TEXT("a"))) ? TEXT("has a") : TEXT("has no a"));
  fields_append(made.value, PASS(TEXT("bad name")), PASS(TEXT("")), &done);
  say(of_header_code(done));
  fields_append(made.value, PASS(TEXT("connection")), PASS(TEXT("close")), &done);
  say(of_header_code(done));
  say(field_lines(made.value));
  return field_lines(copy);
}

#define DO(name, function) {{name, sizeof(name) - 1}, function}

const operation OPERATIONS[] = {
    DO("get", get),
    DO("send", send),
    DO("upload", upload),
    DO("trailers", send_trailers),
    DO("timeouts", get_in_time),
    DO("abandon", abandon),
    DO("fields", fields),
    {{0, 0}, 0},
};
