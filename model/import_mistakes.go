package model

// MaxMistakes is how many lines of an import are told of in words; of the rest
// only the number is.
const MaxMistakes = 20

// manyMistakes is how many end an import.
const manyMistakes = 1000

// lineMistakes collects what is wrong with the lines of an import.
type lineMistakes struct {
	first []*Error
	count int
	code  Code
}

// add notes a mistake. What is no fault of a line is returned: it ends the
// import.
func (m *lineMistakes) add(line int, err error) error {
	code := CodeOf(err)
	switch code {
	case CodeDenied, CodeInvalid, CodeConflict:
	case CodeNotFound: // what a line names is not there
		code = CodeInvalid
	default:
		return err
	}
	m.count++
	if m.code == "" || weight(code) > weight(m.code) {
		m.code = code
	}
	if len(m.first) < MaxMistakes {
		e := Errorf(code, "Line %d: %s", line, Sentence(err))
		e.Field = FieldOf(err)
		m.first = append(m.first, e)
	}
	return nil
}

// enough reports whether so many lines are wrong that the rest need not be read.
func (m *lineMistakes) enough() bool { return m.count >= manyMistakes }

// weight orders the codes of lines: that of the whole is the heaviest.
func weight(c Code) int {
	return map[Code]int{CodeConflict: 1, CodeInvalid: 2, CodeDenied: 3}[c]
}

// verdict is one error about all lines, nil when none is wrong.
func (m *lineMistakes) verdict() error {
	if m.count == 0 {
		return nil
	}
	what := "1 line is"
	switch {
	case m.enough(): // the rest was not read
		what = "At least " + counted(m.count, "line") + " are"
	case m.count > 1:
		what = counted(m.count, "line") + " are"
	}
	e := Errorf(m.code, "%s wrong, so nothing was imported. Mend that, and import it again.", what)
	if more := m.count - len(m.first); more > 0 {
		e = Errorf(m.code, "%s wrong, the first %d of which are named here; nothing was imported. Mend that, and import it again.", what, len(m.first))
	}
	e.Also = m.first
	return e
}
