package model

// remembered keeps what a change of very many rows asks for again and again. It
// sees only what it writes itself, which is all that is written meanwhile.
type remembered struct {
	Writer
	applications map[string]Application
	members      map[string]Member // by what was asked for
	decided      *Policy
}

func remember(w Writer) *remembered {
	return &remembered{Writer: w, applications: map[string]Application{}, members: map[string]Member{}}
}

// maxRemembered bounds how many rows of a kind are kept.
const maxRemembered = 10_000

// recall returns what is kept under a name, or else reads and keeps it.
func recall[V any](kept map[string]V, name string, read func(string) (V, error)) (V, error) {
	if v, known := kept[name]; known {
		return v, nil
	}
	v, err := read(name)
	if err == nil && len(kept) < maxRemembered {
		kept[name] = v
	}
	return v, err
}

func (r *remembered) ApplicationByName(name string) (Application, error) {
	return recall(r.applications, name, r.Writer.ApplicationByName)
}

func (r *remembered) UpdateApplication(a Application) error {
	clear(r.applications)
	return r.Writer.UpdateApplication(a)
}

func (r *remembered) MemberByEmail(email string) (Member, error) {
	return recall(r.members, "email "+email, func(string) (Member, error) { return r.Writer.MemberByEmail(email) })
}

func (r *remembered) MemberByLogin(login string) (Member, error) {
	return recall(r.members, "login "+login, func(string) (Member, error) { return r.Writer.MemberByLogin(login) })
}

func (r *remembered) UpdateMember(m Member) error {
	clear(r.members)
	return r.Writer.UpdateMember(m)
}

func (r *remembered) Policy() (Policy, error) {
	if r.decided != nil {
		return *r.decided, nil
	}
	p, err := r.Writer.Policy()
	if err == nil {
		r.decided = &p
	}
	return p, err
}

func (r *remembered) SetPolicy(p Policy) error {
	r.decided = nil
	return r.Writer.SetPolicy(p)
}
