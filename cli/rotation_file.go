package cli

import (
	"context"
	"errors"
	"slices"

	"empress/model"
)

// toFile writes all secrets to one file.
type toFile struct {
	*rotation
	file *secretsFile
}

// filedAtOnce is how many keys change in one transaction, and so how many lines
// of a file can be of keys that did not change after all.
const filedAtOnce = 100

func (f *toFile) rotate(ctx, insisted context.Context, keys []model.Key) error {
	turns := model.RotationPlan{Keys: keys}.Turns()
	for part := range slices.Chunk(turns, filedAtOnce) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		n := len(part)
		if err := f.some(insisted, part, keys[:n]); err != nil {
			return err
		}
		keys = keys[n:]
	}
	return nil
}

// some gives some keys new secrets, all in one transaction.
func (f *toFile) some(ctx context.Context, turns []model.Turn, keys []model.Key) error {
	done, err := f.s.RotateInto(ctx, turns, model.Renewal(f.flags.renew), f.file.deliver, f.file.settle)
	switch {
	case errors.Is(err, model.ErrUnknown):
		for _, k := range keys {
			f.note(k, unknown, "its new secret is in the file, and nobody knows whether it is valid", err)
		}
		return err
	case err != nil:
		return errors.Join(err, f.file.undo())
	}
	f.file.accept()
	for _, d := range done {
		if d.Err != nil {
			f.note(d.Key, failed, f.t.sentence(d.Err), d.Err)
			continue
		}
		f.note(d.Key, delivered, "", nil)
	}
	return nil
}

func (f *toFile) close() error { return f.file.leave() }
