#include "http.h"

#define METHODS TEXT("GET HEAD POST PUT DELETE CONNECT OPTIONS TRACE PATCH")
#define METHOD_OTHER 9

text http_error_name(http_error error) {
  text names = TEXT(
      "DNS-timeout DNS-error destination-not-found destination-unavailable "
      "destination-IP-prohibited destination-IP-unroutable connection-refused "
      "connection-terminated connection-timeout connection-read-timeout "
      "connection-write-timeout connection-limit-reached TLS-protocol-error "
      "TLS-certificate-error TLS-alert-received HTTP-request-denied "
      "HTTP-request-length-required HTTP-request-body-size "
      "HTTP-request-method-invalid HTTP-request-URI-invalid "
      "HTTP-request-URI-too-long HTTP-request-header-section-size "
      "HTTP-request-header-size HTTP-request-trailer-section-size "
      "HTTP-request-trailer-size HTTP-response-incomplete "
      "HTTP-response-header-section-size HTTP-response-header-size "
      "HTTP-response-body-size HTTP-response-trailer-section-size "
      "HTTP-response-trailer-size HTTP-response-transfer-coding "
      "HTTP-response-content-coding HTTP-response-timeout HTTP-upgrade-failed "
      "HTTP-protocol-error loop-detected configuration-error internal-error");
  for (uint32_t nth = 0; nth < error.tag; nth++) cut(&names, ' ');
  return cut(&names, ' ');
}

static bool set_named_method(handle request, text method) {
  text names = METHODS;
  for (uint32_t tag = 0; tag < METHOD_OTHER; tag++)
    if (is_same(cut(&names, ' '), method))
      return set_method(request, tag, PASS(TEXT("")));
  return set_method(request, METHOD_OTHER, PASS(method));
}

static bool set_named_scheme(handle request, text scheme) {
  bool is_http = is_same(scheme, TEXT("http"));
  if (is_http || is_same(scheme, TEXT("https")))
    return set_scheme(request, 1, !is_http, PASS(TEXT("")));
  return set_scheme(request, 1, 2, PASS(scheme));
}

handle request_to(text method, text url, handle headers) {
  handle request = new_request(headers);
  text scheme = cut(&url, ':');
  url = (text){url.at + 2, url.size - 2};
  text authority = cut(&url, '/');
  text path = join(TEXT("/"), url);
  bool is_refused =
      set_named_method(request, method) || set_named_scheme(request, scheme) ||
      set_authority(request, 1, PASS(authority)) || set_path(request, 1, PASS(path));
  return is_refused ? 0 : request;
}

handle_or_http_error response_of(handle future) {
  wait_for(response_subscribe(future));
  response_future of;
  response_get(future, &of);
  if (!of.is_there || of.was_taken) __builtin_trap();
  drop_response_future(future);
  return of.value;
}

handle_option trailers_of(handle body) {
  handle future = body_trailers(body);
  wait_for(trailers_subscribe(future));
  trailers_future of;
  trailers_get(future, &of);
  if (!of.is_there || of.was_taken) __builtin_trap();
  drop_trailers(future);
  return of.value.tag ? (handle_option){0, 0} : of.value.value;
}

text field_lines(handle fields) {
  field_list all;
  fields_entries(fields, &all);
  text *lines = allocate(all.count * sizeof(text), alignof(text));
  for (uint32_t nth = 0; nth < all.count; nth++)
    lines[nth] = JOIN(all.at[nth].name, TEXT(": "), all.at[nth].value, TEXT("\n"));
  drop_fields(fields);
  return join_list((texts){lines, all.count}, TEXT(""));
}
