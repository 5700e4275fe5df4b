package server

import (
	"encoding/base64"
	"hash/crc32"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"empress/model"
)

// parts are a well-formed key and secret that no team has.
const (
	partKey    = "empk_00000000000000000000"
	partSecret = "emps_0000000000000000000000000000000000000000000"
)

// wellFormed is a credential with the right checksum.
func wellFormed(tb testing.TB) (key, secret string) {
	tb.Helper()
	return partKey, partSecret + checksum(tb)
}

func TestReadCredential(t *testing.T) {
	key, secret := wellFormed(t)
	both := key + ":" + secret
	basic := base64.StdEncoding.EncodeToString([]byte(both))
	for name, c := range map[string]struct {
		headers []string
		found   bool
	}{
		"token":                          {[]string{"Authorization", "token " + both}, true},
		"Token, more spaces":             {[]string{"Authorization", "Token   " + both}, true},
		"Bearer":                         {[]string{"Authorization", "Bearer " + both}, true},
		"bearer":                         {[]string{"authorization", "bearer " + both}, true},
		"Basic":                          {[]string{"Authorization", "Basic " + basic}, true},
		"BASIC":                          {[]string{"Authorization", "BASIC " + basic}, true},
		"two headers":                    {[]string{"x-api-key", key, "X-API-SECRET", secret}, true},
		"none":                           {nil, false},
		"empty":                          {[]string{"Authorization", ""}, false},
		"no scheme":                      {[]string{"Authorization", both}, false},
		"other scheme":                   {[]string{"Authorization", "Digest " + both}, false},
		"tab":                            {[]string{"Authorization", "token\t" + both}, false},
		"space in it":                    {[]string{"Authorization", "token " + key + ": " + secret}, false},
		"space behind":                   {[]string{"Authorization", "token " + both + " "}, false},
		"key alone":                      {[]string{"Authorization", "token " + key}, false},
		"secret alone":                   {[]string{"Authorization", "token :" + secret}, false},
		"swapped":                        {[]string{"Authorization", "token " + secret + ":" + key}, false},
		"list":                           {[]string{"Authorization", "token " + both + ", token " + both}, false},
		"Basic, clear":                   {[]string{"Authorization", "Basic " + both}, false},
		"Basic, no padding":              {[]string{"Authorization", "Basic " + strings.TrimRight(basic, "=")}, false},
		"Basic, broken over lines":       {[]string{"Authorization", "Basic " + basic[:8] + "\r\n" + basic[8:]}, false},
		"Basic, white space around":      {[]string{"Authorization", "Basic " + base64.StdEncoding.EncodeToString([]byte(" "+both+"\n"))}, false},
		"Authorization twice":            {[]string{"Authorization", "token " + both, "Authorization", "token " + both}, false},
		"Authorization twice, one empty": {[]string{"Authorization", "token " + both, "Authorization", ""}, false},
		"both ways":                      {[]string{"Authorization", "token " + both, "X-Api-Key", key, "X-Api-Secret", secret}, false},
		"half beside":                    {[]string{"Authorization", "token " + both, "X-Api-Key", key}, false},
		"other half beside":              {[]string{"Authorization", "token " + both, "X-Api-Secret", secret}, false},
		"half":                           {[]string{"X-Api-Key", key}, false},
		"other half":                     {[]string{"X-Api-Secret", secret}, false},
		"key twice":                      {[]string{"X-Api-Key", key, "X-Api-Key", key, "X-Api-Secret", secret}, false},
		"secret twice":                   {[]string{"X-Api-Key", key, "X-Api-Secret", secret, "X-Api-Secret", secret}, false},
		"half, and an empty one":         {[]string{"X-Api-Key", key, "X-Api-Secret", ""}, false},
		"underscores":                    {[]string{"X_Api_Key", key, "X_Api_Secret", secret}, false},
	} {
		h := http.Header{}
		for i := 0; i < len(c.headers); i += 2 {
			h.Add(c.headers[i], c.headers[i+1])
		}
		got := readCredential(h)
		if found := got.key == partKey && got.secret.Matches(secret); found != c.found {
			t.Errorf("%s: found %v, want %v", name, found, c.found)
		}
		if !c.found && (got.key != "" || !got.secret.Empty()) {
			t.Errorf("%s: half of it was taken", name)
		}
	}
}

// checksum ends partSecret. It is the only one that a secret is taken with.
func checksum(tb testing.TB) string {
	tb.Helper()
	const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	sum := crc32.ChecksumIEEE([]byte(partSecret))
	text := make([]byte, model.SecretLen-len(partSecret))
	for i := len(text) - 1; i >= 0; i-- {
		text[i] = digits[sum%62]
		sum /= 62
	}
	if _, err := model.ParseSecret(partSecret + string(text)); err != nil {
		tb.Fatal(err)
	}
	return string(text)
}

// TestMalformed sends what is almost a credential: nothing panics, passes, or
// is read from the store.
func TestMalformed(t *testing.T) {
	x := newTeam(t)
	_, good := x.create(model.KeySpec{Application: "billing"})
	x.store.fails.Store(true) // so that a read would be another answer
	seed := uint64(time.Now().UnixNano())
	t.Log("seed", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	schemes := []string{"token ", "Bearer ", "Basic ", "", "token", "Digest "}
	for range sized(10_000, 100_000) {
		text := spoil(random, good)
		headers := []string{"Authorization", schemes[random.IntN(len(schemes))] + text}
		if random.IntN(4) == 0 {
			key, secret, _ := strings.Cut(text, ":")
			headers = []string{"X-Api-Key", key, "X-Api-Secret", secret}
		}
		a := x.ask("/verify", headers...)
		ours := strings.HasPrefix(strings.ToLower(text), "empk_") // others could be imported, and are read
		if a.status != http.StatusUnauthorized && a.status != http.StatusTooManyRequests && (ours || a.status != http.StatusServiceUnavailable) || a.Allowed {
			t.Fatalf("%q: %d %s", headers, a.status, a.text)
		}
	}
}

// spoil changes a credential in a few places so that it is none.
func spoil(random *rand.Rand, good string) string {
	b := []byte(good)
	for range 1 + random.IntN(3) {
		if len(b) == 0 {
			break
		}
		at := random.IntN(len(b))
		switch random.IntN(4) {
		case 0:
			b[at] = byte(random.IntN(256))
		case 1:
			b = append(b[:at], b[at+1:]...)
		case 2:
			b = append(b[:at], append([]byte{byte(random.IntN(256))}, b[at:]...)...)
		case 3:
			b = b[:at+1]
		}
	}
	if _, _, err := model.ParseCredential(string(b)); err == nil {
		return string(b) + "0"
	}
	return string(b)
}

func FuzzCredential(f *testing.F) {
	key, secret := wellFormed(f)
	basic := base64.StdEncoding.EncodeToString([]byte(key + ":" + secret))
	for _, seed := range [][3]string{{"token " + key + ":" + secret}, {"Basic " + basic}, {"", key, secret}, {"Bearer x", key}, {"Basic " + basic[:9] + "\n" + basic[9:]}} {
		f.Add(seed[0], seed[1], seed[2])
	}
	f.Fuzz(func(t *testing.T, authorization, apiKey, apiSecret string) {
		h := http.Header{}
		for name, v := range map[string]string{headerAuthorization: authorization, headerAPIKey: apiKey, headerAPISecret: apiSecret} {
			if v != "" {
				h.Set(name, v)
			}
		}
		c := readCredential(h)
		if c.key == "" != c.secret.Empty() {
			t.Fatal("half a credential")
		}
		if c.key == "" {
			return
		}
		again := string(c.key) + ":" + c.secret.Reveal()
		_, rest, _ := strings.Cut(authorization, " ")
		rest = strings.TrimLeft(rest, " ")
		same := rest == again || rest == base64.StdEncoding.EncodeToString([]byte(again))
		pair := apiKey+":"+apiSecret == again
		if same == pair || pair && authorization != "" || same && apiKey+apiSecret != "" {
			t.Errorf("%q, %q, %q was read as another credential", authorization, apiKey, apiSecret)
		}
	})
}
