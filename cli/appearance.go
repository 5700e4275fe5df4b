package cli

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/adrg/xdg"

	"empress/model"
	"empress/ui"
)

// appearancePath is where a person's choices are kept, apart from the team's
// data.
func (t *tree) appearancePath() string {
	dir := t.variable("XDG_CONFIG_HOME")
	if !filepath.IsAbs(dir) {
		dir = xdg.ConfigHome
	}
	return filepath.Join(dir, "empress", "appearance.json")
}

// appearance reads the choices. A file that cannot be understood stands for
// none: how things look is no reason to stop.
func (t *tree) appearance() ui.Appearance {
	var a ui.Appearance
	text, err := os.ReadFile(t.appearancePath())
	if err != nil || json.Unmarshal(text, &a) != nil {
		return ui.Appearance{}
	}
	return a
}

// keepAppearance writes the choices whole, or leaves the file as it was.
func (t *tree) keepAppearance(a ui.Appearance) error {
	path := t.appearancePath()
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target // of somebody who keeps such files elsewhere
	}
	text, err := json.Marshal(a)
	if err == nil {
		err = os.MkdirAll(filepath.Dir(path), 0o700)
	}
	if err == nil {
		err = replaceFile(path, append(text, '\n'))
	}
	if err != nil {
		return model.Errorf(model.CodeFailed, "The choice holds until you leave: it could not be kept in %s.", path).Because(err)
	}
	return nil
}

func replaceFile(path string, content []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".appearance-*")
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		if gone := os.Remove(f.Name()); !errors.Is(gone, fs.ErrNotExist) {
			err = errors.Join(err, gone)
		}
	}
	return err
}
