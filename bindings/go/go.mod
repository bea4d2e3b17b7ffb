module github.com/weir-ffi/weir-go

go 1.21
