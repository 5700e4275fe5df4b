package ui

import (
	"strings"
	"time"

	"empress/model"
)

// column is one column of the list.
type column struct {
	title string
	sort  model.KeySort // the order that its title shows, "" for none
	width int           // 0 takes what the others leave
	right bool
	text  func(k model.Key, now time.Time) (string, tone)
}

// columns picks the columns that a window has room for: under 80 cells the
// last use goes, then the owner; wide windows show expiry, and the key in full
// when asked. The column that the list is sorted by is there in any case, in
// place of one that matters less.
func columns(w int, wide bool, sort model.KeySort) []column {
	application := column{title: "APPLICATION", sort: model.ByApplication, text: func(k model.Key, _ time.Time) (string, tone) { return k.Application, plain }}
	apiKey := column{title: "API KEY", width: 14, text: func(k model.Key, _ time.Time) (string, tone) { return k.ID.Short(), dim }}
	owner := column{title: "OWNER", sort: model.ByOwner, width: 12, text: func(k model.Key, _ time.Time) (string, tone) { return model.ShortEmail(k.Owner), plain }}
	used := column{title: "LAST USED", width: 9, right: true, text: func(k model.Key, now time.Time) (string, tone) { return usedAgo(k, now, ago), dim }}
	created := column{title: "CREATED", sort: model.ByCreated, width: 10, right: true, text: func(k model.Key, now time.Time) (string, tone) { return ago(k.CreatedAt, now), dim }}
	expires := column{title: "EXPIRES", sort: model.ByExpiry, width: 10, right: true, text: func(k model.Key, now time.Time) (string, tone) {
		if k.ExpiresAt.IsZero() {
			return "never", dim
		}
		return k.ExpiresAt.UTC().Format(time.DateOnly), plain
	}}
	state := column{title: "STATE", width: 15, text: func(k model.Key, now time.Time) (string, tone) {
		words, look := stateWords(k, now)
		words, _, _ = strings.Cut(words, ",") // the column has no room for the rest
		return words, look
	}}
	if wide && (w >= 74 || sort == model.ByApplication) { // or there would be no room for names
		apiKey.width, apiKey.text = 25, func(k model.Key, _ time.Time) (string, tone) { return string(k.ID), dim }
	}
	if w >= 110 {
		owner.width = 20
	}
	all := []column{application, apiKey, owner, created, used, expires, state}
	spared := false
	for _, c := range []struct {
		below int
		column
	}{{120, created}, {96, expires}, {80, used}, {66, owner}} {
		if wide {
			c.below += 11
		}
		switch {
		case w >= c.below && !spared:
		case c.sort == sort && c.sort != "":
			spared = true
		default:
			spared = spared && w < c.below
			all = without(all, c.title)
		}
	}
	return all
}

func without(cs []column, title string) []column {
	kept := cs[:0:0]
	for _, c := range cs {
		if c.title != title {
			kept = append(kept, c)
		}
	}
	return kept
}
