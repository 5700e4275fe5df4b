package cli

import (
	"empress/model"
	"empress/storage"
)

// secretsFile takes new secrets, each on a line KEY:SECRET, nil for nowhere.
type secretsFile struct {
	file    *storage.NewFile
	lines   []byte // that are not written yet
	settled int64  // bytes of the file that belong to changes that were made
	written int64  // bytes of the file
	dry     bool
}

// roomForLines is how many bytes of lines are held before they are written.
const roomForLines = 32 << 10

// newSecretsFile makes the file, none without a path. A dry one takes nothing.
func newSecretsFile(path string, dry bool) (*secretsFile, error) {
	if path == "" {
		return nil, nil
	}
	f, err := storage.CreateNewFile(path, 0)
	if err != nil {
		return nil, err
	}
	return &secretsFile{file: f, lines: make([]byte, 0, roomForLines), dry: dry}, nil
}

func (f *secretsFile) deliver(k model.Key, secret model.Secret) error {
	if f.dry {
		return nil
	}
	if len(f.lines)+len(k.ID)+model.SecretLen+2 > cap(f.lines) { // a greater one would leave a copy behind
		if err := f.flush(); err != nil {
			return err
		}
	}
	f.lines = append(append(append(append(f.lines, k.ID...), ':'), secret.Reveal()...), '\n')
	return nil
}

// flush writes the lines and clears them.
func (f *secretsFile) flush() error {
	n, err := f.file.Write(f.lines)
	f.written += int64(n)
	f.forget()
	return err
}

func (f *secretsFile) forget() {
	clear(f.lines)
	f.lines = f.lines[:0]
}

// settle makes the file durable before the keys are.
func (f *secretsFile) settle() error {
	if f == nil {
		return nil
	}
	if err := f.flush(); err != nil {
		return err
	}
	return f.file.Sync()
}

// accept says that the keys of all lines were changed.
func (f *secretsFile) accept() { f.settled = f.written }

// undo takes back the lines since the last accept: no key of them was changed.
func (f *secretsFile) undo() error {
	f.forget()
	f.written = f.settled
	return f.file.Rewind(f.settled)
}

// leave ends the file as it is; one that nothing was written to does not stay.
func (f *secretsFile) leave() error {
	if f.written == 0 {
		f.file.Discard()
		return nil
	}
	return f.file.Leave()
}

func (f *secretsFile) keep() error {
	if f == nil || f.dry {
		return nil
	}
	return f.file.Keep()
}

func (f *secretsFile) discard() {
	if f != nil {
		f.file.Discard()
	}
}
