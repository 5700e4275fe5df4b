package cli

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"empress/model"
	"empress/ui"
)

// deliverLimit is how long a command may take for one secret.
const deliverLimit = 2 * time.Minute

// deliver runs a command of the shell for one key, with the secret and a line feed
// on its standard input and the facts of the key in its environment. All that it
// started ends with its time.
func (t *tree) deliver(ctx context.Context, team, command string, k model.Key, secret model.Secret) error {
	ctx, cancel := context.WithTimeout(ctx, deliverLimit)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", "-c", command) //nolint:gosec // it is the person's own command line
	cmd.Env = append(slices.Clone(t.Environ), facts(k, team)...)
	cmd.Stdin = strings.NewReader(secret.Reveal() + "\n")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error {
		if err := syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL); !errors.Is(err, syscall.ESRCH) {
			return err
		}
		return os.ErrProcessDone
	}
	cmd.WaitDelay = time.Second
	if err := cmd.Run(); err != nil {
		return &ui.Undelivered{Why: whyUndelivered(ctx, err)}
	}
	return nil
}

// facts are the variables that tell a command which key a secret is of.
func facts(k model.Key, team string) []string {
	expires := ""
	if !k.ExpiresAt.IsZero() {
		expires = k.ExpiresAt.UTC().Format(time.RFC3339)
	}
	return []string{
		"EMPRESS_API_KEY=" + string(k.ID), "EMPRESS_APPLICATION=" + k.Application, "EMPRESS_OWNER=" + k.Owner,
		"EMPRESS_GENERATION=" + strconv.FormatInt(int64(k.Generation), 10), "EMPRESS_SCOPES=" + k.ScopeList(),
		"EMPRESS_EXPIRES_AT=" + expires, "EMPRESS_TEAM=" + team,
	}
}

func whyUndelivered(ctx context.Context, err error) string {
	exit, ended := errors.AsType[*exec.ExitError](err)
	switch {
	case ctx.Err() != nil:
		return "no answer in time"
	case ended:
		return exit.String()
	}
	return "it could not be started, or did not read the secret"
}
