;; A function that calls another component, which calls into the instance that runs.
;; wasm-tools parse reentrant.wat | wasm-tools strip --all -o reentrant.wasm
(component
  (core module $m (func (export "back")))
  (core instance $i (instantiate $m))
  (func $back (canon lift (core func $i "back")))
  (component $inner
    (import "back" (func $back))
    (core func $lowered (canon lower (func $back)))
    (core module $m
      (import "" "back" (func $back)) (func (export "go") (call $back)))
    (core instance $i (instantiate $m
      (with "" (instance (export "back" (func $lowered))))))
    (func (export "go") (canon lift (core func $i "go"))))
  (instance $c (instantiate $inner (with "back" (func $back))))
  (core func $go (canon lower (func $c "go")))
  (core module $n
    (import "" "go" (func $go)) (func (export "run") (call $go)))
  (core instance $n (instantiate $n (with "" (instance (export "go" (func $go))))))
  (func (export "run") (canon lift (core func $n "run"))))
