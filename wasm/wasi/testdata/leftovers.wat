;; Ends with a stream and its pollable in hand, the pollable with the lower
;; number; gives the stream up before its pollable; or waits for decades.
(component
  (import "wasi:io/poll@0.2.0" (instance $poll
    (export $p "pollable" (type (sub resource)))
    (export "[method]pollable.block" (func (param "self" (borrow $p))))))
  (alias export $poll "pollable" (type $pollable))
  (import "wasi:io/streams@0.2.0" (instance $streams
    (export $input "input-stream" (type (sub resource)))
    (alias outer 1 $pollable (type $outer))
    (export $p "pollable" (type (eq $outer)))
    (export "[method]input-stream.subscribe"
      (func (param "self" (borrow $input)) (result (own $p))))))
  (alias export $streams "input-stream" (type $input-stream))
  (import "wasi:cli/stdin@0.2.0" (instance $stdin
    (alias outer 1 $input-stream (type $outer))
    (export $i "input-stream" (type (eq $outer)))
    (export "get-stdin" (func (result (own $i))))))

  (import "wasi:clocks/monotonic-clock@0.2.0" (instance $clock
    (alias outer 1 $pollable (type $outer))
    (export $p "pollable" (type (eq $outer)))
    (export "subscribe-duration"
      (func (param "when" u64) (result (own $p))))))

  (core func $block (canon lower (func $poll "[method]pollable.block")))
  (core func $after (canon lower (func $clock "subscribe-duration")))
  (core func $drop (canon resource.drop $input-stream))
  (core func $get (canon lower (func $stdin "get-stdin")))
  (core func $subscribe
    (canon lower (func $streams "[method]input-stream.subscribe")))

  (core module $main
    (import "host" "after" (func $after (param i64) (result i32)))
    (import "host" "block" (func $block (param i32)))
    (import "host" "drop" (func $drop (param i32)))
    (import "host" "get" (func $get (result i32)))
    (import "host" "subscribe" (func $subscribe (param i32) (result i32)))
    (func (export "leave") (local $first i32) (local $second i32)
      (local.set $first (call $get))
      (local.set $second (call $get))
      (call $drop (local.get $first))
      (if (i32.ge_u (call $subscribe (local.get $second)) (local.get $second))
        (then unreachable)))
    (func (export "wait")
      (call $block (call $after (i64.const 1_000_000_000_000_000_000))))
    (func (export "drop-early") (local $stream i32)
      (local.set $stream (call $get))
      (drop (call $subscribe (local.get $stream)))
      (call $drop (local.get $stream))))

  (core instance $host
    (export "after" (func $after))
    (export "block" (func $block))
    (export "drop" (func $drop))
    (export "get" (func $get))
    (export "subscribe" (func $subscribe)))
  (core instance $instance (instantiate $main (with "host" (instance $host))))
  (func (export "leave") (canon lift (core func $instance "leave")))
  (func (export "wait") (canon lift (core func $instance "wait")))
  (func (export "drop-early") (canon lift (core func $instance "drop-early"))))
