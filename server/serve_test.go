package server

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"empress/model"
)

// live is a server on loopback.
type live struct {
	*team
	address string
	stop    context.CancelFunc
	ended   chan error
}

func (x *team) serve(o Options) *live {
	x.Helper()
	return x.live(func(ctx context.Context, l net.Listener) error { return Serve(ctx, l, o) })
}

func (x *team) live(serve func(context.Context, net.Listener) error) *live {
	x.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		x.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	v := &live{team: x, address: l.Addr().String(), stop: stop, ended: make(chan error, 1)}
	go func() { v.ended <- serve(ctx, l) }()
	x.Cleanup(stop)
	return v
}

// raw sends bytes on a connection of its own and returns what comes back
// until the server ends it.
func (v *live) raw(text string) string {
	v.Helper()
	c, err := net.Dial("tcp", v.address)
	if err != nil {
		v.Fatal(err)
	}
	defer c.Close()
	_, _ = io.WriteString(c, text)
	out, _ := io.ReadAll(c)
	return string(out)
}

// get asks once and returns the status, 0 when there was no answer.
func (v *live) get(credential string) int {
	r, err := http.NewRequest(http.MethodGet, "http://"+v.address+"/verify", nil)
	if err != nil {
		v.Error(err)
		return 0
	}
	r.Header.Set("Authorization", "token "+credential)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, answer.Body)
	return answer.StatusCode
}

// TestSlowClients lets clients dawdle in different ways. Each is dropped within
// ten seconds, and others are answered meanwhile.
func TestSlowClients(t *testing.T) {
	t.Parallel()
	x := newTeam(t)
	_, good := x.create(model.KeySpec{Application: "billing"})
	v := x.serve(x.options())
	var slow sync.WaitGroup
	for i := range sized(50, 500) {
		slow.Go(func() {
			if took := v.dawdle(dawdling[i%len(dawdling)]); took > 12*time.Second { // ten, and the machine may be busy
				t.Errorf("client %d was dropped after %v", i, took)
			}
		})
	}
	for range 200 {
		if status := v.get(good); status != http.StatusOK {
			t.Errorf("a good request was answered %d", status)
		}
	}
	slow.Wait()
}

// The ways to dawdle: what is sent at once, and what byte by byte after it.
var dawdling = [][2]string{
	{"", "GET /verify HTTP/1.1\r\nHost: x\r\nX-Long: " + strings.Repeat("x", 4000)},
	{"", ""},
	{"POST /verify HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n", strings.Repeat("x", 4000)},
}

// dawdle returns how long the server puts up with a slow client.
func (v *live) dawdle(how [2]string) time.Duration {
	c, err := net.Dial("tcp", v.address)
	if err != nil {
		v.Error(err)
		return 0
	}
	defer c.Close()
	began := time.Now()
	go func() {
		_, err := io.WriteString(c, how[0])
		for i := 0; i < len(how[1]) && err == nil; i++ {
			time.Sleep(50 * time.Millisecond)
			_, err = io.WriteString(c, how[1][i:i+1])
		}
	}()
	_ = c.SetReadDeadline(began.Add(30 * time.Second))
	_, _ = io.Copy(io.Discard, c)
	return time.Since(began)
}

// TestBodies sends bodies, which no decision depends on.
func TestBodies(t *testing.T) {
	t.Parallel()
	x := newTeam(t)
	_, good := x.create(model.KeySpec{Application: "billing"})
	v := x.serve(x.options())
	for _, size := range []int64{0, 1, 1 << 20, 64 << 20} {
		r, err := http.NewRequest(http.MethodPost, "http://"+v.address+"/verify/upload", io.LimitReader(zeros{}, size))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "token "+good)
		r.ContentLength = size
		r.Header.Set("Expect", "100-continue") // as clients of large bodies do
		answer, err := (&http.Transport{ExpectContinueTimeout: time.Minute}).RoundTrip(r)
		if err != nil {
			t.Errorf("%d bytes: %v", size, err)
			continue
		}
		answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			t.Errorf("%d bytes: answered %d", size, answer.StatusCode)
		}
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// TestBrokenRequests sends what is no request, or two in one. None passes that
// does not hold the credential itself.
func TestBrokenRequests(t *testing.T) {
	t.Parallel()
	x := newTeam(t)
	_, good := x.create(model.KeySpec{Application: "billing"})
	v := x.serve(x.options())
	auth := "Authorization: token " + good + "\r\n"
	for _, c := range []struct{ text, want string }{
		{"GET /verify HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + auth + "\r\n", "200"},
		{"GET /verify HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + auth + auth + "\r\n", "401"},
		{"GET /verify HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization : token " + good + "\r\n\r\n", "400"},
		{"GET /verify HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX: y\r\n " + auth + "\r\n", "401"},
		{"GET /verify HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Long: " + strings.Repeat("x", 64<<10) + "\r\n" + auth + "\r\n", "431"},
		{"GET /verify?%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + auth + "\r\n", "400"},
		{"GET /verify%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + auth + "\r\n", "400"},
		{"GET ?x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + auth + "\r\n", "400"},
		{"CONNECT /verify HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "401"},
		{"POST /verify HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 5\r\nContent-Length: 6\r\n" + auth + "\r\nhello", "400"},
		{"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", "400"},
	} {
		out := v.raw(c.text)
		line, _, _ := strings.Cut(out, "\r\n")
		if !strings.HasPrefix(line, "HTTP/1.") || !strings.Contains(line, " "+c.want+" ") {
			t.Errorf("%.90q is answered %q, want %s", c.text, line, c.want)
		}
	}
}

// TestStop stops the server while a request is being answered.
func TestStop(t *testing.T) {
	t.Parallel()
	x := newTeam(t)
	_, good := x.create(model.KeySpec{Application: "billing"})
	x.store.held, x.store.asked = make(chan struct{}), make(chan struct{}, 1)
	v := x.serve(x.options())
	status := make(chan int, 1)
	go func() { status <- v.get(good) }()
	<-x.store.asked
	v.stop()
	for { // until no new connection is taken
		c, err := net.Dial("tcp", v.address)
		if err != nil {
			break
		}
		c.Close()
		time.Sleep(10 * time.Millisecond)
	}
	select {
	case err := <-v.ended:
		t.Fatalf("it ended before the request was answered: %v", err)
	default:
	}
	close(x.store.held)
	if got := <-status; got != http.StatusOK {
		t.Errorf("the request in flight was answered %d", got)
	}
	if err := <-v.ended; err != nil {
		t.Error(err)
	}
}

// TestKeptConnections asks several times on one connection.
func TestKeptConnections(t *testing.T) {
	t.Parallel()
	x := newTeam(t)
	k, good := x.create(model.KeySpec{Application: "billing"})
	v := x.serve(x.options())
	c, err := net.Dial("tcp", v.address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	r := bufio.NewReader(c)
	ask := func(want int) {
		t.Helper()
		fmt.Fprintf(c, "GET /verify HTTP/1.1\r\nHost: x\r\nAuthorization: token %s\r\n\r\n", good)
		answer, err := http.ReadResponse(r, nil)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, answer.Body)
		if answer.StatusCode != want {
			t.Errorf("answered %d, want %d", answer.StatusCode, want)
		}
	}
	ask(http.StatusOK)
	if _, err := x.ada.RevokeKey(t.Context(), k.ID); err != nil {
		t.Fatal(err)
	}
	ask(http.StatusForbidden)
}

// Nothing but a decision is answered with 200.
func TestOptionsOfTheServer(t *testing.T) {
	x := newTeam(t)
	said := x.serve(x.options()).raw("OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
	if !strings.HasPrefix(said, "HTTP/1.1 404 ") {
		t.Errorf("it is answered %q", said)
	}
}
