// Handler is the least that an HTTP server can do: it answers every request
// with 200 and nothing. What the verifier's answers cost is told as a part of
// this one's rate.
//
//	handler ADDRESS
package main

import (
	"fmt"
	"net/http"
	"os"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "handler: want ADDRESS")
		os.Exit(1)
	}
	err := http.ListenAndServe(os.Args[1], http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	fmt.Fprintln(os.Stderr, "handler:", err)
	os.Exit(1)
}
