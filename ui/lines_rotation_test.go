package ui

import (
	"testing"
)

// In lines, too, what is due can be seen with why, and rotated: shown one after
// the other, to a command or into a file, with the number typed.
func TestLinesRotation(t *testing.T) {
	alone(t)
	d := newDriver(t, rotatingTeam)
	p := d.converse(Options{Start: AtAccess}, chooses("Rotation"), chooses("Due for"), "", chooses("Old secret"), "", chooses("Never used"), "",
		chooses("Rotate all"), chooses("Write them"), chooses("Show them"), "2", "3", chooses("Done"), "no",
		chooses("Rotate all"), chooses("Show them"), "2", chooses("Done"), "yes", chooses("Leave"), "", "", "q")
	p.golden(t, "lines-rotation")
	if k := d.keyOf("edge-cache"); k.Generation != 2 || !k.Unconfirmed() {
		t.Fatalf("%+v", k)
	}
}

func TestLinesRotationElsewhere(t *testing.T) {
	d := newDriver(t, rotatingTeam)
	d.handing("ci-deploy")
	file := &memoryFile{delivers: delivers{}}
	o := Options{Start: AtAccess, Deliver: d.root.deliver, NewSecrets: func(string) (SecretsFile, error) { return file, nil }}
	p := d.converse(o, chooses("Rotation"), chooses("Rotate all"), chooses("Hand each"), "", "put-secret", "3",
		chooses("Rotate all"), chooses("Write them"), ".", chooses("Rotate all"), chooses("Write them"), "", "1", "", "", "q")
	p.sees("Error: Give the command that takes each secret", "1 of 3: billing (", "done", "2 of 3: ci-deploy (", "not delivered. The command did not take its new secret: exit status 3: no such vault.",
		"Ended: 2 of 3 keys done.", "Done: the key has its new secret.")
	if len(p.secrets()) != 0 || file.accepted != 1 || file.left != 1 || !d.allowed(d.keyOf("ci-deploy").ID, file.delivers["ci-deploy"]) {
		t.Fatalf("%d secrets were shown, %+v", len(p.secrets()), file.accepted)
	}
	d.asAuditor()
	d.session = d.root.session
	p = d.converse(Options{Start: AtAccess}, chooses("Rotation"), chooses("Rotate all"), "", "", "q")
	p.sees("Rotate all that are due (not allowed)", "As an Auditor you may not regenerate")
}
