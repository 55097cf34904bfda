;; What only preview 3 has.
(component
  (import "feed" (func $feed (param "bytes" (stream u8)) (result (future string))))
  (core module $m
    (func (export "f"))
    (func (export "cb") (param i32 i32 i32) (result i32) (i32.const 0))
    (func (export "run") (result i32) (i32.const 0)))
  (core instance $i (instantiate $m))
  (type $s (stream u8))
  (core func (canon stream.new $s))
  (func (export "run") (result u32)
    (canon lift (core func $i "run") async (callback (func $i "cb"))))
)
