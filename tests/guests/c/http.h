// wasi:http/types and wasi:http/outgoing-handler, flattened, and a request.

#ifndef HTTP_H
#define HTTP_H

#include "wasi.h"

// A result without an error to tell.
typedef struct {
  uint8_t tag;
  handle value;
} handle_result;

// An error code: which, and what it carries, unread.
typedef struct {
  uint8_t tag;
  uint64_t carried[3];
} http_error;

typedef struct {
  uint8_t tag;
  union {
    handle value;
    http_error error;
  };
} handle_or_http_error;

typedef struct {
  uint8_t tag;
  http_error error;
} done_or_http_error;

// Of a future: whether it is there, whether it was not taken before, and it.
typedef struct {
  uint8_t is_there;
  struct {
    uint8_t was_taken;
    handle_or_http_error value;
  };
} response_future;

typedef struct {
  uint8_t is_there;
  struct {
    uint8_t was_taken;
    struct {
      uint8_t tag;
      union {
        handle_option value;
        http_error error;
      };
    } value;
  };
} trailers_future;

typedef struct {
  text name, value;
} field;

typedef struct {
  const field *at;
  uint32_t count;
} field_list;

typedef struct {
  uint8_t tag;
  text other;
} named;

typedef struct {
  uint8_t tag;
  named value;
} named_option;

#define HTTP(name) WASI("http/types", name)
#define FIELDS(name) HTTP("[method]fields." name)
HTTP("[constructor]fields") handle new_fields(void);
HTTP("[static]fields.from-list")
void fields_from_list(const field *at, uint32_t count, handle_or_code *out);
FIELDS("get") void fields_get(handle fields, BYTES(name), texts *out);
FIELDS("has") bool fields_has(handle fields, BYTES(name));
FIELDS("set")
void fields_set(handle fields, BYTES(name), const text *at, uint32_t count, code *out);
FIELDS("delete") void fields_delete(handle fields, BYTES(name), code *out);
FIELDS("append") void fields_append(handle fields, BYTES(name), BYTES(value), code *out);
FIELDS("entries") void fields_entries(handle fields, field_list *out);
FIELDS("clone") handle fields_clone(handle fields);
HTTP("[resource-drop]fields") void drop_fields(handle fields);

#define INCOMING_REQUEST(name) HTTP("[method]incoming-request." name)
INCOMING_REQUEST("method") void request_method(handle request, named *out);
INCOMING_REQUEST("path-with-query") void request_path(handle request, text_option *out);
INCOMING_REQUEST("scheme") void request_scheme(handle request, named_option *out);
INCOMING_REQUEST("authority") void request_authority(handle request, text_option *out);
INCOMING_REQUEST("headers") handle request_headers(handle request);
INCOMING_REQUEST("consume") void request_consume(handle request, handle_result *out);
HTTP("[resource-drop]incoming-request") void drop_request(handle request);

#define OUTGOING_REQUEST(name) HTTP("[method]outgoing-request." name)
HTTP("[constructor]outgoing-request") handle new_request(handle headers);
OUTGOING_REQUEST("set-method") bool set_method(handle request, uint32_t tag, BYTES(other));
OUTGOING_REQUEST("set-path-with-query")
bool set_path(handle request, uint32_t is_there, BYTES(path));
OUTGOING_REQUEST("set-scheme")
bool set_scheme(handle request, uint32_t is_there, uint32_t tag, BYTES(other));
OUTGOING_REQUEST("set-authority")
bool set_authority(handle request, uint32_t is_there, BYTES(authority));
OUTGOING_REQUEST("body") void request_body(handle request, handle_result *out);

#define OPTIONS(name) HTTP("[method]request-options." name)
HTTP("[constructor]request-options") handle new_options(void);
OPTIONS("set-connect-timeout")
bool set_connect_timeout(handle options, uint32_t is_there, uint64_t span);
OPTIONS("set-first-byte-timeout")
bool set_first_byte_timeout(handle options, uint32_t is_there, uint64_t span);
OPTIONS("set-between-bytes-timeout")
bool set_between_bytes_timeout(handle options, uint32_t is_there, uint64_t span);

#define OUTGOING_BODY(name) HTTP("[method]outgoing-body." name)
OUTGOING_BODY("write") void body_write(handle body, handle_result *out);
HTTP("[static]outgoing-body.finish")
void finish_body(handle body, uint32_t has_trailers, handle trailers,
                 done_or_http_error *out);

#define INCOMING_BODY(name) HTTP("[method]incoming-body." name)
INCOMING_BODY("stream") void body_stream(handle body, handle_result *out);
HTTP("[static]incoming-body.finish") handle body_trailers(handle body);
HTTP("[resource-drop]incoming-body") void drop_incoming_body(handle body);

#define TRAILERS(name) HTTP("[method]future-trailers." name)
TRAILERS("subscribe") handle trailers_subscribe(handle future);
TRAILERS("get") void trailers_get(handle future, trailers_future *out);
HTTP("[resource-drop]future-trailers") void drop_trailers(handle future);

#define RESPONSE_FUTURE(name) HTTP("[method]future-incoming-response." name)
RESPONSE_FUTURE("subscribe") handle response_subscribe(handle future);
RESPONSE_FUTURE("get") void response_get(handle future, response_future *out);
HTTP("[resource-drop]future-incoming-response") void drop_response_future(handle future);

#define INCOMING_RESPONSE(name) HTTP("[method]incoming-response." name)
INCOMING_RESPONSE("status") uint32_t response_status(handle response);
INCOMING_RESPONSE("headers") handle response_headers(handle response);
INCOMING_RESPONSE("consume") void response_consume(handle response, handle_result *out);
HTTP("[resource-drop]incoming-response") void drop_response(handle response);

WASI("http/outgoing-handler", "handle")
void send_request(handle request, uint32_t has_options, handle options,
                  handle_or_http_error *out);

// The name of an error code.
text http_error_name(http_error error);

// A request for `method` and `url` (scheme, authority and path) with the
// headers, which it takes. 0 when the host refuses a part of it.
handle request_to(text method, text url, handle headers);

// Waits for the response.
handle_or_http_error response_of(handle future);

// Ends a body that was read to its end; gives its trailers, if it has any.
handle_option trailers_of(handle body);

// `name: value`, a line for each. Drops the fields.
text field_lines(handle fields);

#endif
