package ui

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"empress/model"
)

// sshKeys are the public keys by which a member is known over SSH.
func (c *conversation) sshKeys(ctx context.Context, m model.Member) error {
	from := 0
	return repeat(ctx, func(ctx context.Context) error {
		var ks []model.SSHKey
		if err := c.call(ctx, func(ctx context.Context) (err error) {
			ks, err = c.session.SSHKeys(ctx, m.Email)
			return err
		}); err != nil {
			return err
		}
		c.title("SSH keys of " + m.Name)
		if len(ks) == 0 {
			c.tell("There is none yet.")
		} else {
			c.tell("Choose one to remove it.")
		}
		var bar error
		if m.ID != c.session.Me().ID { // everybody changes their own
			bar = c.session.Can(model.MembersManage, model.Target{})
		}
		rows := make([]way, len(ks))
		for i, k := range ks {
			rows[i] = way{name: sshKeyWords(k, c.now()), bar: bar, open: func(ctx context.Context) error {
				return c.decide(ctx, newSSHKeyRemove(c.surroundings, m, k))
			}}
		}
		add := way{sign: "a", name: "Add an SSH key", bar: bar, open: func(ctx context.Context) error { return c.addSSHKey(ctx, m) }}
		return c.choose(ctx, orBack(append(stretchOf(numbered(rows...), &from), add)...))
	})
}

// sshKeyWords say what tells an SSH key from others.
func sshKeyWords(k model.SSHKey, now time.Time) string {
	return fmt.Sprintf("%s, %s, added %s, %s", k.Name, k.Fingerprint, agoWords(k.CreatedAt, now), sshUseWords(k, now))
}

// addSSHKey asks for the line of a public key and a name for it. What is wrong
// is asked again, and the other one kept.
func (c *conversation) addSSHKey(ctx context.Context, m model.Member) error {
	c.title("Add an SSH key for " + m.Name)
	c.tell("Whoever holds the private half of it acts as " + m.Name + ". Paste the line that the file ending in .pub holds, such as ssh-ed25519 and letters.")
	line, name := "", ""
	again := []string{"ssh_key", "name"}
	for {
		if slices.Contains(again, "ssh_key") {
			var err error
			if line, err = c.askPublicKey(ctx); err != nil || line == "" {
				return c.unsent(cmp.Or(err, io.EOF))
			}
		}
		if slices.Contains(again, "name") {
			answer, err := c.ask(ctx, "Name, such as laptop [what the line calls it], or a single dot to leave")
			if err != nil || answer == "." {
				return c.unsent(cmp.Or(err, io.EOF))
			}
			name = typable(answer)
		}
		var k model.SSHKey
		msg := c.result(c.change(c.request(), func(ctx context.Context) (_ tea.Msg, err error) {
			k, err = c.session.AddSSHKey(ctx, m.Email, line, name)
			return teamChangedMsg{member: m, said: m.Name + " is known by the SSH key " + k.Name + " now: " + k.Fingerprint + "."}, err
		}))
		done, err := c.receive(ctx, msg)
		if done || err != nil {
			return err
		}
		again = nil
		for _, e := range model.Mistakes(msg.(failedMsg).err) {
			again = append(again, e.Field)
		}
		if slices.Contains(again, "ssh_key") || slices.Contains(again, "name") {
			continue
		}
		if yes, err := c.saysYes(ctx, "try again"); err != nil || !yes {
			return c.unsent(cmp.Or(err, io.EOF))
		}
	}
}

// askPublicKey asks for one line, which does not show: somebody may paste a
// private key. Of one that begins nothing is kept, up to its end.
func (c *conversation) askPublicKey(ctx context.Context) (string, error) {
	show := c.input.hide()
	defer show()
	for {
		line, err := c.ask(ctx, "Paste the line, which does not show, or an empty line to leave")
		if err != nil {
			return "", err
		}
		c.write("\n") // the terminal showed no enter
		if !strings.Contains(line, "PRIVATE KEY") {
			return line, nil
		}
		c.tell("Error: That is a private key, which belongs to nobody but you. Nothing of it was kept. An empty line ends what is pasted of it; then paste the line of the file that ends in .pub.")
		for !strings.Contains(line, "-----END") {
			if line, err = c.awaitLine(ctx); err != nil {
				return "", err
			}
			if strings.TrimSpace(line) == "" {
				break
			}
		}
	}
}
