import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from '@jest/globals';
import { generate } from '../generate.js';
import { SAMPLE } from '../testing/sample-contract.js';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'weir-go-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const library = join(root, 'build/release/lib');
const env = {
  ...process.env,
  CGO_CFLAGS: `-I${join(root, 'cabi/include')}`,
  CGO_LDFLAGS: `-L${library} -Wl,-rpath,${library}`,
  GOFLAGS: '-mod=mod',
  GOTOOLCHAIN: 'local',
};
const go = (...args: string[]) => spawnSync('go', args, { cwd: folder, env, encoding: 'utf8' });
const hasGo = spawnSync('go', ['version']).status === 0;
const withGo = hasGo ? test : test.skip;

const fileOf = async (path: string, options = {}) => {
  const files = await generate('go', SAMPLE, options);
  return files.find((file) => file.path === path)?.text ?? '';
};

test('there are seven files, the same each time, that say what they are from', async () => {
  const files = await generate('go', SAMPLE);
  expect(files.map(({ path }) => path)).toEqual([
    'client.go',
    'contract.go',
    'contract.json',
    'errors.go',
    'events.go',
    'types.go',
    'wire.go',
  ]);
  expect(await generate('go', JSON.parse(JSON.stringify(SAMPLE)))).toEqual(files);
  for (const { text } of files.filter(({ path }) => path.endsWith('.go'))) {
    // Go's tools know generated files by this line.
    expect(text).toMatch(/^\/\/ Code generated .* from sample\.kit 2\.3\.4\. DO NOT EDIT\.\n/);
    expect(text).toMatch(/\npackage samplekit\n/);
  }
});

test('widths, bytes and what may be missing have their Go types', async () => {
  const types = await fileOf('types.go');
  const field = (name: string) =>
    new RegExp(`^\\t${name} +(.*)$`, 'm').exec(types)?.[1]?.replace(/ +/g, ' ');
  for (const width of ['8', '16', '32', '64']) {
    expect(field(`Int${width}`)).toContain(`int${width}`);
    expect(field(`Uint${width}`)).toContain(`uint${width}`);
  }
  expect(field('Int64')).toBe('int64 `cbor:"int64"`');
  expect(field('Plain')).toBe('*int64 `cbor:"plain,omitempty"`');
  expect(field('Float')).toContain('*float32');
  expect(field('Double')).toContain('*float64');
  expect(field('Data')).toMatch(/^\[\]byte +`cbor:"data"`$/);
  expect(field('OptionalData')).toMatch(/^\[\]byte +`cbor:"optionalData,omitzero"`$/);
  expect(field('NullableList')).toMatch(/^\*\[\]int8 +`cbor:"nullableList"`$/);
  expect(field('Map')).toMatch(/^map\[string\]uint16 +`cbor:"map"`$/);
  expect(field('UserID')).toContain('cbor:"user-id,omitempty"');
  expect(types).toMatch(/ModeVerySlow Mode = "very slow"/);
  expect(types).toMatch(/^\t\/\/ The text\.\n\t\/\/ Its second line/m);
});

test('methods, events and errors have names of their own', async () => {
  const client = await fileOf('client.go');
  expect(client).toContain('func (c *Client) Echo(ctx context.Context, in []byte) ([]byte, error)');
  expect(client).toContain('func (c *Client) Reset(ctx context.Context) error');
  expect(client).toContain('func (c *Client) CallClose(ctx context.Context, in CloseInput) error');
  expect(client).toContain('func (c *Client) WithDash2(');
  expect(client).toContain('func (c *Client) Tree(ctx context.Context, in Node) (Node, error)');
  const events = await fileOf('events.go');
  expect(events).toContain('OnProgress(handler func(Progress)) (stop func(), err error)');
  expect(events).toContain('OnTick(handler func()) (stop func(), err error)');
  expect(events).toContain('ProgressEvents(capacity int) (events <-chan Progress, stop func(),');
  expect(events).toContain('ChunkEvents(capacity int) (events <-chan []byte, stop func(),');
  const errors = await fileOf('errors.go');
  expect(errors).toContain('type SyntaxError struct');
  expect(errors).toMatch(/type TreeError struct {\n\t\*LibraryError\n\tDetails Node\n}/);
});

test('the package can be named, but not anyhow', async () => {
  expect(await fileOf('wire.go', { packageName: 'kit' })).toContain('\npackage kit\n');
  await expect(generate('go', SAMPLE, { packageName: 'a-b' })).rejects.toThrow(/Go package/);
  await expect(generate('go', SAMPLE, { packageName: 'func' })).rejects.toThrow(/Go package/);
});

test('what has no form in Go is refused with its place', async () => {
  const bytes = { type: 'string', contentEncoding: 'base64', weirType: 'bytes' };
  const input = { type: 'object', properties: { a: { anyOf: [{ type: 'string' }, bytes] } } };
  const contract = { ...SAMPLE, methods: { odd: { input, output: null } } };
  await expect(generate('go', contract)).rejects.toThrow(
    'OddInput/properties/a: a union of text and bytes has no form in Go',
  );
});

const GO_TEST = `package samplekit

import (
	"errors"
	"reflect"
	"testing"

	weir "github.com/weir-ffi/weir-go"
)

func TestValuesCrossUnchanged(t *testing.T) {
	in := EverythingInput{
		Text: "ä", Int8: -8, Int64: -1 << 63, Uint64: 1<<64 - 1, Data: []byte{0, 255},
		Mode: ModeVerySlow, Map: map[string]uint16{"a": 1}, OptionalList: []string{},
		NullableList: &[]int8{-1}, Union: Union{Node: &Node{Name: "n", Kids: []Node{{Kids: []Node{}}}}},
		OptionalText: Ptr("x"), Nullable: nil,
	}
	data, err := encode("test", in)
	if err != nil {
		t.Fatal(err)
	}
	var out EverythingInput
	if err := decode("test", data, &out); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(in, out) {
		t.Fatalf("%+v\\n%+v", in, out)
	}
}

func TestWhatIsMissingIsLeftOutAndEmptyListsAreNot(t *testing.T) {
	in := EverythingInput{Union: Union{Integer: Ptr(int64(1))}, OptionalData: []byte{}}
	data, err := encode("test", in)
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]any
	if err := decode("test", data, &out); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"optionalList", "optionalText", "plain", "anything"} {
		if _, there := out[key]; there {
			t.Errorf("%s is there", key)
		}
	}
	for key, want := range map[string]any{
		"optionalData": []byte{}, "data": []byte{}, "map": map[string]any{}, "nullable": nil,
		"nullableList": nil, "union": int64(1),
	} {
		if got, there := out[key]; !there || !reflect.DeepEqual(got, want) {
			t.Errorf("%s is %#v, not %#v", key, got, want)
		}
	}
}

func TestAUnionWithoutAValueIsRefused(t *testing.T) {
	if _, err := encode("test", EverythingInput{}); err == nil {
		t.Fatal("accepted")
	}
}

func reported(message, code, details string) error {
	return &weir.Error{Op: "request", Code: weir.ErrHandler, Message: message,
		Library: &weir.LibraryError{Code: code, Details: []byte(details), Path: "/a"}}
}

func TestDeclaredErrorsHaveTheirTypes(t *testing.T) {
	err := failure(reported("no brace", "SYNTAX", \`{"line":3,"near":"}"}\`))
	var syntax *SyntaxError
	if !errors.As(err, &syntax) || syntax.Details.Line != 3 || *syntax.Details.Near.String != "}" {
		t.Fatalf("%#v", err)
	}
	var library *LibraryError
	if !errors.As(err, &library) || library.Code != "SYNTAX" || library.Path != "/a" {
		t.Fatalf("%#v", library)
	}
	var cause *weir.Error
	if !errors.Is(err, weir.ErrHandler) || !errors.As(err, &cause) || cause.Message != "no brace" {
		t.Fatalf("%#v", cause)
	}
	if err.Error() != "sample.kit: SYNTAX: no brace" {
		t.Fatal(err)
	}
	var none *NotFoundError
	if !errors.As(failure(reported("gone", "NOT_FOUND", "")), &none) {
		t.Fatal("NOT_FOUND")
	}
}

func TestOtherErrorsStayWhatTheyAre(t *testing.T) {
	stale := &weir.Error{Op: "request", Code: weir.ErrStaleHandle}
	if failure(stale) != error(stale) {
		t.Fatal("changed")
	}
	var library *LibraryError
	plain := failure(&weir.Error{Op: "request", Code: weir.ErrHandler, Message: "plain"})
	if !errors.As(plain, &library) || library.Code != "" || library.Message != "plain" {
		t.Fatalf("%#v", plain)
	}
	var syntax *SyntaxError
	odd := failure(reported("odd", "SYNTAX", "7"))
	if errors.As(odd, &syntax) || !errors.As(odd, &library) || library.Code != "SYNTAX" {
		t.Fatalf("%#v", odd)
	}
}
`;

/** As examples/go-host, whose modules npm test has at hand. */
const host = join(root, 'examples/go-host');

function writeModule(): void {
  const module = readFileSync(join(host, 'go.mod'), 'utf8')
    .replace(/^module .*$/m, 'module example.test/kit')
    .replace('../../bindings/go', join(root, 'bindings/go'));
  writeFileSync(join(folder, 'go.mod'), module);
  writeFileSync(join(folder, 'go.sum'), readFileSync(join(host, 'go.sum')));
}

withGo(
  'the package is as gofmt writes it, vet finds nothing, and values and errors cross',
  async () => {
    writeModule();
    const at = join(folder, 'samplekit');
    mkdirSync(at);
    for (const { path, text } of await generate('go', SAMPLE)) writeFileSync(join(at, path), text);
    const format = spawnSync('gofmt', ['-l', at], { encoding: 'utf8', env });
    expect(format.stdout).toBe('');
    // Weir's core is a shared object: without it the package compiles and does not link.
    const linked = existsSync(join(library, 'libweir.so'));
    writeFileSync(join(at, 'kit_test.go'), GO_TEST);
    const ran = linked ? go('test', './...') : go('vet', './...');
    expect(`${ran.stdout}${ran.stderr}`).toMatch(linked ? /^ok / : /^$/);
    expect(go('vet', './...').stderr).toBe('');
  },
  120_000,
);
