package server

import (
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"
)

// sshAsked is what a client asked for before its session began. It is for one
// goroutine at a time.
type sshAsked struct {
	terminal bool
	kind     string // of the terminal, as TERM has it
	line     string // a command, as it was sent
	sizes    chan Size
	env      []string
	envSent  int // variables that were sent, taken or not
}

// What a client may ask for at most.
const (
	maxEnv     = 32      // variables
	maxEnvText = 256     // bytes of one
	maxLine    = 8 << 10 // bytes of a command
	maxWidth   = 300     // cells; a larger terminal is drawn on in part
	maxHeight  = 100
)

// environNames are the variables that are taken: they say what a terminal can
// show, and nothing else.
var environNames = []string{"LANG", "LC_ALL", "LC_CTYPE", "COLORTERM", "TERM_PROGRAM", "NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "EMPRESS_ACCESSIBLE"}

// take grants a request or does not. What a session is for is said once, begun
// being whether it was; begins is whether this request says it.
func (a *sshAsked) take(r *ssh.Request, begun bool) (granted, begins bool) {
	switch r.Type {
	case "window-change":
		return a.resize(r.Payload), false
	case "pty-req":
		return !begun && !a.terminal && a.openTerminal(r.Payload), false
	case "env":
		return !begun && a.setEnv(r.Payload), false
	case "shell":
		return !begun, !begun
	case "exec":
		ok := !begun && a.setLine(r.Payload)
		return ok, ok
	}
	return false, false // no agent, no X11, no subsystem; signals have nobody to go to
}

func (a *sshAsked) openTerminal(payload []byte) bool {
	var p struct {
		Kind                              string
		Width, Height, Pixels, PixelLines uint32
		Modes                             string
	}
	if ssh.Unmarshal(payload, &p) != nil {
		return false
	}
	a.terminal, a.kind = true, ""
	if len(p.Kind) <= maxEnvText && printableASCII(p.Kind) {
		a.kind = p.Kind
	}
	a.fit(p.Width, p.Height)
	return true
}

func (a *sshAsked) resize(payload []byte) bool {
	var d struct{ Width, Height, Pixels, PixelLines uint32 }
	if !a.terminal || ssh.Unmarshal(payload, &d) != nil {
		return false
	}
	a.fit(d.Width, d.Height)
	return true
}

// fit makes a size the latest, in the place of one that nobody has taken yet.
func (a *sshAsked) fit(width, height uint32) {
	s := Size{80, 24} // of a client that does not know
	if width > 0 && height > 0 {
		s = Size{int(min(width, maxWidth)), int(min(height, maxHeight))}
	}
	select {
	case <-a.sizes:
	default:
	}
	a.sizes <- s // there is room: nobody else sends
}

func (a *sshAsked) setEnv(payload []byte) bool {
	var v struct{ Name, Value string }
	if a.envSent++; a.envSent > maxEnv || len(payload) > 2*maxEnvText || ssh.Unmarshal(payload, &v) != nil {
		return false
	}
	if !slices.Contains(environNames, v.Name) || len(v.Value) > maxEnvText || !printableASCII(v.Value) {
		return false
	}
	a.env = append(a.env, v.Name+"="+v.Value)
	return true
}

func (a *sshAsked) setLine(payload []byte) bool {
	var v struct{ Line string }
	if len(payload) > maxLine || ssh.Unmarshal(payload, &v) != nil {
		return false
	}
	a.line = v.Line
	return true
}

// environ is the environment of the visitor's terminal.
func (a *sshAsked) environ() []string { return append(slices.Clone(a.env), "TERM="+a.kind) }

func printableASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' })
}
