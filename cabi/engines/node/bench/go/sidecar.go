package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
)

// frameHead is the length of the payload and the number of the request, both 32 bits.
const frameHead = 8

// sidecar is a Node process that serves requests over one socket, many at a time.
//
// It is as good as one can make it with the means of Go and Node: a frame is a few bytes, requests
// that are sent while the socket is written go together in the next write, the reader takes what is
// there at once, and numbers and channels of requests are used again. It has no deadlines and
// cannot cancel.
type sidecar struct {
	process *exec.Cmd
	folder  string
	socket  net.Conn
	wake    chan struct{} // one place: filled means that something is unsent
	writing []byte

	lock    sync.Mutex
	unsent  []byte
	answers []chan []byte // by the number of the request
	free    []uint32      // numbers
}

func startSidecar(script string) (*sidecar, error) {
	folder, err := os.MkdirTemp("", "engine-bench-")
	if err != nil {
		return nil, err
	}
	s := &sidecar{folder: folder, wake: make(chan struct{}, 1)}
	path := filepath.Join(folder, "socket")
	listener, err := net.Listen("unix", path)
	if err != nil {
		return nil, err
	}
	defer listener.Close()
	s.process = exec.Command("node", script, path)
	s.process.Stderr = os.Stderr
	if err := s.process.Start(); err != nil {
		return nil, err
	}
	if s.socket, err = listener.Accept(); err != nil {
		return nil, err
	}
	go s.write()
	go s.read()
	return s, nil
}

// stop closes the socket, at which the process ends.
func (s *sidecar) stop() {
	s.socket.Close()
	s.process.Wait()
	os.RemoveAll(s.folder)
}

func (s *sidecar) echo(_ context.Context, payload []byte) ([]byte, error) {
	s.lock.Lock()
	if len(s.free) == 0 {
		s.free = append(s.free, uint32(len(s.answers)))
		s.answers = append(s.answers, make(chan []byte, 1))
	}
	number := s.free[len(s.free)-1]
	s.free = s.free[:len(s.free)-1]
	answered := s.answers[number]
	s.unsent = binary.LittleEndian.AppendUint32(s.unsent, uint32(len(payload)))
	s.unsent = binary.LittleEndian.AppendUint32(s.unsent, number)
	s.unsent = append(s.unsent, payload...)
	s.lock.Unlock()
	select {
	case s.wake <- struct{}{}:
	default:
	}
	answer, open := <-answered
	if !open {
		return nil, fmt.Errorf("the sidecar is gone")
	}
	s.lock.Lock()
	s.free = append(s.free, number) // its channel is empty now
	s.lock.Unlock()
	return answer, nil
}

func (s *sidecar) write() {
	for range s.wake {
		runtime.Gosched() // others that can run have something to send, too
		s.lock.Lock()
		s.writing, s.unsent = s.unsent, s.writing[:0]
		s.lock.Unlock()
		if _, err := s.socket.Write(s.writing); err != nil {
			return
		}
	}
}

func (s *sidecar) read() {
	defer func() {
		s.lock.Lock()
		defer s.lock.Unlock()
		for _, answered := range s.answers {
			close(answered)
		}
	}()
	reader := bufio.NewReaderSize(s.socket, 256<<10)
	for {
		head, err := reader.Peek(frameHead)
		if err != nil {
			return
		}
		length, number := binary.LittleEndian.Uint32(head), binary.LittleEndian.Uint32(head[4:])
		reader.Discard(frameHead)
		answer := make([]byte, length)
		if _, err := io.ReadFull(reader, answer); err != nil {
			return
		}
		s.lock.Lock()
		answered := s.answers[number]
		s.lock.Unlock()
		answered <- answer
	}
}
