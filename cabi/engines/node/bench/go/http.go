package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
)

// httpSidecar is a Node process that serves requests over HTTP, a connection for each goroutine,
// which is kept.
type httpSidecar struct {
	process *exec.Cmd
	input   io.Closer
	client  *http.Client
	url     string
}

func startHTTP(script string) (*httpSidecar, error) {
	process := exec.Command("node", script)
	process.Stderr = os.Stderr
	input, err := process.StdinPipe()
	if err != nil {
		return nil, err
	}
	output, err := process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := process.Start(); err != nil {
		return nil, err
	}
	port, err := bufio.NewReader(output).ReadString('\n')
	if err != nil {
		return nil, fmt.Errorf("the HTTP sidecar does not say its port: %w", err)
	}
	return &httpSidecar{
		process: process,
		input:   input,
		client:  &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 2 * outstanding}},
		url:     "http://127.0.0.1:" + strings.TrimSpace(port) + "/",
	}, nil
}

// stop closes the standard input, at which the process ends.
func (s *httpSidecar) stop() {
	s.client.CloseIdleConnections()
	s.input.Close()
	s.process.Wait()
}

func (s *httpSidecar) echo(ctx context.Context, payload []byte) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, "POST", s.url, bytes.NewReader(payload))
	if err != nil {
		return nil, err
	}
	response, err := s.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	return io.ReadAll(response.Body)
}

// httpPart compares, in turns, one context of the library with a sidecar over HTTP.
func httpPart(t *task) error {
	side, err := startHTTP(t.script)
	if err != nil {
		return err
	}
	defer side.stop()
	return withTenant(t, func(own *weirEcho) error {
		return compareRates(t, []*subject{
			{name: "go/echo64_http", echoer: own},
			{name: "go/http64", echoer: side},
		})
	})
}
