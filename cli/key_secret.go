package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"empress/model"
	"empress/storage"
)

// secretFile is the path that a new secret goes to instead of the output, ""
// for none.
type secretFile string

func (t *tree) addSecretOut(cmd *cobra.Command, out *secretFile) {
	t.fileFlag(cmd.Flags(), (*string)(out), "secret-out", "write the secret to this new `file`, for you alone to read, and print it nowhere", sendOutput)
}

// open makes the file before there is a secret to lose, and keeps it open:
// whatever happens to its name meanwhile, the secret goes into no other. Without
// the flag there is none.
func (f secretFile) open(cmd *cobra.Command) (*storage.NewFile, error) {
	if !cmd.Flags().Changed("secret-out") {
		return nil, nil
	}
	if f == "" || f == "-" {
		return nil, usage(cmd, "--secret-out takes the path of a new file.")
	}
	path := string(f)
	if info, err := os.Stat(filepath.Dir(path)); err != nil || !info.IsDir() {
		return nil, usage(cmd, "There is no directory %s to write the secret to.", quoted(filepath.Dir(path)))
	}
	return storage.CreateNewFile(path, model.SecretLen+1)
}

func (t *tree) keysRegenerate() *cobra.Command {
	var out secretFile
	cmd := &cobra.Command{
		Use:   "regenerate",
		Short: "Regenerate API Secret",
		Long: `Give a key a new secret. The old one stops working at once, everywhere, and
nothing asks before. The new one is printed once and never again; with
--secret-out it goes to a new file instead.`,
		Example: "  empress keys regenerate empk_7f3c0a1b2c3d4e5f6g7h --json",
	}
	t.addSecretOut(cmd, &out)
	return t.onKey(cmd, func(cmd *cobra.Command, id model.KeyID) error {
		return t.withNewSecret(cmd, out, func(s *model.Session) (model.Key, model.Secret, error) {
			return s.RegenerateSecret(cmd.Context(), id, 0)
		})
	})
}

// withNewSecret makes a secret and hands it over.
func (t *tree) withNewSecret(cmd *cobra.Command, out secretFile, make func(*model.Session) (model.Key, model.Secret, error)) error {
	s, err := t.Session(cmd.Context())
	if err != nil {
		return err
	}
	file, err := out.open(cmd)
	if err != nil {
		return err
	}
	if file != nil {
		defer file.Discard() // unless it was committed
	}
	k, secret, err := make(s)
	if err != nil {
		return err
	}
	defer secret.Wipe()
	// From here on an interruption must not keep the secret from its reader.
	ctx := context.WithoutCancel(cmd.Context())
	if file != nil {
		return t.saveSecret(ctx, s, k, secret, file, string(out))
	}
	return t.printSecret(ctx, s, k, secret)
}

func (t *tree) saveSecret(ctx context.Context, s *model.Session, k model.Key, secret model.Secret, file *storage.NewFile, path string) error {
	content := []byte(secret.Reveal() + "\n")
	defer clear(content)
	if err := file.Commit(content); err != nil {
		return lost(k, path)
	}
	t.confirm(ctx, s, k)
	if again, err := s.Key(ctx, k.ID); err == nil {
		k = again
	}
	if t.json {
		j := newKeyJSON(k, s.Now())
		j.SecretFile = path
		return encoder(t.out).Encode(j)
	}
	facts := keyFacts(k, s.Now())
	facts[secretLine].value = "written to " + path
	return writeFacts(t.out, facts...)
}

func (t *tree) printSecret(ctx context.Context, s *model.Session, k model.Key, secret model.Secret) error {
	err := t.writeSecret(k, secret, s)
	if err = errors.Join(err, t.out.Flush()); err != nil {
		return lost(k, "the output")
	}
	t.confirm(ctx, s, k)
	if !t.json {
		t.note("The secret is shown only this once. Store it now; if it is lost, regenerate it.")
	}
	return nil
}

func (t *tree) writeSecret(k model.Key, secret model.Secret, s *model.Session) error {
	if t.json {
		j := newKeyJSON(k, s.Now())
		j.APISecret, j.SecretConfirmed = secret.Reveal(), nil // this output is what confirms it
		return encoder(t.out).Encode(j)
	}
	facts := keyFacts(k, s.Now())
	facts[secretLine].value = fmt.Sprintf("number %d, below", k.Generation)
	err := writeFacts(t.out, facts...)
	_, err2 := fmt.Fprintf(t.out, "\n%s\n", secret.Reveal())
	return errors.Join(err, err2)
}

// confirm notes that the secret reached whoever asked for it. They have it,
// whether that can be noted or not.
func (t *tree) confirm(ctx context.Context, s *model.Session, k model.Key) {
	if err := s.ConfirmSecret(ctx, k.ID, k.Generation); err != nil {
		t.note("The secret is valid, but lists will call it not confirmed: %s", model.Sentence(err))
	}
}

// lost says that nobody has the new secret. The cause stays out of the chain:
// even a closed pipe, about which other commands keep quiet, is said here.
func lost(k model.Key, place string) error {
	return model.Errorf(model.CodeFailed, "The new secret of %s could not be written to %s, so it was not kept and nothing can show it. Mend that, then run `empress keys regenerate %s`.",
		k.ID, place, k.ID)
}
