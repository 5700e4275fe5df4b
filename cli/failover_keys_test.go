package cli

import (
	"bufio"
	"context"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"empress/model"
)

// kept is what is known of a key. Its secrets are in the drill.
type kept struct {
	id      model.KeyID
	state   model.State
	unknown model.Action // that was said to be unknown; nobody touches the key any more
}

// change changes keys of its own until ctx ends, and has every verifier asked
// about what was acknowledged at once.
func (f *failover) change(ctx context.Context, random *rand.Rand) {
	var mine []*kept
	for ctx.Err() == nil {
		if len(mine) < 3 || random.IntN(8) == 0 {
			if k := f.add(); k != nil {
				mine = append(mine, k)
			}
			continue
		}
		i := random.IntN(len(mine))
		f.alter(mine[i], random)
		if mine[i].unknown != "" || mine[i].state == model.Revoked {
			mine = slices.Delete(mine, i, i+1)
		}
	}
}

// add creates a key.
func (f *failover) add() *kept {
	began := f.stage.Load()
	k, s, err := f.ada.CreateKey(context.Background(), model.KeySpec{Application: "billing"})
	done, unknown := f.told(began, err, s)
	if unknown {
		f.unknownKeys.Add(1)
	}
	if !done {
		return nil
	}
	f.remember(k, s)
	added := &kept{id: k.ID, state: model.Active}
	f.mu.Lock()
	f.kept = append(f.kept, added)
	f.mu.Unlock()
	f.verified(added, 1)
	return added
}

// alter does to a key what may be done to it.
func (f *failover) alter(k *kept, random *rand.Rand) {
	ctx := context.Background()
	action, to := model.KeyRegenerated, k.state
	change := func() (now model.Key, s model.Secret, err error) { return f.ada.RegenerateSecret(ctx, k.id, 0) }
	plain := func(does func(context.Context, model.KeyID) (model.Key, error)) func() (model.Key, model.Secret, error) {
		return func() (now model.Key, s model.Secret, err error) { now, err = does(ctx, k.id); return now, s, err }
	}
	switch n := random.IntN(8); {
	case n == 0:
		action, to, change = model.KeyRevoked, model.Revoked, plain(f.ada.RevokeKey)
	case k.state == model.Suspended:
		action, to, change = model.KeyResumed, model.Active, plain(f.ada.ResumeKey)
	case n < 3:
		action, to, change = model.KeySuspended, model.Suspended, plain(f.ada.SuspendKey)
	}
	began := f.stage.Load()
	now, s, err := change()
	done, unknown := f.told(began, err, s)
	if unknown {
		k.unknown = action
	}
	if !done {
		return
	}
	if k.state = to; action == model.KeyRegenerated {
		f.remember(now, s)
		f.verified(k, now.Generation-1)
	}
	f.verified(k, now.Generation)
}

// credential is a key with one of its secrets, as clients send it.
func (f *failover) credential(id model.KeyID, g model.Generation) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return string(id) + ":" + f.secrets[id][g-1].Reveal()
}

// verified asks every verifier about a secret of a key that was changed just now.
func (f *failover) verified(k *kept, g model.Generation) {
	f.Helper()
	f.mu.Lock()
	latest := model.Generation(len(f.secrets[k.id]))
	f.mu.Unlock()
	want := []int{401, 429}
	switch {
	case g == latest && k.state == model.Active:
		want = []int{200}
	case g == latest:
		want = []int{403}
	}
	for _, v := range f.verifiers {
		v.expect("secret of a key that is "+string(k.state)+" now", f.credential(k.id, g), want...)
	}
}

// verifier is a process that answers over HTTP.
type verifier struct {
	f      *failover
	url    string
	denied atomic.Int64 // answers of 503 while there was no primary
	failed atomic.Int64 // and while nothing was wrong
}

// serve starts a verifier.
func (f *failover) serve() *verifier {
	f.Helper()
	cmd := f.command("serve", "--http", "127.0.0.1:0", "--ssh", "")
	said, err := cmd.StderrPipe()
	if err != nil {
		f.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	lines := bufio.NewReader(said)
	line, _ := lines.ReadString('\n')
	url, found := strings.CutPrefix(strings.TrimSpace(line), "Listening on ")
	if !found {
		f.Fatalf("the verifier said %q", line)
	}
	go io.Copy(io.Discard, lines) //nolint:errcheck // it ends with the process
	return &verifier{f: f, url: url}
}

// ask returns the status of an answer, 0 when there was none.
func (v *verifier) ask(credential string) int {
	r, err := http.NewRequest(http.MethodGet, v.url, nil)
	if err != nil {
		v.f.Error(err)
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

// expect asks once. While there is no primary the answer is 503, around that it
// may be, and otherwise it is one of those that are right.
func (v *verifier) expect(what, credential string, right ...int) {
	v.f.Helper()
	before := v.f.stage.Load()
	got := v.ask(credential)
	after := v.f.stage.Load()
	if got == http.StatusServiceUnavailable {
		switch {
		case before == gone && after == gone:
			v.denied.Add(1)
		case before == after && calm(after):
			v.failed.Add(1)
		}
		return
	}
	if !slices.Contains(right, got) || before == gone && after == gone {
		v.f.Errorf("the %s is answered %d, which may be %d or 503, from stage %d to %d", what, got, right, before, after)
	}
}

// watch asks about keys that nobody changes, until ctx ends.
func (v *verifier) watch(ctx context.Context) {
	for ; ctx.Err() == nil; time.Sleep(5 * time.Millisecond) { // the machine has more to do
		v.expect("steady key", v.f.steady, 200)
		v.expect("revoked key", v.f.revoked, 403)
		v.expect("replaced secret", v.f.replaced, 401, 429)
	}
}
