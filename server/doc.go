// Package server answers proxies and services over HTTP: may this request
// pass?
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
package server
