package cli

import (
	"context"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"empress/model"
)

func (t *tree) membersSSHKey() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "ssh-key",
		Short:   "See and change the SSH keys by which members are known",
		Example: "  empress members ssh-key list kim@example.com",
	}
	cmd.AddCommand(t.sshKeyAdd(), t.sshKeyList(), t.sshKeyRemove())
	return cmd
}

func (t *tree) sshKeyAdd() *cobra.Command {
	var name string
	cmd := &cobra.Command{
		Use:   "add MEMBER (FILE | - | 'ssh-ed25519 AAAA...')",
		Short: "Let a member be known by an SSH public key",
		Long: `Let a member be known by an SSH public key: the file that ends in .pub, on the
computer that empress runs on, - for standard input, or the line itself. Whoever
holds the private half acts as that member.`,
		Example: "  empress members ssh-key add kim@example.com ~/.ssh/id_ed25519.pub --name laptop",
		Args:    exactly(2, "a member, and a file or a key"),
	}
	cmd.Flags().StringVar(&name, "name", "", "what to call it, in a few `words`; otherwise its comment")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		line, err := t.publicKey(cmd.Context(), args[1])
		if err != nil {
			return err
		}
		s, err := t.Session(cmd.Context())
		if err != nil {
			return err
		}
		k, err := s.AddSSHKey(cmd.Context(), args[0], line, name)
		if err != nil {
			return err
		}
		return t.printSSHKeys([]model.SSHKey{k})
	}
	return cmd
}

// mostKeyBytes is more than the longest line of a public key.
const mostKeyBytes = 64 << 10

// publicKey reads the key that an argument stands for.
func (t *tree) publicKey(ctx context.Context, arg string) (string, error) {
	switch {
	case arg == "-":
		return await(ctx, func() (string, error) { return keyText(t.In) })
	case model.LooksLikeSSHKey(arg):
		return arg, nil
	case t.here == nil:
		return "", model.Errorf(model.CodeDenied, "A file would be read on the server, which nobody does over SSH. Give the key itself, or - for standard input.")
	}
	f, err := os.Open(arg)
	if err != nil {
		return "", unreadableKey(arg, err)
	}
	defer f.Close()
	return keyText(f)
}

// readKeyFile reads a public key for the screens. A file that is none, such as
// a pipe that nobody writes to, would keep them waiting.
func readKeyFile(path string) (string, error) {
	at, err := os.Stat(path)
	if err == nil && !at.Mode().IsRegular() {
		err = fs.ErrInvalid
	}
	if err != nil {
		return "", unreadableKey(path, err)
	}
	f, err := os.Open(path)
	if err != nil {
		return "", unreadableKey(path, err)
	}
	defer f.Close()
	return keyText(f)
}

func unreadableKey(path string, err error) error {
	return model.Errorf(model.CodeFailed, "%s cannot be read. Give the file that ends in .pub.", model.Printable(path)).Because(err)
}

func keyText(in io.Reader) (string, error) {
	text, err := io.ReadAll(io.LimitReader(in, mostKeyBytes))
	if err != nil {
		return "", model.Errorf(model.CodeFailed, "The key cannot be read.").Because(err)
	}
	return strings.TrimSpace(string(text)), nil
}

func (t *tree) sshKeyList() *cobra.Command {
	return t.onMember(&cobra.Command{
		Use:     "list",
		Short:   "List the SSH keys of a member",
		Example: "  empress members ssh-key list kim@example.com --json",
	}, func(ctx context.Context, s *model.Session, member string) error {
		ks, err := s.SSHKeys(ctx, member)
		if err != nil {
			return err
		}
		return t.printSSHKeys(ks)
	})
}

func (t *tree) sshKeyRemove() *cobra.Command {
	return &cobra.Command{
		Use:     "remove NUMBER",
		Short:   "End that a member is known by an SSH key",
		Example: "  empress members ssh-key remove 2",
		Args:    exactly(1, "the number of one SSH key, as its list has it"),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := strconv.ParseInt(args[0], 10, 64)
			if err != nil || id < 1 {
				return usage(cmd, "An SSH key is named by its number, as `empress members ssh-key list` has it.")
			}
			s, err := t.Session(cmd.Context())
			if err != nil {
				return err
			}
			if err := s.RemoveSSHKey(cmd.Context(), id); err != nil {
				return err
			}
			t.note("SSH key %d was removed.", id)
			return nil
		},
	}
}

// sshKeyJSON is an SSH key as scripts see it.
type sshKeyJSON struct {
	Number      int64   `json:"number"`
	Name        string  `json:"name"`
	Fingerprint string  `json:"fingerprint"`
	PublicKey   string  `json:"public_key"`
	CreatedAt   *string `json:"created_at"`
	LastUsedAt  *string `json:"last_used_at"`
}

func (t *tree) printSSHKeys(ks []model.SSHKey) error {
	if t.json {
		list := make([]sshKeyJSON, len(ks))
		for i, k := range ks {
			list[i] = sshKeyJSON{k.ID, model.Printable(k.Name), model.Printable(k.Fingerprint), model.Printable(k.Line), stamp(k.CreatedAt), stamp(k.UsedAt)}
		}
		return encoder(t.out).Encode(list)
	}
	if len(ks) == 0 {
		t.note("There are no SSH keys yet.")
		return nil
	}
	rows := newTable(t.out, "NUMBER", "NAME", "FINGERPRINT", "ADDED", "LAST USED")
	for _, k := range ks {
		used := shown(k.UsedAt, "never")
		if k.UseUnknown {
			used = "not known"
		}
		rows.add(strconv.FormatInt(k.ID, 10), k.Name, k.Fingerprint, shown(k.CreatedAt, ""), used)
	}
	return rows.flush()
}
