;; A message is the decimal pid to answer, a line end, and what to send back.
;; Ends when a message has no line end.
(module
  (import "rusm:runtime/actor@0.1.0" "receive" (func $receive (param i32)))
  (import "rusm:runtime/actor@0.1.0" "send" (func $send (param i64 i32 i32)))
  (memory (export "memory") 1)

  ;; The result of receive is at 0: where the message is, and its size.
  (global $start i32 (i32.const 16))
  (global $next (mut i32) (i32.const 16))

  (func (export "cabi_realloc") (param $old i32) (param $old-size i32)
    (param $align i32) (param $size i32) (result i32)
    (local $at i32)
    (local.set $at
      (i32.and
        (i32.add (global.get $next) (i32.sub (local.get $align) (i32.const 1)))
        (i32.sub (i32.const 0) (local.get $align))))
    (global.set $next (i32.add (local.get $at) (local.get $size)))
    (if (i32.lt_u (global.get $next) (local.get $at)) (then (unreachable)))
    (call $reserve (global.get $next))
    (memory.copy (local.get $at) (local.get $old) (local.get $old-size))
    (local.get $at))

  (func $reserve (param $end i32)
    (local $pages i32)
    (local.set $pages
      (i32.sub (i32.shr_u (local.get $end) (i32.const 16)) (memory.size)))
    (if (i32.ge_s (local.get $pages) (i32.const 0))
      (then
        (if (i32.eq
              (memory.grow (i32.add (local.get $pages) (i32.const 1)))
              (i32.const -1))
          (then (unreachable))))))

  ;; The pid in front of the line end, and where the line end is; 0 if there is none.
  (func $parse (param $at i32) (param $end i32) (result i64 i32)
    (local $pid i64)
    (local $byte i32)
    (loop $more
      (if (i32.eq (local.get $at) (local.get $end))
        (then (return (i64.const 0) (i32.const 0))))
      (local.set $byte (i32.load8_u (local.get $at)))
      (if (i32.eq (local.get $byte) (i32.const 10))
        (then (return (local.get $pid) (local.get $at))))
      (local.set $pid
        (i64.add
          (i64.mul (local.get $pid) (i64.const 10))
          (i64.extend_i32_u (i32.sub (local.get $byte) (i32.const 48)))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br $more))
    (unreachable))

  (func (export "run")
    (local $pid i64)
    (local $end i32)
    (local $at i32)
    (loop $more
      (global.set $next (global.get $start))
      (call $receive (i32.const 0))
      (local.set $end
        (i32.add (i32.load (i32.const 0)) (i32.load (i32.const 4))))
      (call $parse (i32.load (i32.const 0)) (local.get $end))
      (local.set $at)
      (local.set $pid)
      (if (i32.eqz (local.get $at)) (then (return)))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (call $send
        (local.get $pid)
        (local.get $at)
        (i32.sub (local.get $end) (local.get $at)))
      (br $more))))
