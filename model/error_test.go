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
