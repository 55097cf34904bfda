;; Components in components: one is instantiated twice, one is given to another,
;; and all see modules, types and components of those around them.
(component $outer
  (type $text string)
  (type $pair (tuple u32 u32))
  (import "log" (func $log (param "text" $text)))
  (core module $memory
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024)))
  (component $adder
    (alias outer $outer $pair (type $pair))
    (alias outer $outer $memory (core module $memory))
    (import "log" (func $log (param "text" string)))
    (core instance $libc (instantiate $memory))
    (alias core export $libc "memory" (core memory $m))
    (alias core export $libc "realloc" (core func $r))
    (core func $log' (canon lower (func $log) (memory $m) (realloc $r)))
    (core module $main
      (import "host" "log" (func (param i32 i32)))
      (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))
    (core instance $main (instantiate $main
      (with "host" (instance (export "log" (func $log'))))))
    (func (export "add") (param "both" $pair) (result u32)
      (canon lift (core func $main "add"))))
  (component $maker
    (import "adder" (component $adder
      (import "log" (func (param "text" string)))
      (alias outer $outer $pair (type $pair))
      (export "add" (func (param "both" $pair) (result u32)))))
    (import "log" (func $log (param "text" string)))
    (instance $one (instantiate $adder (with "log" (func $log))))
    (component $inner
      (alias outer $outer $adder (component $again))
      (alias outer $maker $adder (component $given))
      (import "log" (func $log (param "text" string)))
      (instance $two (instantiate $given (with "log" (func $log))))
      (instance $three (instantiate $again (with "log" (func $log))))
      (export "add" (func $two "add"))
      (export "add-too" (func $three "add")))
    (instance $inner (instantiate $inner (with "log" (func $log))))
    (export "inner" (instance $inner))
    (export "add" (func $one "add")))
  (instance $made (instantiate $maker
    (with "adder" (component $adder)) (with "log" (func $log))))
  ;; A nested component calls another: lifted, and lowered again.
  (component $caller
    (import "ops" (instance $ops
      (export "add" (func (param "both" (tuple u32 u32)) (result u32)))))
    (core func $add (canon lower (func $ops "add")))
    (core module $main
      (import "" "add" (func $add (param i32 i32) (result i32)))
      (func (export "double") (param i32) (result i32) (call $add (local.get 0) (local.get 0))))
    (core instance $main (instantiate $main
      (with "" (instance (export "add" (func $add))))))
    (func (export "double") (param "x" u32) (result u32)
      (canon lift (core func $main "double"))))
  (instance $ops (export "add" (func $made "add")))
  (instance $caller (instantiate $caller (with "ops" (instance $ops))))
  (export "test:nested/math@1.0.0-rc.1" (instance $caller))
  (alias export $made "inner" (instance $inner))
  (export "add" (func $inner "add-too"))
)
