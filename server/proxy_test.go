package server

import (
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"empress/model"
)

// front is a proxy, configured as this package prints it, between clients, the
// verifier and a backend.
type front struct {
	*live
	address string
	key     model.KeyID       // of billing
	good    string            // KEY:SECRET of it
	ours    map[string]string // the identity headers of that key

	mu   sync.Mutex
	seen []*http.Request // by the backend
}

// newFront starts a proxy; command makes its process from a directory of its
// own and the path of the configuration.
func newFront(t *testing.T, name Recipe, command func(dir, config string) *exec.Cmd) *front {
	t.Helper()
	x := newTeam(t)
	f := &front{address: vacant(t)}
	var k model.Key
	k, f.good = x.create(model.KeySpec{Application: "billing", Scopes: []string{"read"}})
	f.key = k.ID
	f.ours = map[string]string{headerKey: string(k.ID), headerApplication: "billing", headerOwner: "ada@example.com", headerTeam: ascii("Acmé 東"), headerScopes: "read"}
	f.live = x.serve(x.options("127.0.0.1/32"))

	backend := &http.Server{Handler: http.HandlerFunc(f.record)}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = backend.Serve(l) }()
	t.Cleanup(func() { _ = backend.Close() })

	var config strings.Builder
	if err := WriteRecipe(&config, name, f.live.address, false); err != nil {
		t.Fatal(err)
	}
	_, port, _ := strings.Cut(f.address, ":")
	text := strings.NewReplacer(":8080", ":"+port, "127.0.0.1:9000", l.Addr().String()).Replace(config.String())
	dir := t.TempDir()
	path := filepath.Join(dir, "recipe.conf")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	f.start(command(dir, path))
	return f
}

// vacant is an address that nobody listens on.
func vacant(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// start runs the proxy until the test ends.
func (f *front) start(cmd *exec.Cmd) {
	f.Helper()
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		f.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { defer close(ended); _ = cmd.Wait() }()
	f.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		select {
		case <-ended:
		case <-time.After(10 * time.Second):
			_ = cmd.Process.Kill()
		}
	})
	for range 300 {
		select {
		case <-ended:
			f.Fatalf("the proxy ended: %v\n%s", cmd.ProcessState, out.String())
		default:
		}
		if c, err := net.Dial("tcp", f.address); err == nil {
			c.Close()
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	f.Fatal("the proxy does not listen")
}

// record is the backend.
func (f *front) record(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body) // and the trailer with it
	f.mu.Lock()
	defer f.mu.Unlock()
	f.seen = append(f.seen, r)
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, backendAnswer)
}

// backendAnswer is what the backend says to everything.
const backendAnswer = `{"data":{"name":"Acme"}}`

// take returns what the backend saw since the last time.
func (f *front) take() []*http.Request {
	f.mu.Lock()
	defer f.mu.Unlock()
	defer func() { f.seen = nil }()
	return f.seen
}

// raw sends bytes to the proxy and returns what comes back.
func (f *front) raw(text string) string {
	f.Helper()
	c, err := net.Dial("tcp", f.address)
	if err != nil {
		f.Fatal(err)
	}
	defer c.Close()
	_, _ = io.WriteString(c, text)
	_ = c.SetReadDeadline(time.Now().Add(2 * time.Second)) // for what the proxy waits on for more
	out, _ := io.ReadAll(c)
	return string(out)
}

// clean checks what reached the backend under names that an application could
// take for ours, or for a credential.
func (f *front) clean(attempt string, r *http.Request) {
	f.Helper()
	attempt = model.Redact(attempt)
	if strings.Contains(r.URL.Path, "hidden") {
		f.Errorf("%q: a hidden request reached the backend", attempt)
	}
	for _, h := range []http.Header{r.Header, r.Trailer} {
		for name, values := range h {
			if len(values) == 0 { // a trailer that was announced and did not come
				continue
			}
			folded := http.CanonicalHeaderKey(strings.ReplaceAll(name, "_", "-"))
			want, known := f.ours[folded]
			switch {
			case known && (name != folded || !slices.Equal(values, []string{want})),
				!known && strings.HasPrefix(folded, "X-Empress"),
				slices.Contains([]string{headerAuthorization, headerAPIKey, headerAPISecret}, folded):
				f.Errorf("%q: the backend saw %s: %q", attempt, name, values)
			}
		}
	}
	for name, want := range f.ours {
		if r.Header.Get(name) != want {
			f.Errorf("%q: the backend saw %s: %q, want %q", attempt, name, r.Header.Get(name), want)
		}
	}
	if got := r.Header.Get("X-Forwarded-For"); got != "127.0.0.1" {
		f.Errorf("%q: the backend saw X-Forwarded-For: %q", attempt, got)
	}
}

// check sends good requests, bad ones, and all that smuggles. overRate is the
// status for a key over its rate.
func (f *front) check(overRate string) {
	f.Helper()
	auth := "Authorization: token " + f.good + "\r\n"
	key, secret, _ := strings.Cut(f.good, ":")
	pair := "X-Api-Key: " + key + "\r\nX-Api-Secret: " + secret + "\r\n"
	post := "POST /documents HTTP/1.1\r\nHost: app.example.com\r\nConnection: close\r\nContent-Length: 5\r\n" + auth + "\r\nhello"
	for _, good := range []string{get("/", auth), get("/", pair), post, post, post} {
		out, seen := f.raw(good), f.take()
		if len(seen) != 1 || !strings.HasPrefix(out, "HTTP/1.1 200 ") {
			f.Fatalf("a good request was answered %q, and the backend saw %d", out, len(seen))
		}
		f.clean(good, seen[0])
	}
	for request, status := range map[string]string{
		get("/", ""): "401", get("/", "Authorization: token "+partKey+":x\r\n"): "401", get("/", auth+auth): "40",
		get("/", auth+"X-Api-Key: "+partKey+"\r\n"): "401", get("/?application=billing", ""): "401",
	} {
		if out := f.raw(request); !strings.HasPrefix(out, "HTTP/1.1 "+status) {
			f.Errorf("%q was answered %q, want %s", model.Redact(request), out, status)
		}
	}
	_, edge := f.create(model.KeySpec{Application: "edge"})
	for _, more := range []string{"", "X-Empress-Require-Application: edge\r\n", "Connection: X-Empress-Require-Application\r\n"} {
		if out := f.raw(get("/?application=edge", "Authorization: token "+edge+"\r\n"+more)); !strings.HasPrefix(out, "HTTP/1.1 403") {
			f.Errorf("a key of another application, with %q, was answered %q", more, out)
		}
	}
	if seen := f.take(); len(seen) > 0 {
		f.Errorf("%d bad requests reached the backend", len(seen))
	}
	f.overRate(overRate)
	attempts := smuggling(auth)
	if sized(0, 1) > 0 {
		attempts = append(attempts, smuggling(pair)...)
	}
	f.smuggle(attempts)

	f.stop()
	<-f.ended
	if out := f.raw(get("/", auth)); !strings.HasPrefix(out, "HTTP/1.1 50") || len(f.take()) > 0 {
		f.Errorf("without a verifier a request was answered %q", out)
	}
}

func (f *front) overRate(status string) {
	f.Helper()
	_, limited := f.create(model.KeySpec{Application: "billing", Rate: "1/h"})
	request := get("/", "Authorization: token "+limited+"\r\n")
	f.raw(request)
	out := f.raw(request)
	if seen := f.take(); len(seen) != 1 || !strings.HasPrefix(out, "HTTP/1.1 "+status) || !strings.Contains(out, "\r\nRetry-After: 3") {
		f.Errorf("over its rate a key was answered %q, and the backend saw %d requests", out, len(seen))
	}
}

// program finds a program that a test needs.
func program(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		without(t, name+" is not installed: nothing is shown about it")
	}
	return path
}

// without skips a test that lacks something. The gate installs everything, so
// there it is a failure.
func without(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(what)
	}
	t.Skip(what)
}

func TestNginx(t *testing.T) {
	t.Parallel()
	nginxFront(t).check("403")
}

func nginxFront(t *testing.T) *front {
	t.Helper()
	nginx := program(t, "nginx")
	return newFront(t, Nginx, func(dir, config string) *exec.Cmd {
		main := "daemon off;\npid nginx.pid;\nerror_log stderr;\nevents {}\nhttp {\naccess_log off;\n"
		for kind := range strings.FieldsSeq("client_body proxy fastcgi uwsgi scgi") {
			main += kind + "_temp_path " + kind + ";\n"
		}
		if os.Geteuid() == 0 {
			main = "user root root;\n" + main
		}
		path := filepath.Join(dir, "nginx.conf")
		if err := os.WriteFile(path, []byte(main+"include "+config+";\n}\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		return exec.Command(nginx, "-p", dir, "-e", "stderr", "-c", path)
	})
}

func TestCaddy(t *testing.T) {
	t.Parallel()
	caddy := program(t, "caddy")
	newFront(t, Caddy, func(dir, config string) *exec.Cmd {
		path := filepath.Join(dir, "Caddyfile")
		site, err := os.ReadFile(config)
		if err == nil {
			err = os.WriteFile(path, append([]byte("{\n\tadmin off\n}\n"), site...), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(caddy, "run", "--adapter", "caddyfile", "--config", path)
		cmd.Env = append(os.Environ(), "HOME="+dir, "XDG_DATA_HOME="+dir, "XDG_CONFIG_HOME="+dir)
		return cmd
	}).check("429")
}
