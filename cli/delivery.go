package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"empress/model"
)

// delivery is a command that takes new secrets to where they are used: a line of
// `sh -c`, run once for each key, with the secret and a line feed on its standard
// input and the facts of the key in its environment. It runs in a process group
// of its own, which is ended as a whole when its time is over.
type delivery struct {
	command string
	environ []string // of the program
	team    string
	limit   time.Duration // for one key
}

// deliveryLimit is how long one command may take.
const deliveryLimit = 2 * time.Minute

// undelivered is why a secret did not arrive.
type undelivered struct {
	why  string // in a few words: "exit status 3"
	said string // the last line of the command's standard error, "" for none
}

// words are all that there is to say, for people.
func (u undelivered) words() string {
	if u.said == "" {
		return u.why
	}
	return u.why + ": " + u.said
}

// interrupted is why a secret did not arrive when somebody could not wait.
const interrupted = "interrupted"

// deliver runs the command for one key and returns nil when the secret arrived:
// when it ended with 0. The end of ctx ends it.
func (d delivery) deliver(ctx context.Context, k model.Key, secret model.Secret) *undelivered {
	ctx, cancel := context.WithTimeout(ctx, d.limit)
	defer cancel()
	in, err := piped(secret)
	if err != nil {
		return &undelivered{why: "it could not be started"}
	}
	defer in.Close()
	said := newEnding()
	defer said.wipe()
	cmd := d.prepare(ctx, k)
	cmd.Stdin, cmd.Stderr = in, said
	err = cmd.Run()
	if why := d.failure(ctx, cmd, err); why != "" {
		return &undelivered{why, said.lastLine(secret)}
	}
	return nil
}

func (d delivery) prepare(ctx context.Context, k model.Key) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "sh", "-c", d.command) //nolint:gosec // it is the administrator's own command line
	cmd.Env = append(slices.Clip(d.environ), d.facts(k)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error {
		if err := syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL); !errors.Is(err, syscall.ESRCH) {
			return err
		}
		return os.ErrProcessDone
	}
	cmd.WaitDelay = time.Second // for whoever it leaves behind with its standard error
	return cmd
}

// facts are the variables that tell a command which key the secret is of.
func (d delivery) facts(k model.Key) []string {
	expires := ""
	if !k.ExpiresAt.IsZero() {
		expires = k.ExpiresAt.UTC().Format(time.RFC3339)
	}
	return []string{
		"EMPRESS_API_KEY=" + string(k.ID), "EMPRESS_APPLICATION=" + k.Application, "EMPRESS_OWNER=" + k.Owner,
		"EMPRESS_GENERATION=" + strconv.FormatInt(int64(k.Generation), 10), "EMPRESS_SCOPES=" + k.ScopeList(),
		"EMPRESS_EXPIRES_AT=" + expires, "EMPRESS_TEAM=" + d.team,
	}
}

// piped is a pipe that holds the secret and a line feed, and ends after them. A
// pipe takes that much without a reader.
func piped(secret model.Secret) (*os.File, error) {
	in, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	line := append(append(make([]byte, 0, model.SecretLen+1), secret.Reveal()...), '\n')
	defer clear(line)
	_, err = w.Write(line)
	if err = errors.Join(err, w.Close()); err != nil {
		_ = in.Close()
		return nil, err
	}
	return in, nil
}

// failure is why a command that has ended failed, "" where it did not.
func (d delivery) failure(ctx context.Context, cmd *exec.Cmd, err error) string {
	switch state := cmd.ProcessState; {
	case err == nil, errors.Is(err, exec.ErrWaitDelay) && state.Success():
		return ""
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return fmt.Sprintf("no answer in %g minutes", d.limit.Minutes())
	case ctx.Err() != nil:
		return interrupted
	case state == nil:
		return "it could not be started"
	case state.Exited():
		return state.String()
	default:
		return strings.TrimPrefix(state.String(), "signal: ")
	}
}
