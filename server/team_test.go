package server

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"empress/model"
	"empress/storage"
)

// sized is how much to do, in a quick run and in a full one. Under the race
// detector a quick one does a tenth.
func sized(quick, full int) int {
	if os.Getenv("EMPRESS_TEST_FULL") != "" {
		return full
	}
	if racing {
		return quick / 10
	}
	return quick
}

// flaky is the real store, which can be told to fail or to wait.
type flaky struct {
	*storage.Store
	fails atomic.Bool
	held  chan struct{} // unless nil, reads wait until it is closed
	asked chan struct{} // gets one value for each read that waits
}

var errDown = errors.New("the disk is gone")

func (f *flaky) Credential(ctx context.Context, id model.KeyID) (model.Credential, error) {
	if f.fails.Load() {
		return model.Credential{}, errDown
	}
	if f.held != nil {
		f.asked <- struct{}{}
		<-f.held
	}
	return f.Store.Credential(ctx, id)
}

func (f *flaky) Read(ctx context.Context, fn func(model.Reader) error) error {
	if f.fails.Load() {
		return errDown
	}
	return f.Store.Read(ctx, fn)
}

// team is a team with its verifier.
type team struct {
	*testing.T
	store   *flaky
	service *model.Service
	ada     *model.Session
	skew    atomic.Int64 // nanoseconds that the clock is off
	handler *handler
}

func newTeam(t *testing.T, trusted ...string) *team {
	t.Helper()
	x := &team{T: t}
	dir := t.TempDir()
	store, err := storage.Create(t.Context(), filepath.Join(dir, "team.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	seal, err := storage.CreateKeyFile(filepath.Join(dir, "key"))
	if err != nil {
		t.Fatal(err)
	}
	x.store = &flaky{Store: store}
	x.service = model.NewService(x.store, seal, func() time.Time { return time.Now().Add(time.Duration(x.skew.Load())) })
	x.ada, err = x.service.Found(t.Context(), model.Founding{Team: "Acmé 東", Name: "Ada", Email: "ada@example.com", Login: "ada"}, model.Identity{Login: "ada", Via: model.ViaCommand})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { x.service.Flush(context.Background()) })
	x.handler = newHandler(x.options(trusted...))
	return x
}

func (x *team) options(trusted ...string) Options {
	o := Options{Service: x.service}
	for _, p := range trusted {
		o.Trusted = append(o.Trusted, netip.MustParsePrefix(p))
	}
	return o
}

// create makes a key and returns it with KEY:SECRET.
func (x *team) create(spec model.KeySpec) (k model.Key, credential string) {
	x.Helper()
	k, s, err := x.ada.CreateKey(x.Context(), spec)
	if err != nil {
		x.Fatal(err)
	}
	return k, string(k.ID) + ":" + s.Reveal()
}

// body is the answer as clients read it.
type body struct {
	Allowed   bool         `json:"allowed"`
	Reason    model.Reason `json:"reason"`
	RequestID string       `json:"request_id"`
}

// said is what an answer said.
type said struct {
	status int
	header http.Header
	text   string
	body
}

// ask sends a request with headers, "Name", "value", ..., from an address that
// is not loopback.
func (x *team) ask(target string, headers ...string) said {
	x.Helper()
	r := httptest.NewRequest(http.MethodGet, target, nil)
	r.RemoteAddr = "192.0.2.1:1234"
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	return x.send(r)
}

func (x *team) send(r *http.Request) said {
	x.Helper()
	w := httptest.NewRecorder()
	x.handler.ServeHTTP(w, r)
	a := said{status: w.Code, header: w.Header(), text: w.Body.String()}
	if err := json.Unmarshal(w.Body.Bytes(), &a.body); err != nil {
		x.Errorf("%s: the body is %q: %v", r.URL, w.Body, err)
	}
	return a
}

// is checks the status and the reason of an answer.
func (a said) is(t testing.TB, status int, reason model.Reason) {
	t.Helper()
	if a.status != status || a.Reason != reason || a.Allowed != (status == http.StatusOK) {
		t.Errorf("answered %d %s, want %d %s", a.status, a.text, status, reason)
	}
}
