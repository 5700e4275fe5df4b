package cli

import (
	"fmt"

	"empress/model"
)

// sealing tells which keys still depend on a sealing key that was replaced, and
// whether another one waits to be used.
func (e *examination) sealing() {
	const check = "former sealing keys"
	uses, err := e.service.SealingKeys(e.ctx)
	if err != nil {
		e.wrong(check, model.Sentence(err))
		return
	}
	current, found := 0, false
	for _, u := range uses {
		switch {
		case u.Current:
			current = u.Number
		case current != 0:
			e.fine(check, "Sealing key %d is in the key file and not in use yet. Once every machine has the file, run: empress sealing-key use", u.Number)
		case u.Usable > 0:
			found = true
			e.wrong(check, dependent(u))
		}
	}
	if !found {
		e.fine(check, "No key that can be used depends on a sealing key that was replaced.")
	}
}

// dependent says what to do about keys of a former sealing key.
func dependent(u model.SealingKeyUse) string {
	if !u.InFile {
		return fmt.Sprintf("The secrets of %s depend on sealing key %d, which the key file lacks, so they are denied. Put its line back from a backup of that file, or regenerate them.", count(u.Usable, "key"), u.Number)
	}
	return fmt.Sprintf("The secrets of %s still depend on sealing key %d, which was replaced. Rotate them: empress keys rotate --due --secrets FILE, or with --deliver 'COMMAND'.", count(u.Usable, "key"), u.Number)
}
