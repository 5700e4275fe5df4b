// Package cli is the command line: it turns flags into one call on a
// [model.Session] and the answer into text or JSON.
//
// [Main] runs a command line on the computer that holds the data, and is where
// storage, domain and terminal interface are wired together. [Program] offers
// the same commands to somebody whose session comes from elsewhere; what works
// with files of this computer (init, serve, doctor, backup, restore, --secret-out)
// is refused there with a reason, and errors name no path.
//
// Results go to the standard output, everything else to the standard error.
// Whatever came from people or from the database passes [model.Printable]
// first. A secret is written exactly once, and never read from an argument.
package cli
