package server

import (
	"embed"
	"io"
	"net"
	"net/netip"
	"strings"

	"empress/model"
)

//go:embed recipes/*.txt
var recipeFiles embed.FS

// Recipe names the configuration of a proxy in front of the verifier.
type Recipe string

// The proxies that there are configurations for.
const (
	Nginx   Recipe = "nginx"
	Caddy   Recipe = "caddy"
	Traefik Recipe = "traefik"
	Envoy   Recipe = "envoy"
)

// Recipes lists them all.
func Recipes() []Recipe { return []Recipe{Nginx, Caddy, Traefik, Envoy} }

// WriteRecipe writes the configuration of a proxy that asks the verifier at
// listen, "HOST:PORT" as it listens there, over TLS or not.
func WriteRecipe(w io.Writer, name Recipe, listen string, overTLS bool) error {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return model.Errorf(model.CodeInvalid, "An address to listen on looks like 127.0.0.1:8787.").Because(err)
	}
	if a, err := netip.ParseAddr(host); host == "" || err == nil && a.IsUnspecified() {
		host = "127.0.0.1" // it listens there too
	}
	scheme := "http"
	if overTLS {
		scheme = "https"
	}
	recipe, err := recipeFiles.ReadFile("recipes/" + string(name) + ".txt")
	if err != nil {
		return model.Errorf(model.CodeFailed, "There is no configuration of that name.").Because(err)
	}
	fill := strings.NewReplacer("{{listen}}", listen, "{{address}}", net.JoinHostPort(host, port), "{{host}}", host, "{{port}}", port, "{{scheme}}", scheme)
	_, err = fill.WriteString(w, forTLS(string(recipe), overTLS))
	return err
}

// forTLS keeps or drops the lines between one of {{tls}} and one of {{end}}.
func forTLS(recipe string, keep bool) string {
	before, rest, _ := strings.Cut(recipe, "{{tls}}\n")
	only, after, _ := strings.Cut(rest, "{{end}}\n")
	if !keep {
		only = ""
	}
	return before + only + after
}
