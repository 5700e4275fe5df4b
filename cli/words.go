package cli

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"empress/model"
)

// splitWords splits a command line as a POSIX shell (2.2, Quoting) would, into
// words and nothing more. What a shell would obey, expand or substitute is
// refused rather than taken for what it says: there is no shell here. Line
// breaks and control characters are refused, quoted ones too; so is what is not
// UTF-8, whose bytes could become one of them when a quote between them goes.
func splitWords(line string) ([]string, error) {
	if !utf8.ValidString(line) || strings.ContainsFunc(line, func(r rune) bool { return r != '\t' && unicode.IsControl(r) }) {
		return nil, model.Errorf(codeUsage, "The command line holds a line break, another control character, or bytes that are not UTF-8. Write it in one line of plain text.")
	}
	var words []string
	var word strings.Builder
	begun := false
	end := func() {
		if begun {
			words = append(words, word.String())
		}
		word.Reset()
		begun = false
	}
	for i := 0; i < len(line); i++ {
		switch c := line[i]; c {
		case ' ', '\t':
			end()
		case '\'', '"':
			text, n, err := quotedPart(line[i:])
			if err != nil {
				return nil, err
			}
			word.WriteString(text)
			begun, i = true, i+n-1
		case '\\':
			if i++; i == len(line) {
				return nil, unfinished("a backslash")
			}
			word.WriteByte(line[i])
			begun = true
		case ';', '&', '|', '<', '>', '(', ')', '$', '`', '*', '?', '[':
			return nil, noShell(line[i : i+1])
		default:
			word.WriteByte(c)
			begun = true
		}
	}
	end()
	return words, nil
}

// quotedPart reads from one quotation mark to the next of its kind, and returns
// what is between them and how many bytes all of it is.
func quotedPart(line string) (text string, n int, err error) {
	mark := line[0]
	var b strings.Builder
	for i := 1; i < len(line); i++ {
		switch c := line[i]; {
		case c == mark:
			return b.String(), i + 1, nil
		case mark == '"' && (c == '$' || c == '`'):
			return "", 0, noShell(line[i : i+1])
		case mark == '"' && c == '\\' && i+1 < len(line) && strings.IndexByte("\"\\$`", line[i+1]) >= 0:
			i++
			b.WriteByte(line[i])
		default:
			b.WriteByte(c)
		}
	}
	return "", 0, unfinished("a quotation mark")
}

func unfinished(what string) error {
	return model.Errorf(codeUsage, "The command line ends after %s that wants more. Note that your own shell takes quotation marks away: put the whole command into another pair.", what)
}

func noShell(sign string) error {
	return model.Errorf(codeUsage, "The sign %s is for shells, and there is none here: one command at a time, as it is. Put it between ' if it belongs to a word.", quoted(sign))
}
