package weir

import (
	"errors"
	"testing"
)

const (
	takesNothing = `{"weir":1,"name":"kit","config":null,"events":{},"errors":{},` +
		`"methods":{"run":{"input":null,"output":null}}}`
	takesText = `{"weir":1,"name":"kit","config":null,"events":{},"errors":{},` +
		`"methods":{"run":{"input":{"type":"string"},"output":null}}}`
	doesMore = `{"weir":1,"name":"kit","config":null,"events":{},"errors":{},` +
		`"methods":{"run":{"input":null,"output":null},"stop":{"input":null,"output":null}}}`
)

func TestAClientFitsItsContractAndCompatibleOnes(t *testing.T) {
	client := Contract{Name: "kit", Version: "1.0.0", Hash: "aa", Document: takesNothing}
	for _, loaded := range []LibraryInfo{
		{Name: "kit", Version: "1.0.1", ContractHash: "aa", Contract: "not read"},
		{Name: "kit", Version: "1.1.0", ContractHash: "bb", Contract: doesMore},
		{Name: "kit", Version: "9.0.0"}, // native, without a contract
	} {
		if err := mismatch(&client, &loaded); err != nil {
			t.Errorf("%+v: %v", loaded, err)
		}
	}
}

func TestAMismatchNamesBothVersionsAndEachDifference(t *testing.T) {
	client := Contract{Name: "kit", Version: "1.0.0", Hash: "aa", Document: doesMore}
	err := mismatch(&client, &LibraryInfo{
		Name: "kit", Version: "2.0.0", ContractHash: "bb", Contract: takesText,
	})
	want := "weir: contract: CONTRACT_MISMATCH: the client is of kit 1.0.0, the library loaded is " +
		"kit 2.0.0\n  /methods/run/input: now takes a value: hosts do not send one" +
		"\n  /methods/stop: method removed: hosts call it"
	if err == nil || err.Error() != want || !errors.Is(err, ErrContractMismatch) {
		t.Fatalf("%v", err)
	}
	if len(err.Differences) != 2 || err.Differences[1].Path != "/methods/stop" {
		t.Errorf("%+v", err.Differences)
	}
}

func TestAContractThatCannotBeComparedIsAMismatch(t *testing.T) {
	client := Contract{Name: "kit", Hash: "aa", Document: "{"}
	for _, loaded := range []LibraryInfo{
		{Name: "kit", ContractHash: "bb", Contract: takesText}, {Name: "other"},
	} {
		if err := mismatch(&client, &loaded); err == nil || err.Code != ErrContractMismatch {
			t.Errorf("%+v: %v", loaded, err)
		}
	}
}

func TestALibraryIsAskedOnceForAContract(t *testing.T) {
	library := openEcho(t)
	info, err := library.Info()
	if err != nil {
		t.Fatal(err)
	}
	fits, other := Contract{Name: info.Name, Hash: "aa"}, Contract{Name: "other", Hash: "bb"}
	for i := 0; i < 2; i++ {
		if err := library.RequireContract(fits); err != nil {
			t.Error(err)
		}
		if err := library.RequireContract(other); !errors.Is(err, ErrContractMismatch) {
			t.Error(err)
		}
	}
	library.Close()
	if err := library.RequireContract(Contract{Hash: "cc"}); !errors.Is(err, ErrStaleHandle) {
		t.Error(err)
	}
	if err := library.RequireContract(fits); err != nil {
		t.Error("an answer that is known is given again: ", err)
	}
}
