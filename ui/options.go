package ui

import (
	"context"
	"io"
	"time"

	"empress/model"
)

// Options is what the interface needs of its surroundings.
type Options struct {
	// Session is the signed-in member; nil on the first run, when Found makes
	// the team and Founding holds what the form is filled in with.
	Session  *model.Session
	Found    func(context.Context, model.Founding) (*model.Session, error)
	Founding model.Founding

	// Save writes a secret to a new file that only its owner can read; nil where
	// there is no file system that is the person's own.
	Save func(path string, content []byte) error

	// NewSecrets makes a new file that takes the secrets of many keys, for its owner
	// alone to read; nil where there is no file system that is the person's own.
	NewSecrets func(path string) (SecretsFile, error)

	// Deliver hands a new secret of a key to a command of the shell, on its standard
	// input, and waits until it ends, for as long as it allows. Team is the name of
	// the team. The error says why the secret did not arrive, an *Undelivered. It is
	// nil where commands are not the person's own.
	Deliver func(ctx context.Context, team, command string, k model.Key, secret model.Secret) error

	// ReadKey reads the public key that a file holds; nil where there is no file
	// system that is the person's own.
	ReadKey func(path string) (string, error)

	// Idle is how long a screen waits for a key press before it signs out where
	// the team's policy says nothing; 0 is for ever.
	Idle time.Duration

	Start Place            // the screen to open with
	About []Fact           // facts about the installation, for Settings
	Now   func() time.Time // the clock; nil is time.Now
	// Appearance is how the person wants the screens to look, and Keep remembers
	// it for the next time; nil where there is no place that is the person's own.
	Appearance Appearance
	Keep       func(Appearance) error

	Environ []string  // environment of the person's terminal, as "NAME=value"
	NoColor bool      // asked for on the command line
	Input   io.Reader // nil is standard input
	Output  io.Writer // the person's terminal; nil is standard output

	// Size asks for the size of a terminal that is not one of this computer, in
	// columns and lines, and Resized says that it is another; nil where Output
	// is one of this computer.
	Size    func() (width, height int)
	Resized <-chan struct{}
}

// Fact is one line about the installation: "Database" and its path.
type Fact struct{ Name, Value string }

// Place names a screen that the program can open with.
type Place string

// The places. The empty Place is the dashboard.
const (
	AtDashboard Place = "dashboard"
	AtSettings  Place = "settings"
	AtTeam      Place = "team"
	AtAccess    Place = "keys"
	AtRotation  Place = "rotation"
	AtActivity  Place = "activity"
)

// Places lists what can be opened with.
func Places() []Place {
	return []Place{AtDashboard, AtSettings, AtTeam, AtAccess, AtRotation, AtActivity}
}
