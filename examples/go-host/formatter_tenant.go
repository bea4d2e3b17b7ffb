package main

import (
	"context"
	"errors"

	"github.com/fxamacker/cbor/v2"
	weir "github.com/weir-ffi/weir-go"

	formatter "github.com/weir-ffi/weir/examples/go-host/formatterclient"
)

// formatterTenant calls the formatter by its generated client. What it gives can be compared.
type formatterTenant struct{ client *formatter.Client }

// fileResult is a formatted file, or why there is none.
type fileResult struct {
	formatted string
	changed   bool
	problem   *syntaxReport
}

type checkResult struct {
	ok      bool
	problem *syntaxReport
}

func newFormatterTenant(c *weir.Context) *formatterTenant {
	return &formatterTenant{formatter.NewClient(c)}
}

// asMap gives options by their names in the contract, as a program in JavaScript has them.
func asMap(options formatter.FormatOptions) (map[string]any, error) {
	data, err := cbor.Marshal(options)
	if err != nil {
		return nil, err
	}
	found := map[string]any{}
	return found, cbor.Unmarshal(data, &found)
}

// [sample:client]
// problemOf is the syntax error that the library declares; any other error stays one.
func problemOf(err error) (*syntaxReport, error) {
	var syntax *formatter.SyntaxError
	if !errors.As(err, &syntax) {
		return nil, err
	}
	return &syntaxReport{syntax.Message, int64(syntax.Details.Line), int64(syntax.Details.Column)}, nil
}

func sourceOf(file *sourceFile) formatter.Source {
	return formatter.Source{Path: &file.path, Source: file.source}
}

func (f *formatterTenant) format(
	ctx context.Context, file *sourceFile,
) (result fileResult, err error) {
	answer, err := f.client.Format(ctx, sourceOf(file))
	if result.problem, err = problemOf(err); err == nil {
		result.formatted, result.changed = answer.Formatted, answer.Changed
	}
	return result, err
}

// [/sample]

func (f *formatterTenant) check(
	ctx context.Context, file *sourceFile,
) (result checkResult, err error) {
	answer, err := f.client.Check(ctx, sourceOf(file))
	if result.problem, err = problemOf(err); err == nil {
		result.ok = answer.Ok
	}
	return result, err
}

func (f *formatterTenant) formatMany(
	ctx context.Context, files []sourceFile,
) ([]fileResult, error) {
	input := formatter.FormatManyInput{Files: make([]formatter.File, len(files))}
	for i := range files {
		input.Files[i] = formatter.File{Path: files[i].path, Source: files[i].source}
	}
	answer, err := f.client.FormatMany(ctx, input)
	results := make([]fileResult, len(answer.Results))
	for i := range answer.Results {
		results[i] = resultOf(&answer.Results[i])
	}
	return results, err
}

func resultOf(answer *formatter.Result) (result fileResult) {
	switch {
	case answer.Problem != nil:
		result.problem = &syntaxReport{Message: answer.Problem.Message}
		if place := answer.Problem.Place; place != nil {
			result.problem.Line, result.problem.Column = int64(place.Line), int64(place.Column)
		}
	case answer.Formatted != nil && answer.Changed != nil:
		result.formatted, result.changed = *answer.Formatted, *answer.Changed
	}
	return result
}

// progress gives the events of formatMany; it has room for as many as are to come.
func (f *formatterTenant) progress(capacity int) (<-chan formatter.Progress, error) {
	events := make(chan formatter.Progress, capacity)
	_, err := f.client.OnProgress(func(e formatter.Progress) {
		select {
		case events <- e:
		default: // more than were to come: the receiver sees that the last one is not the last
		}
	})
	return events, err
}
