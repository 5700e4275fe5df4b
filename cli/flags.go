package cli

import (
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"empress/model"
)

// wrongFlag says in one sentence what is wrong with a flag. Values are not
// repeated: they may be anything.
func wrongFlag(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var missing *pflag.ValueRequiredError
	var invalid *pflag.InvalidValueError
	refused, ok := errors.AsType[*model.Error](err)
	switch {
	case ok:
		return refused
	case errors.Is(err, pflag.ErrHelp):
		return err
	case errors.As(err, &unknown) && unknown.GetSpecifiedShortnames() != "":
		return usage(cmd, "There is no flag -%s here.", string([]rune(unknown.GetSpecifiedName())[:1]))
	case errors.As(err, &unknown):
		return usage(cmd, "There is no flag --%s here.", unknown.GetSpecifiedName())
	case errors.As(err, &missing):
		return usage(cmd, "The flag --%s needs a value.", missing.GetFlag().Name)
	case errors.As(err, &invalid):
		return usage(cmd, "The flag --%s %s.", invalid.GetFlag().Name, wants(invalid.GetFlag()))
	}
	return usage(cmd, "A flag is written wrongly. Flags look like --name or --name=value.")
}

// answer marks a flag that can be given as --name=false, too.
const answer = "answer"

// answerVar defines a flag that says yes or no, and nothing where it is not given.
func answerVar(f *pflag.FlagSet, to *bool, name, usage string) {
	f.BoolVar(to, name, false, usage)
	f.Lookup(name).Annotations = map[string][]string{answer: nil}
}

func isAnswer(f *pflag.Flag) bool {
	_, ok := f.Annotations[answer]
	return ok
}

func wants(f *pflag.Flag) string {
	switch f.Value.Type() {
	case "int":
		return "takes a whole number"
	case "bool":
		if isAnswer(f) {
			return "is written --" + f.Name + ", or --" + f.Name + "=false"
		}
		return "takes no value"
	}
	return "does not take that value"
}

// oneOf checks the value of a flag that names one of several choices.
func oneOf[T ~string](cmd *cobra.Command, flag string, choices []T) error {
	value := cmd.Flag(flag).Value.String()
	if !cmd.Flags().Changed(flag) || slices.Contains(choices, T(value)) {
		return nil
	}
	return usage(cmd, "--%s is one of %s, not %s.", flag, strings.Join(words(choices), ", "), quoted(value))
}

func words[T ~string](list []T) []string {
	ws := make([]string, len(list))
	for i, w := range list {
		ws[i] = string(w)
	}
	return ws
}

// filled refuses flags that were given without a value: in a script that is a
// variable that was not set, and must not widen what it was to narrow.
func filled(cmd *cobra.Command, flags ...string) (err error) {
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if err != nil || !slices.Contains(flags, f.Name) {
			return
		}
		values := []string{f.Value.String()}
		if list, ok := f.Value.(pflag.SliceValue); ok {
			values = list.GetSlice()
		}
		for _, v := range values {
			if strings.TrimSpace(v) == "" {
				err = usage(cmd, "--%s has an empty value.", f.Name)
			}
		}
	})
	return err
}

// positive refuses a number below 1 where one was given.
func positive(cmd *cobra.Command, flag string, n int) error {
	if cmd.Flags().Changed(flag) && n < 1 {
		return usage(cmd, "--%s takes a number from 1 up.", flag)
	}
	return nil
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
