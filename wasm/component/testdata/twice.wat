;; One module twice: what it imports the host gives it one time, and another
;; module the other. It imports by names that mean something to objects of JavaScript.
(component
  (import "test:c/host@0.1.0" (instance $host
    (export "log" (func (param "n" u32)))
    (export "wait" (func (param "n" u32) (result u32)))))
  (core func $log (canon lower (func $host "log")))
  (core func $wait (canon lower (func $host "wait")))
  (core module $between
    (import "h" "log" (func $log (param i32)))
    (import "h" "wait" (func $wait (param i32) (result i32)))
    (func (export "keys") (param i32)
      (call $log (i32.add (local.get 0) (i32.const 1000))))
    (func (export "wait") (param i32) (result i32)
      (call $wait (i32.add (local.get 0) (i32.const 2000)))))
  (core module $main
    (import "constructor" "keys" (func $log (param i32)))
    (import "constructor" "wait" (func $wait (param i32) (result i32)))
    (func (export "run") (call $log (call $wait (i32.const 7)))))
  (core instance $between (instantiate $between (with "h" (instance
    (export "log" (func $log)) (export "wait" (func $wait))))))
  (core instance $one (instantiate $main (with "constructor" (instance
    (export "keys" (func $log)) (export "wait" (func $wait))))))
  (core instance $other (instantiate $main (with "constructor" (instance $between))))
  (func (export "one") (canon lift (core func $one "run")))
  (func (export "other") (canon lift (core func $other "run"))))
