package cli

import "os"

// Harden keeps secrets that are in memory or on the screen out of files: no
// core dumps, no debuggers of the same user where the system can forbid them,
// no traces of the terminal library, which hold whatever it draws. It is best
// effort; call it before anything else.
func Harden() {
	forbidDumps()
	_ = os.Unsetenv("TEA_TRACE")
	_ = os.Unsetenv("TEA_DEBUG")
}
