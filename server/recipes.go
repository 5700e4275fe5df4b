package server

import (
	"embed"
	"io"
	"net"
	"net/netip"
	"text/template"

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
	recipe, err := template.ParseFS(recipeFiles, "recipes/"+string(name)+".txt")
	if err != nil {
		return model.Errorf(model.CodeFailed, "There is no configuration of that name.").Because(err)
	}
	return recipe.Execute(w, map[string]string{
		"Listen": listen, "Address": net.JoinHostPort(host, port), "Host": host, "Port": port, "Scheme": scheme})
}
