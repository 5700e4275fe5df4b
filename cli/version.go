package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// version is set when a release is linked: -ldflags "-X empress/cli.version=1.2.3".
var version string

// buildFacts says which program this is.
type buildFacts struct {
	Version string `json:"version"`
	Commit  string `json:"commit"`
	Go      string `json:"go"`
}

func build() buildFacts {
	b := buildFacts{Version: version, Commit: "unknown", Go: runtime.Version()}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		b.Version = first(b.Version, "development")
		return b
	}
	changed := ""
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Commit = s.Value[:min(12, len(s.Value))]
		case "vcs.modified":
			if s.Value == "true" {
				changed = " with changes"
			}
		}
	}
	b.Commit += changed
	if info.Main.Version != "(devel)" {
		b.Version = first(b.Version, info.Main.Version)
	}
	b.Version = first(b.Version, "development")
	return b
}

func (b buildFacts) line() string {
	return fmt.Sprintf("%s (commit %s, %s)", b.Version, b.Commit, b.Go)
}

func (t *tree) version() *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		GroupID: groupAbout,
		Short:   "Print which empress this is",
		Example: "  empress version --json",
		RunE: func(*cobra.Command, []string) error {
			if t.json {
				return encoder(t.out).Encode(build())
			}
			_, err := fmt.Fprintln(t.out, "empress", build().line())
			return err
		},
	}
}
