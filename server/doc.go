// Package server answers proxies and services over HTTP: may this request
// pass? And it lets members in over SSH.
//
// [Serve] runs the verifier on a listener until its context ends. It decides
// nothing itself: it reads the credential ([credential]), what the proxy
// demands ([requirement]) and where the request comes from ([trust]), asks
// [model.Service.Verify] anew for every request, and puts the decision into
// words ([answer]). Nothing is cached, so that a key that was regenerated,
// suspended or revoked is denied from the very next request on.
//
// Whatever is doubtful denies. A client can make its own request harder to let
// through, never easier.
//
// [ServeSSH] lets members in until its context ends. A connection ([visitor])
// has a source, a handshake ([proof]) and then sessions ([sshSession]), each of
// which is handed on as a [Visit] to whoever has the screens and the commands.
// It is built on golang.org/x/crypto/ssh itself and not on a framework: those
// begin open, and what has to be bounded here (requests before a session,
// sessions on a connection, sizes, time) is what they do not let one reach. No
// process and no terminal of this computer stands behind a session.
package server
