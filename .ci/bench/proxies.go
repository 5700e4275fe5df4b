package main

import (
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/crypto/bcrypt"
)

const nginxConfig = `user root; daemon off; worker_processes 1; pid DIR/nginx.pid; error_log DIR/error.log;
events { worker_connections 512; }
http {
	access_log off; client_body_temp_path DIR/b; proxy_temp_path DIR/p; fastcgi_temp_path DIR/f; uwsgi_temp_path DIR/u; scgi_temp_path DIR/s;
	upstream verifier { server VERIFIER; keepalive 32; }
	server {
		listen 127.0.0.1:18705;
		keepalive_requests 1000000000;
		root DIR;
		location / { auth_request /ask; }
		location = /ask {
			internal;
			proxy_pass http://verifier/verify?scope=invoices:read;
			proxy_pass_request_body off;
			proxy_http_version 1.1;
			proxy_set_header Connection "";
			proxy_set_header Content-Length "";
		}
	}
}
`

// caddyConfig is JSON, as a Caddyfile always has Caddy remember which passwords
// were right.
const caddyConfig = `{
	"admin": {"disabled": true},
	"apps": {"http": {"servers": {"measured": {
		"listen": ["127.0.0.1:18706"],
		"automatic_https": {"disable": true},
		"routes": [{"handle": [
			{"handler": "authentication", "providers": {"http_basic": {"hash": {"algorithm": "bcrypt"}, "accounts": [{"username": "ada", "password": "HASH"}]}}},
			{"handler": "static_response", "status_code": 200}
		]}]
	}}}}
}
`

// proxies measures how fast nginx can ask the verifier, and how fast Caddy
// checks a password that is hashed as passwords should be.
func (s served) proxies(ctx context.Context) ([]figure, error) {
	progress("nginx, and passwords of Caddy")
	hash, err := bcrypt.GenerateFromPassword([]byte("secret"), 10)
	if err != nil {
		return nil, err
	}
	v := s.verifier(18702)
	asked := s.verifier(18707)
	files := map[string]string{
		"index.html": "",
		"nginx.conf": strings.NewReplacer("DIR", s.dir, "VERIFIER", asked.address).Replace(nginxConfig),
		"caddy.json": strings.ReplaceAll(caddyConfig, "HASH", base64.StdEncoding.EncodeToString(hash)),
		"basic.txt":  "YWRhOnNlY3JldA==\n", // ada:secret
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o600); err != nil {
			return nil, err
		}
	}
	nginx := &side{name: "nginx", command: []string{"nginx", "-c", filepath.Join(s.dir, "nginx.conf"), "-e", filepath.Join(s.dir, "error.log"), "-p", s.dir},
		address: "127.0.0.1:18705", path: "/index.html", credentials: s.credentials, also: []*side{asked}, core: asking}
	caddy := &side{name: "caddy", command: []string{"caddy", "run", "--config", filepath.Join(s.dir, "caddy.json")},
		address: "127.0.0.1:18706", path: "/", credentials: filepath.Join(s.dir, "basic.txt"), scheme: "Basic"}
	if err := compare(ctx, 16, v, nginx, caddy); err != nil {
		return nil, fmt.Errorf("nginx and Caddy: %w", err)
	}
	return []figure{
		faster("rate of the verifier, to what nginx can ask it", v, nginx, 2),
		faster("rate of the verifier, to bcrypt of cost 10 in Caddy", v, caddy, 100),
	}, nil
}
