module github.com/weir-ffi/weir/examples/go-host

go 1.21

require github.com/weir-ffi/weir-go v0.0.0

replace github.com/weir-ffi/weir-go => ../../bindings/go
