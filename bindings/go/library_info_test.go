package weir

import (
	"errors"
	"testing"
)

func TestANativeLibrarySaysWhatItIs(t *testing.T) {
	library, err := Open(echoPath)
	if err != nil {
		t.Fatal(err)
	}
	info, err := library.Info()
	if err != nil || info.Name != "echo" || info.Version == "" || info.Engine != "native" ||
		info.Methods == 0 || info.Contract != "" || info.ContractHash != "" {
		t.Errorf("%+v, %v", info, err)
	}
	library.Close()
	if _, err := library.Info(); !errors.Is(err, ErrStaleHandle) {
		t.Errorf("closed: %v", err)
	}
}

func TestOptionsOfEnvironmentsAreChecked(t *testing.T) {
	library, err := Open(echoPath)
	if err != nil {
		t.Fatal(err)
	}
	defer library.Close()
	for _, options := range []PoolOptions{
		{MinClean: -1}, {HeapLimit: -1}, {HeapLimit: 8}, {Isolation: 99}, {MaxSlots: 2, MinClean: 3},
	} {
		if pool, err := library.NewPool(options); !errors.Is(err, ErrInvalidArgument) {
			t.Errorf("%+v: %v", options, err)
			if err == nil {
				pool.Close()
			}
		}
	}
}
