package model

import (
	"errors"
	"fmt"
	"regexp"
)

// Code says what kind of failure an [Error] is. Codes are part of the contract
// with scripts: they appear in the JSON errors of the command line, which adds
// two of its own, for a wrong command line and for an interruption.
type Code string

// The codes. Each has a sentinel of its own below, for errors.Is.
const (
	CodeInvalid        Code = "invalid"         // something typed is wrong
	CodeNotFound       Code = "not_found"       // no such key, member or application
	CodeDenied         Code = "denied"          // the member may not do this
	CodeConflict       Code = "conflict"        // the world moved on, or the name is taken
	CodeNotInitialized Code = "not_initialized" // there is no team here yet
	CodeDamaged        Code = "damaged"         // a seal, the chain or the file is broken
	CodeUnavailable    Code = "unavailable"     // the store cannot answer now
	CodeUnknown        Code = "unknown_outcome" // the store broke off; the change may or may not have happened
	CodeFailed         Code = "failed"          // anything else
)

// Sentinels for errors.Is: every *Error matches the sentinel of its code.
var (
	ErrInvalid        = &Error{Code: CodeInvalid}
	ErrNotFound       = &Error{Code: CodeNotFound}
	ErrDenied         = &Error{Code: CodeDenied}
	ErrConflict       = &Error{Code: CodeConflict}
	ErrNotInitialized = &Error{Code: CodeNotInitialized}
	ErrDamaged        = &Error{Code: CodeDamaged}
	ErrUnavailable    = &Error{Code: CodeUnavailable}
	ErrUnknown        = &Error{Code: CodeUnknown}
)

// In the chain of an error these say that something named is not there for the
// member: whoever shows the error adds where the names are listed.
var (
	ErrNoApplication = errors.New("no such application")
	ErrNoKey         = errors.New("no such key")
)

// ErrStranger, in the chain of an error, says that somebody stands for no
// member.
var ErrStranger = errors.New("no such member")

// Error is a failure that a person can act on. Message is a whole sentence in
// plain words that says what is wrong and what to do; Field names the input
// that caused it, when one did. The cause is for operators and never shown to
// people.
type Error struct {
	Code    Code
	Field   string
	Message string
	Also    []*Error // what is wrong with other inputs
	cause   error
}

// Errorf builds an Error from a code and a sentence. What looks like a secret
// is masked in it.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: Redact(fmt.Sprintf(format, args...))}
}

// Because returns a copy of e that carries the cause.
func (e *Error) Because(cause error) *Error {
	c := *e
	c.cause = cause
	return &c
}

func (e *Error) Error() string {
	s := e.Message
	if s == "" {
		s = string(e.Code)
	}
	if e.cause != nil {
		s += ": " + e.cause.Error()
	}
	return Redact(s)
}

func (e *Error) Unwrap() error { return e.cause }

// Is matches the sentinel of the same code.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Message == "" && t.Code == e.Code
}

// CodeOf returns the code of the first *Error in err's chain, CodeFailed for
// any other error.
func CodeOf(err error) Code {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return CodeFailed
}

// FieldOf returns the name of the input that err complains about, or "".
func FieldOf(err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Field
	}
	return ""
}

// Sentence returns what to tell a person about err. Text of drivers and of
// the operating system stays out of it, unless the domain has no words of its
// own for what happened, and so does what looks like a secret.
func Sentence(err error) string {
	if err == nil {
		return ""
	}
	if e, ok := errors.AsType[*Error](err); ok && e.Message != "" {
		sentence := Redact(e.Message)
		for _, also := range e.Also {
			sentence += " " + Redact(also.Message)
		}
		return sentence
	}
	return "Something went wrong inside empress: " + Printable(Redact(err.Error()))
}

// directories are those of a file of this computer in a sentence. They may hold
// blanks, so the last stroke ends them.
var directories = regexp.MustCompile(`(^|\s)/(?:.*/)?`)

// SentenceElsewhere is [Sentence] for somebody who is at another computer: of a
// file whose failure stands behind err it has the name alone.
func SentenceElsewhere(err error) string {
	switch CodeOf(err) {
	case CodeDamaged, CodeUnavailable, CodeUnknown, CodeNotInitialized, CodeFailed:
		return directories.ReplaceAllString(Sentence(err), "$1")
	}
	return Sentence(err)
}

// Mistakes are the inputs that err complains about: one error for each, which
// names its field.
func Mistakes(err error) []*Error {
	e, ok := errors.AsType[*Error](err)
	if !ok || e.Field == "" {
		return nil
	}
	one := *e
	one.Also = nil
	return append([]*Error{&one}, e.Also...)
}

// together makes one error of all that is wrong with several inputs. One that
// is about no input stands alone.
func together(errs ...error) error {
	var all []*Error
	for _, err := range errs {
		if err == nil {
			continue
		}
		found := Mistakes(err)
		if found == nil {
			return err
		}
		all = append(all, found...)
	}
	if len(all) == 0 {
		return nil
	}
	first := *all[0]
	first.Also = all[1:]
	return &first
}

// invalid reports a wrong input in the named field.
func invalid(field, format string, args ...any) *Error {
	e := Errorf(CodeInvalid, format, args...)
	e.Field = field
	return e
}
