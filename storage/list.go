package storage

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"empress/model"
)

// filter collects the conditions of a query.
type filter struct {
	conditions []string
	args       []any
}

func (f *filter) add(condition string, args ...any) {
	f.conditions = append(f.conditions, condition)
	f.args = append(f.args, args...)
}

// among wants one of several values in a column.
func (f *filter) among(column string, values []string) {
	args := make([]any, len(values))
	for i, v := range values {
		args[i] = v
	}
	f.add(column+" IN (?"+strings.Repeat(", ?", len(values)-1)+")", args...)
}

func (f *filter) where() string {
	if len(f.conditions) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(f.conditions, " AND ")
}

// visible keeps to what a member may see.
func visible(v model.Visible) *filter {
	f := &filter{}
	if v.All {
		return f
	}
	condition, args := "(owner_id = ?", []any{int64(v.Owner)}
	for _, a := range v.Applications {
		condition += " OR application_id = ?"
		args = append(args, int64(a))
	}
	f.add(condition+")", args...)
	return f
}

// matching holds the conditions of a query that do not depend on the window.
func matching(q model.KeyQuery) *filter {
	f := visible(q.Visible)
	now := model.Millis(q.Now)
	switch q.State {
	case "":
	case model.Active:
		f.add("state = 'active' AND expires_at > ?", now)
	case model.Expired:
		f.add("state = 'active' AND expires_at <= ?", now)
	default:
		f.add("state = ?", string(q.State))
	}
	if !q.ExpiresBy.IsZero() {
		f.add("state = 'active' AND expires_at > ? AND expires_at <= ?", now, model.Millis(q.ExpiresBy))
	}
	switch q.Attention {
	case model.Due:
		f.due(now, model.Millis(q.SecretDueUntil))
	case model.OldSecretUsed:
		f.named(q.IDs)
	}
	if q.Application != "" {
		f.add("application = ?", q.Application)
	}
	if q.OwnerID != 0 {
		f.add("owner_id = ?", int64(q.OwnerID))
	}
	if text := strings.ToLower(strings.TrimSpace(q.Text)); text != "" {
		f.containing(text)
	}
	return f
}

// containing looks for three letters and more anywhere; fewer match the
// beginning of an application, which the text to search begins with, of an
// owner or of a key.
func (f *filter) containing(text string) {
	if n := utf8.RuneCountInString(text); n < 3 {
		f.add("(substr(search, 1, ?) = ? OR substr(owner, 1, ?) = ? OR substr(id, 6, ?) = ?)", n, text, n, text, n, text)
		return
	}
	f.add("instr(search, ?) > 0", text)
}

// sortColumn returns the column that a list is ordered by, and its value in a
// row.
func sortColumn(by model.KeySort) (string, func(model.Key) any) {
	switch by {
	case model.ByOwner:
		return "owner", func(k model.Key) any { return k.Owner }
	case model.ByCreated:
		return "created_at", func(k model.Key) any { return model.Millis(k.CreatedAt) }
	case model.ByExpiry:
		return "expires_at", func(k model.Key) any { return toExpiry(model.Millis(k.ExpiresAt)) }
	}
	return "application_fold", func(k model.Key) any { return model.Fold(k.Application) }
}

// Keys reads one window by keyset pagination: an index leads straight to its
// first row, however far down the list that is.
func (t *transaction) Keys(q model.KeyQuery) (model.KeyPage, error) {
	var page model.KeyPage
	f := matching(q)
	counted, err := row(t, number, fmt.Sprintf("SELECT count(*) FROM (SELECT 1 FROM keys%s LIMIT %d) AS found", f.where(), model.MaxCount+1), f.args...)
	if err != nil {
		return page, err
	}
	page.Count, page.Over = min(int(counted), model.MaxCount), counted > model.MaxCount

	column, value := sortColumn(q.Sort)
	order, compare := "ASC", ">"
	if q.Descending != q.Backward {
		order, compare = "DESC", "<"
	}
	if q.From != nil {
		f.add(fmt.Sprintf("(%s, id) %s (?, ?)", column, compare), value(*q.From), string(q.From.ID))
	}
	limit := window(q.Limit)
	page.Keys, err = all(t, scanKey, fmt.Sprintf("%s%s ORDER BY %s %s, id %s LIMIT %d", keyColumns, f.where(), column, order, order, limit+1), f.args...)
	if len(page.Keys) > limit {
		page.Keys, page.More = page.Keys[:limit], true
	}
	if q.Backward {
		slices.Reverse(page.Keys)
	}
	return page, err
}

// window is how many rows a query asks for.
func window(limit int) int {
	if limit < 1 || limit > model.MaxWindow {
		return model.MaxWindow
	}
	return limit
}
