package model

import (
	"context"
	"errors"
	"fmt"
	"testing"
)

func TestErrors(t *testing.T) {
	cause := errors.New("disk I/O error (10)")
	e := Errorf(CodeUnavailable, "The disk is full.").Because(cause)
	wrapped := fmt.Errorf("regenerate: %w", e)
	if !errors.Is(wrapped, ErrUnavailable) || errors.Is(wrapped, ErrConflict) || !errors.Is(wrapped, cause) {
		t.Error("a wrapped error does not match its code, or matches another")
	}
	if CodeOf(wrapped) != CodeUnavailable || CodeOf(context.Canceled) != CodeFailed {
		t.Errorf("codes are %s and %s", CodeOf(wrapped), CodeOf(context.Canceled))
	}
	if got := Sentence(wrapped); got != "The disk is full." {
		t.Errorf("a person reads %q", got)
	}
	if got := Sentence(errors.New("\x1b[2J")); got != `Something went wrong inside empress: \u{1b}[2J` {
		t.Errorf("a person reads %q", got)
	}
	if Sentence(nil) != "" {
		t.Error("no error has a sentence")
	}
	if got := wrapped.Error(); got != "regenerate: The disk is full.: disk I/O error (10)" {
		t.Errorf("an operator reads %q", got)
	}
	if errors.Is(e, Errorf(CodeUnavailable, "The disk is full.")) {
		t.Error("an error with words is taken for a sentinel")
	}
	if FieldOf(fmt.Errorf("x: %w", invalid("rate", "no"))) != "rate" || FieldOf(cause) != "" {
		t.Error("the field is lost")
	}
	if errors.Is(ErrNotFound.Because(cause), ErrDenied) || !errors.Is(ErrNotFound.Because(cause), ErrNotFound) {
		t.Error("a sentinel with a cause matches wrongly")
	}
	if ErrNotFound.cause != nil {
		t.Error("Because changes the sentinel itself")
	}
}

// Several wrong inputs make one error, which says all of it, in order; what is
// about no input stands alone.
func TestTogether(t *testing.T) {
	scope, rate := invalid("scopes", "No scope."), invalid("rate", "No rate.")
	err := together(nil, scope, nil, together(rate))
	if got := Sentence(err); got != "No scope. No rate." || FieldOf(err) != "scopes" || CodeOf(err) != CodeInvalid {
		t.Errorf("%q (%s) is blamed on %q", got, CodeOf(err), FieldOf(err))
	}
	found := Mistakes(err)
	if len(found) != 2 || Sentence(found[0]) != "No scope." || Sentence(found[1]) != "No rate." || found[1].Field != "rate" {
		t.Errorf("the mistakes are %v", found)
	}
	if err := together(scope, ErrDenied); !errors.Is(err, ErrDenied) || Mistakes(err) != nil {
		t.Errorf("a denial among mistakes is %v", err)
	}
	if together(nil, nil) != nil || scope.Also != nil {
		t.Error("something is wrong where nothing was, or a mistake was changed")
	}
}

func TestSentenceElsewhere(t *testing.T) {
	const path = "/srv/team data/a/empress.db"
	for _, c := range []struct {
		code       Code
		said, want string
	}{
		{CodeUnavailable, "The disk that holds " + path + " is full.", "The disk that holds empress.db is full."},
		{CodeDamaged, path + " is damaged.", "empress.db is damaged."},
		{CodeUnknown, "It was being written to /empress.db: look.", "It was being written to empress.db: look."},
		{CodeNotInitialized, "There is no database at " + path + " yet.", "There is no database at empress.db yet."},
		{CodeFailed, "Run: chmod 600 " + path, "Run: chmod 600 empress.db"},
		{CodeFailed, "The output of 10.0.0.0/8 could not be written.", "The output of 10.0.0.0/8 could not be written."},
		{CodeNotFound, "There is no application /a/b.", "There is no application /a/b."}, // what the person typed
	} {
		if got := SentenceElsewhere(Errorf(c.code, "%s", c.said)); got != c.want {
			t.Errorf("%s: %q", c.said, got)
		}
	}
}
