module github.com/weir-ffi/weir/cabi/engines/node/bench/go

go 1.21

require (
	github.com/weir-ffi/weir-go v0.0.0
	github.com/weir-ffi/weir/examples/go-host v0.0.0
)

require (
	github.com/fxamacker/cbor/v2 v2.9.6 // indirect
	github.com/x448/float16 v0.8.4 // indirect
)

replace github.com/weir-ffi/weir-go => ../../../../../bindings/go

replace github.com/weir-ffi/weir/examples/go-host => ../../../../../examples/go-host
