;; A command that copies /dir/from to /dir/to, prints what it copies, sleeps a
;; millisecond, prints a line of its input, and exits with 1 when that is empty.
(module
  (import "wasi_snapshot_preview1" "path_open"
    (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read"
    (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write"
    (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff"
    (func $poll (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "fromto")
  ;; A subscription of the monotonic clock: one million nanoseconds from now.
  (data (i32.const 128) "\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\01\00\00\00\00\00\00\00\40\42\0f\00\00\00\00\00")

  (func $must (param $errno i32)
    (if (local.get $errno) (then unreachable)))

  ;; The buffer of all transfers is at 1024, its vector at 16.
  (func $buffer (param $size i32)
    (i32.store (i32.const 16) (i32.const 1024))
    (i32.store (i32.const 20) (local.get $size)))

  (func $take (param $fd i32) (result i32)
    (call $buffer (i32.const 1000))
    (call $must (call $read (local.get $fd) (i32.const 16) (i32.const 1) (i32.const 24)))
    (i32.load (i32.const 24)))

  (func $put (param $fd i32) (param $size i32)
    (call $buffer (local.get $size))
    (call $must (call $write (local.get $fd) (i32.const 16) (i32.const 1) (i32.const 24))))

  (func (export "_start") (local $size i32)
    (call $must (call $open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 4)
      (i32.const 0) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 32)))
    (call $must (call $open (i32.const 3) (i32.const 0) (i32.const 4) (i32.const 2)
      (i32.const 9) (i64.const 64) (i64.const 0) (i32.const 0) (i32.const 36)))
    (local.set $size (call $take (i32.load (i32.const 32))))
    (call $put (i32.load (i32.const 36)) (local.get $size))
    (call $put (i32.const 1) (local.get $size))
    (call $must (call $poll (i32.const 128) (i32.const 256) (i32.const 1) (i32.const 24)))
    (local.set $size (call $take (i32.const 0)))
    (call $put (i32.const 2) (local.get $size))
    (if (i32.eqz (local.get $size)) (then (call $exit (i32.const 1))))))
