package main

import (
	"bytes"
	"io"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"
)

// screen is one person's session over SSH, who looks at how much comes and
// when.
type screen struct {
	keys io.Writer

	mu    sync.Mutex
	text  bytes.Buffer // the first of it
	bytes int
	came  time.Time // the latest of it
	stir  *sync.Cond
}

// openScreen opens the screens on a terminal of 80 by 24.
func openScreen(c *ssh.Client, command string) (*screen, error) {
	s, err := c.NewSession()
	if err != nil {
		return nil, err
	}
	x := &screen{}
	x.stir = sync.NewCond(&x.mu)
	s.Stdout = x
	if x.keys, err = s.StdinPipe(); err != nil {
		return nil, err
	}
	if err := s.RequestPty("xterm-256color", 24, 80, nil); err != nil {
		return nil, err
	}
	if command == "" {
		return x, s.Shell()
	}
	return x, s.Start(command)
}

func (x *screen) Write(p []byte) (int, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.text.Len() < 1<<16 {
		x.text.Write(p)
	}
	x.bytes += len(p)
	x.came = time.Now()
	x.stir.Broadcast()
	return len(p), nil
}

func (x *screen) press(key string) { _, _ = io.WriteString(x.keys, key) }

// typeAway presses keys until stop is closed.
func (x *screen) typeAway(stop <-chan struct{}, after time.Duration) {
	time.Sleep(after)
	for i := 0; ; i++ {
		select {
		case <-stop:
			return
		case <-time.After(150 * time.Millisecond):
			x.press("jjjjjkkkkk"[i%10 : i%10+1])
		}
	}
}

// await waits until a word has come.
func (x *screen) await(word string, limit time.Duration) bool {
	return x.until(limit, func() bool { return bytes.Contains(x.text.Bytes(), []byte(word)) })
}

// since waits for more than so many bytes, and returns when they came.
func (x *screen) since(from int) (at time.Time, ok bool) {
	ok = x.until(2*time.Second, func() bool { at = x.came; return x.bytes > from })
	return at, ok
}

func (x *screen) until(limit time.Duration, done func() bool) bool {
	late := time.AfterFunc(limit, x.stir.Broadcast)
	defer late.Stop()
	end := time.Now().Add(limit)
	x.mu.Lock()
	defer x.mu.Unlock()
	for !done() {
		if time.Now().After(end) {
			return false
		}
		x.stir.Wait()
	}
	return true
}

func (x *screen) count() int {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.bytes
}

func written(all []*screen) (n int) {
	for _, x := range all {
		n += x.count()
	}
	return n
}
