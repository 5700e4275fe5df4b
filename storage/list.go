package storage

import (
	"fmt"
	"slices"
	"strings"

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
	condition, args := among(column, values)
	f.add(condition, args...)
}

// among is the condition that a column has one of some values, of which there
// is one at least, with its arguments.
func among(column string, values []string) (condition string, args []any) {
	for _, v := range values {
		args = append(args, v)
	}
	return column + " IN (?" + strings.Repeat(", ?", len(values)-1) + ")", args
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

// matching holds the conditions of a query that do not depend on the window. Few
// says that an index leads to the keys that match better than one that holds all
// of them in order.
func matching(q model.KeyQuery, few bool) *filter {
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
	if q.Unconfirmed {
		f.add("confirmed < generation AND state <> 'revoked'")
	}
	if !q.ExpiresBy.IsZero() {
		f.add("state = 'active' AND expires_at > ? AND expires_at <= ?", now, model.Millis(q.ExpiresBy))
	}
	switch q.Attention {
	case model.Due:
		f.due(now, model.Millis(q.SecretDueUntil), few)
	case model.Outside:
		f.outside(q, few)
	case model.OldSecretUsed:
		f.named(q.IDs)
	}
	if q.Application != "" {
		f.add("application = ? AND application_fold = ?", q.Application, model.Fold(q.Application))
	}
	if q.OwnerID != 0 {
		f.add("owner_id = ?", int64(q.OwnerID))
	}
	return f
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
	counted, err := t.countKeys(q)
	if err != nil || counted == 0 {
		return model.KeyPage{}, err
	}
	page := model.KeyPage{Count: min(int(counted), model.MaxCount), Over: counted > model.MaxCount}
	few := counted <= model.MaxSorted
	page.AsMade = q.Text != "" && !few && !q.Sorted
	f := matching(q, t.lite && few)
	from, _ := f.searching(t, model.SearchPhrase(q.Text), !few && q.Sorted)
	limit := window(q.Limit)
	query := keyFields + " FROM " + from + t.window(q, page, f) + fmt.Sprintf(" LIMIT %d", limit+1)
	page.Keys, err = all(t, scanKey, query, f.args...)
	if len(page.Keys) > limit {
		page.Keys, page.More = page.Keys[:limit], true
	}
	if q.Backward {
		slices.Reverse(page.Keys)
	}
	return page, err
}

// countKeys counts what matches a query, up to one more than MaxCount.
func (t *transaction) countKeys(q model.KeyQuery) (int64, error) {
	f := matching(q, t.lite)
	_, in := f.searching(t, model.SearchPhrase(q.Text), false)
	return row(t, number, fmt.Sprintf("SELECT count(*) FROM (SELECT 1 FROM %s%s LIMIT %d) AS found", in, f.where(), model.MaxCount+1), f.args...)
}

// window adds the place of a window to the conditions and returns them with the
// order. Where few rows match what an index leads to, it leads to them, and they
// are sorted; otherwise an index holds them in order.
func (t *transaction) window(q model.KeyQuery, page model.KeyPage, f *filter) string {
	column, value := sortColumn(q.Sort)
	order, compare := "ASC", ">"
	if q.Descending != q.Backward {
		order, compare = "DESC", "<"
	}
	if page.AsMade {
		number := "keys.n"
		if t.lite {
			number = "keys_search.rowid" // which is the same
		}
		if q.From != nil {
			f.add(number+" "+compare+" (SELECT k.n FROM keys k WHERE k.id = ?)", string(q.From.ID))
		}
		return f.where() + " ORDER BY " + number + " " + order
	}
	few := ""
	if t.lite && len(f.conditions) > 0 && page.Count <= model.MaxSorted {
		few = "+"
	}
	if q.From != nil {
		f.add(fmt.Sprintf("(%s%s, id) %s (?, ?)", few, column, compare), value(*q.From), string(q.From.ID))
	}
	return f.where() + fmt.Sprintf(" ORDER BY %s%s %s, id %s", few, column, order, order)
}

// window is how many rows a query asks for.
func window(limit int) int {
	if limit < 1 || limit > model.MaxWindow {
		return model.MaxWindow
	}
	return limit
}
