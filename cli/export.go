package cli

import (
	"fmt"
	"io"

	"empress/model"
	"empress/storage"
)

// exportTo writes an export to a new file, and says how many things are in it.
func (t *tree) exportTo(path, what string, export func(io.Writer) (int, error)) error {
	file, err := storage.CreateNewFile(path, 0)
	if err != nil {
		return err
	}
	defer file.Discard() // unless it is kept
	n, err := export(file)
	if err != nil {
		return err
	}
	if err := file.Keep(); err != nil {
		return err
	}
	if t.json {
		return encoder(t.out).Encode(map[string]any{what + "s": n, "file": model.Printable(path)})
	}
	_, err = fmt.Fprintf(t.out, "%s written to %s.\n", count(n, what), model.Printable(path))
	return err
}
