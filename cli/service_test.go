package cli

import (
	"bufio"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// unit is docs/empress.service, with its parts elsewhere.
func unit(t *testing.T, elsewhere ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "docs", "empress.service"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.NewReplacer(elsewhere...).Replace(string(text))
}

// systemd takes the unit without a word, and thinks little of it exposed. The
// threshold is ten times the figure that it prints, and that the README names.
func TestServiceUnit(t *testing.T) {
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip("systemd is not installed: nothing is shown about its unit")
	}
	program, err := exec.LookPath("empress")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "empress.service")
	if err := os.WriteFile(path, []byte(unit(t, "/usr/local/bin/empress", program)), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("systemd-analyze", "verify", "--recursive-errors=no", path).CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("systemd-analyze verify: %v\n%s", err, out)
	}
	if out, err := exec.Command("systemd-analyze", "security", "--offline=true", "--no-pager", "--threshold=15", path).CombinedOutput(); err != nil {
		t.Errorf("systemd-analyze security: %v\n%s", err, out)
	}
}

// With the variables of the unit, and a key that cannot be written, the program
// serves what was founded before, and ends as the unit asks it to.
func TestServiceStarts(t *testing.T) {
	dir := t.TempDir()
	kept, handed := filepath.Join(dir, "kept"), filepath.Join(dir, "handed")
	founding := exec.Command("empress", "init", "--team", "Acme", "--name", "Ada", "--email", "ada@example.com")
	founding.Env = append(os.Environ(), "XDG_DATA_HOME="+dir, "EMPRESS_KEY_FILE="+kept)
	if out, err := founding.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	key, err := os.ReadFile(kept)
	if err == nil {
		err = os.Mkdir(handed, 0o700)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(handed, "sealing-key"), key, 0o400)
	}
	if err != nil {
		t.Fatal(err)
	}
	service := exec.Command("empress", "serve", "--http", "127.0.0.1:0", "--ssh", "")
	service.Env = os.Environ()
	for _, line := range regexp.MustCompile(`(?m)^Environment=(.*)$`).FindAllStringSubmatch(unit(t, "/var/lib", dir, "%d", handed), -1) {
		service.Env = append(service.Env, strings.Fields(line[1])...)
	}
	said, err := service.StderrPipe()
	if err == nil {
		err = service.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	late := time.AfterFunc(30*time.Second, func() { _ = service.Process.Kill() })
	defer late.Stop()
	first, _ := bufio.NewReader(said).ReadString('\n')
	address, listens := strings.CutPrefix(strings.TrimSuffix(first, "/verify\n"), "Listening on ")
	if !listens {
		rest, _ := io.ReadAll(said)
		t.Fatalf("it says %s%s", first, rest)
	}
	answer, err := http.Get(address + "/readyz")
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Errorf("the answer is %s", answer.Status)
	}
	if err := service.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, said)
	if err := service.Wait(); err != nil {
		t.Errorf("after SIGTERM: %v", err)
	}
}

// The recipe of an image builds with the Go of go.mod what the README builds, of
// what is there, and only copies what it made. .ci/run carries its build line out.
func TestContainerfile(t *testing.T) {
	read := func(path string) string {
		t.Helper()
		text, err := os.ReadFile(filepath.Join("..", path))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	recipe := read("docs/Containerfile")
	build, image, _ := strings.Cut(recipe, "\nFROM scratch\n")
	from := regexp.MustCompile(`(?m)^FROM docker\.io/library/golang:(\d+\.\d+)-\w+ AS build$`).FindStringSubmatch(build)
	if from == nil || !strings.Contains(read("go.mod"), "\ngo "+from[1]+".") {
		t.Errorf("it is built by %q, which is not the Go of go.mod", from)
	}
	for _, line := range regexp.MustCompile(`(?m)^COPY (.*) \S+$`).FindAllStringSubmatch(build, -1) {
		for path := range strings.FieldsSeq(line[1]) {
			if _, err := os.Stat(filepath.Join("..", path)); err != nil {
				t.Error(err)
			}
		}
	}
	command := regexp.MustCompile(`(?m)^RUN (CGO_ENABLED=0 go build .*) -o /image/empress$`).FindStringSubmatch(build)
	if command == nil || !strings.Contains(read("README.md"), "`"+command[1]+"`") {
		t.Errorf("it is built by %q, and not as the README says", command)
	}
	for _, line := range regexp.MustCompile(`(?m)^COPY (?:--\S+ )*(\S+) \S+$`).FindAllStringSubmatch(image, -1) {
		if made := strings.TrimSuffix(line[1], "/"); !strings.Contains(build, made) && made != "/etc/ssl/certs/ca-certificates.crt" {
			t.Errorf("nothing makes %s", made)
		}
	}
	for _, want := range []string{"USER 65532:65532", "ENTRYPOINT [", "CMD ["} { // none of them for a shell
		if !strings.Contains(image, "\n"+want) {
			t.Errorf("the image has no %s", want)
		}
	}
}
