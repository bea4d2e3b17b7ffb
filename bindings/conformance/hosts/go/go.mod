module github.com/weir-ffi/weir-conformance

go 1.21

require github.com/weir-ffi/weir-go v0.0.0

replace github.com/weir-ffi/weir-go => ../../../go
