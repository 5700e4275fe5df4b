package model

import (
	"fmt"
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

const (
	maxName    = 64
	maxPurpose = 200
	maxEmail   = 254
	maxLogin   = 64
	maxScope   = 64
	maxMarks   = 2 // combining marks that may stand on one letter
)

// cleanName returns the name of a person, a team or an application in NFC,
// with outer blanks cut and inner runs of blanks made one. Only letters,
// marks, digits, blanks and the punctuation of ordinary names pass, so that no
// name can move a cursor, turn a line around or hide.
func cleanName(field, s string) (string, error) {
	return cleanText(field, s, maxName, "-_.,'’&()/+@#:")
}

// cleanPurpose is cleanName for a sentence; it may be empty.
func cleanPurpose(s string) (string, error) {
	if strings.TrimSpace(s) == "" {
		return "", nil
	}
	return cleanText("purpose", s, maxPurpose, "-_.,'’\"&()/+@#:;!?%=*<>[]–—")
}

func cleanText(field, s string, limit int, punctuation string) (string, error) {
	if !utf8.ValidString(s) {
		return "", invalid(field, "The %s has bytes that are not text. Type it again.", fieldWords(field))
	}
	if s = canonical(s); s == "" {
		return "", invalid(field, "The %s is empty. Type one.", fieldWords(field))
	}
	if err := noSecret(field, s); err != nil {
		return "", err
	}
	letters, marks := 0, 0
	for i, r := range s {
		switch {
		case unicode.Is(unicode.M, r):
			if marks++; marks > maxMarks || i == 0 {
				return "", invalid(field, "The %s has too many accents on one letter. Use at most %d.", fieldWords(field), maxMarks)
			}
			if invisible(r) {
				return "", badRune(field, r)
			}
			continue
		case !allowed(r, punctuation):
			return "", badRune(field, r)
		}
		letters, marks = letters+1, 0
	}
	if letters > limit {
		return "", invalid(field, "The %s is %d characters long. Use at most %d.", fieldWords(field), letters, limit)
	}
	return s, nil
}

// canonical is the one spelling of a name among those that look the same: in
// NFC, with outer blanks cut and inner runs of blanks made one.
func canonical(s string) string {
	return norm.NFC.String(strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == ' ' }), " "))
}

// SameName reports whether somebody typed a stored name, in whichever Unicode
// form their keyboard makes. Capitals count.
func SameName(typed, stored string) bool {
	return canonical(strings.TrimSpace(typed)) == canonical(stored)
}

func allowed(r rune, punctuation string) bool {
	if invisible(r) {
		return false
	}
	return r == ' ' || unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune(punctuation, r)
}

// invisible names the letters and marks that draw nothing: Unicode's
// Default_Ignorable_Code_Point among L and M.
func invisible(r rune) bool {
	return unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r) || unicode.Is(unicode.Variation_Selector, r) ||
		r == '\u17b4' || r == '\u17b5'
}

func badRune(field string, r rune) *Error {
	return invalid(field, "The %s has a character that is not allowed: %s. Use letters, digits and ordinary punctuation.",
		fieldWords(field), shown(r))
}

func shown(r rune) string {
	if !suspicious(r) {
		return fmt.Sprintf("%c (U+%04X)", r, r)
	}
	return fmt.Sprintf("U+%04X", r)
}

// fieldWords turns the name of a field into words for a sentence.
func fieldWords(field string) string {
	switch field {
	case "team":
		return "team name"
	case "application":
		return "application name"
	}
	return strings.ReplaceAll(field, "_", " ")
}

// cleanEmail accepts a plain ASCII mailbox address without a display name,
// local@domain, and lower-cases it. What a shell takes for a command is in none.
func cleanEmail(s string) (string, error) {
	if err := noSecret("email", s); err != nil { // before small letters hide it
		return "", err
	}
	s = strings.ToLower(strings.TrimSpace(s))
	wrong := invalid("email", "That is not an email address. Write it like ada@example.com.")
	if len(s) > maxEmail || strings.ContainsAny(s, "<>\"\\,:; ()`$&|*?{}[]!#^~") {
		return "", wrong
	}
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			return "", wrong
		}
	}
	if a, err := mail.ParseAddress(s); err != nil || a.Address != s {
		return "", wrong
	}
	return s, nil
}

// cleanLogin accepts the name of an operating-system user.
func cleanLogin(s string) (string, error) {
	s = strings.TrimSpace(s)
	if err := noSecret("login", s); err != nil {
		return "", err
	}
	if s == "" || len(s) > maxLogin {
		return "", invalid("login", "The login is empty or longer than %d characters. Give the name that `id -un` prints.", maxLogin)
	}
	for _, r := range s {
		if !allowed(r, "-_.@\\$+") || r == ' ' {
			return "", badRune("login", r)
		}
	}
	return s, nil
}

// Fold reduces a name to what tells two names apart for a person: case,
// blanks, - and _ do not count.
func Fold(name string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '_' {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFC.String(name))
}

// Printable returns s with every rune that could command a terminal, hide,
// reorder or draw over other text written as \u{XX}. All output of text that
// came from people or from the database passes through it; names that were
// validated come out as they are.
func Printable(s string) string {
	if !strings.ContainsFunc(s, suspicious) {
		return s
	}
	var b strings.Builder
	marks := maxMarks // nothing yet for a mark to stand on
	for i, r := range s {
		if unicode.Is(unicode.M, r) {
			marks++
		} else {
			marks = 0
		}
		_, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, "\\x%02x", s[i])
		case hazardous(r) || marks > maxMarks:
			fmt.Fprintf(&b, "\\u{%x}", r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func suspicious(r rune) bool { return hazardous(r) || unicode.Is(unicode.M, r) }

func hazardous(r rune) bool {
	return r != ' ' && !unicode.IsPrint(r) || r == utf8.RuneError || invisible(r)
}
