package storage

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"

	"empress/model"
)

// AddToKeyFile draws the sealing key that may take the place of the current one,
// whose number is given, and adds it to the file, which it returns the newest key
// of. The whole file is replaced at once: a reader, and a crash, find the file of
// before or the new one. Where a newer key waits in it already it is ErrConflict.
func AddToKeyFile(path string, current int) (*model.SealingKey, error) {
	f, err := alone(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() // and let others in
	text, err := sealingKeyFile.content(f)
	defer clear(text)
	if err != nil {
		return nil, err
	}
	k, err := model.ParseSealingKey(string(text))
	if err != nil {
		return nil, err
	}
	if k.Number() > current {
		return nil, model.Errorf(model.CodeConflict, "Sealing key %d is in %s already and waits to be used, so no other was made. Copy the file to every machine, then run `empress sealing-key use`.", k.Number(), path)
	}
	if k, err = k.Next(rand.Reader); err != nil {
		return nil, err
	}
	return k, replaceKeyFile(path, k)
}

// replaceKeyFile puts the keys in the place of what the file holds. The caller
// has it alone.
func replaceKeyFile(path string, k *model.SealingKey) error {
	text := k.Encode()
	defer clear(text)
	if len(text) > maxKeyFile {
		return model.Errorf(model.CodeFailed, "The sealing key file %s is full. Take out the lines of the oldest keys once nothing needs them.", path)
	}
	draft := path + ".next"
	if err := os.Remove(draft); err != nil && !errors.Is(err, fs.ErrNotExist) { // of a process that was killed
		return fileError(err, draft)
	}
	if err := WriteNewFile(draft, text); err != nil {
		return err
	}
	if err := os.Rename(draft, path); err != nil {
		return errors.Join(fileError(err, path), os.Remove(draft))
	}
	return syncDir(path)
}

// alone opens a sealing key file that nobody else who calls alone has open.
func alone(path string) (*os.File, error) {
	for {
		f, err := sealingKeyFile.open(path)
		if err != nil {
			return nil, noKeyFile(err, path)
		}
		if !waitAlone(f) {
			_ = f.Close()
			return nil, model.Errorf(model.CodeUnavailable, "Another program is changing the sealing key file %s. Try again when it is done.", path)
		}
		if leadsTo(path, f) {
			return f, nil
		}
		_ = f.Close() // somebody replaced it meanwhile
	}
}
