package model

import (
	"errors"
	"fmt"
	"time"
)

// audit walks the chain, then compares every row with what the chain says of
// it.
func (s *Service) audit(r Reader, against *Checkpoint) (AuditReport, error) {
	var report AuditReport
	chain, err := s.chainStart(r)
	if err != nil {
		return report, err
	}
	w := chainWalk{seal: s.seals(), chain: chain, report: &report, against: against, trail: newTrail()}
	if err := r.EachEvent(w.event); err != nil {
		return report, err
	}
	head, err := r.Head()
	if err != nil {
		return report, err
	}
	w.end(head)
	if err := r.EachKey(w.key); err != nil {
		return report, err
	}
	missing(&report, "key", w.trail.keys.facts)
	if err := w.policy(r); err != nil {
		return report, err
	}
	return report, w.people(r)
}

// chainWalk follows the chain, event by event, and remembers what it says of
// each row.
type chainWalk struct {
	seal     *SealingKey // of the rows
	chain    chainEnd
	unknown  unknownEvents
	report   *AuditReport
	against  *Checkpoint
	met      bool // the checkpoint was found
	seq      int64
	trail    trail
	unsealed bool // one broken link was told; those after it follow from it
}

func (w *chainWalk) event(e Event) error {
	w.report.Events++
	fits := w.chain.take(e)
	if e.Seq != w.seq+1 && !w.unsealed {
		w.report.add("event %d follows event %d: those between them are missing", e.Seq, w.seq)
		w.unsealed, w.report.Broken = true, e.Seq
	} else if !fits && !w.unsealed {
		w.report.add("event %d (%s) does not fit the chain: it, or the one before it, was changed", e.Seq, e.At.Format("2006-01-02 15:04:05"))
		w.unsealed, w.report.Broken = true, e.Seq
	}
	if w.against != nil && e.Seq == w.against.Seq {
		w.met = true
		if !sealed(e.MAC, w.against.MAC) {
			w.report.add("event %d is not the one that the checkpoint was taken of", e.Seq)
		}
	}
	w.seq = e.Seq
	w.know(e)
	if e.Outcome == Done {
		w.trail.learn(e)
	}
	return nil
}

// unknownEvents are some that only a sealing key could check which the key file
// lacks. The zero value is none.
type unknownEvents struct {
	number   int // of that key
	from, to int64
}

// know notes that e could not be checked, where that is so.
func (w *chainWalk) know(e Event) {
	if w.chain.key != nil {
		return
	}
	if w.unknown.number != w.chain.number {
		w.unknown.addTo(w.report)
		w.unknown = unknownEvents{w.chain.number, e.Seq, e.Seq}
	}
	w.unknown.to = e.Seq
}

func (u unknownEvents) addTo(r *AuditReport) {
	if u.number == 0 {
		return
	}
	r.Lacks = u.number
	which := fmt.Sprintf("events %d to %d", u.from, u.to)
	if u.from == u.to {
		which = fmt.Sprint("event ", u.from)
	}
	r.add("%s cannot be checked without sealing key %d, which the key file lacks: put its line back from a backup of that file", which, u.number)
}

func (w *chainWalk) end(head Head) {
	w.unknown.addTo(w.report)
	if w.chain.number != w.seal.number && !w.unsealed {
		w.report.add("the trail ends with sealing key %d, but the record of the team names number %d: an old one was put back", w.chain.number, w.seal.number)
	}
	if head.Seq != w.seq || !sealed(head.MAC, w.chain.mac) {
		w.report.add("the trail ends at event %d, but its head says %d: its end was cut off or changed", w.seq, head.Seq)
	} else if !w.seal.fits(head) { // which may be ahead of the trail, see keepMark
		w.report.add("the clock mark is %s, but does not carry its seal: it, or the end of the trail, was changed outside empress; if the clock is right, `empress doctor --reset-clock` sets the mark anew", head.Mark.Format(time.RFC3339))
	}
	if w.against != nil && !w.met {
		w.report.add("the trail ends at event %d, before the checkpoint at %d: its end was cut off", w.seq, w.against.Seq)
	}
}

func (w *chainWalk) key(k Key) error {
	w.report.Keys++
	trail := &w.trail.keys
	said, known := trail.facts[k.ID]
	delete(trail.facts, k.ID)
	switch what := "key " + string(k.ID); {
	case !w.stands(what, k.Seal, w.seal.sealCredential(k.credential()), known):
	case said.generation != k.Generation || trail.texts.text(said.state) != string(k.State):
		w.report.add("%s is %s with secret %d, but the trail says %s with secret %d: an old row was put back",
			what, k.State, k.Generation, trail.texts.text(said.state), said.generation)
	case trail.texts.text(said.application) != k.Application:
		w.report.add("%s is of %s, but the trail says of %s: an old row was put back", what, k.Application, trail.texts.text(said.application))
	default:
		compare(w.report, what, keyFields[:], k, func(i int) string { return trail.texts.text(said.fields[i]) })
		w.times(k, said)
	}
	return nil
}

// times compares what is not sealed, as no decision depends on it.
func (w *chainWalk) times(k Key, said *keyFacts) {
	for _, t := range []struct {
		what string
		row  time.Time
		said int64
	}{{"creation", k.CreatedAt, said.created}, {"latest secret", k.SecretAt, said.secretAt}} {
		if Millis(t.row) != t.said {
			w.report.add("the time of the %s of key %s is %s, but the trail says %s: it was changed outside empress",
				t.what, k.ID, t.row.Format(time.RFC3339), FromMillis(t.said).Format(time.RFC3339))
		}
	}
	if k.Confirmed != said.confirmed {
		w.report.add("secret %d of key %s is called confirmed, but the trail says secret %d: it was changed outside empress", k.Confirmed, k.ID, said.confirmed)
	}
}

// stands reports whether a row carries its seal and the trail knows it; if
// not, that is a problem.
func (w *chainWalk) stands(what string, seal, want []byte, known bool) bool {
	switch {
	case !sealed(seal, want):
		w.report.add("%s was changed outside empress", what)
	case !known:
		w.report.add("%s is not in the trail: it was added outside empress", what)
	default:
		return true
	}
	return false
}

// policy compares the security policy; without a row it is that of a new team.
func (w *chainWalk) policy(r Reader) error {
	p, err := r.Policy()
	if errors.Is(err, ErrNotFound) {
		p = newPolicy()
	} else if err != nil {
		return err
	}
	if err == nil && !w.stands("the security policy", p.Seal, w.seal.sealPolicy(p), w.trail.policy != nil) {
		return nil
	}
	compareFacts(w.report, "the security policy", policyFields, p, w.trail.policy)
	return nil
}

// people compares the team, its members, their grants and the applications.
func (w *chainWalk) people(r Reader) error {
	team, err := r.Team()
	if err != nil {
		return err
	}
	compareCreation(w.report, "the team", team.CreatedAt, w.trail.team)
	names, err := w.applications(r)
	if err != nil {
		return err
	}
	ms, err := r.Members()
	if err != nil {
		return err
	}
	administrators := 0
	for _, m := range ms {
		if m.Role == Administrator && m.Status == MemberActive {
			administrators++
		}
		if err := w.member(r, m, names); err != nil {
			return err
		}
	}
	if administrators == 0 {
		w.report.add("the team has no active administrator")
	}
	missing(w.report, "member", w.trail.members)
	missing(w.report, "grant", w.trail.grants)
	missing(w.report, "SSH key", w.trail.sshKeys)
	missing(w.report, "application", w.trail.applications)
	return nil
}

func (w *chainWalk) applications(r Reader) (map[ApplicationID]string, error) {
	as, err := r.Applications(Visible{All: true}, Visible{}, 0)
	names := map[ApplicationID]string{}
	for _, a := range as {
		names[a.ID] = a.Name
		said, known := w.trail.applications[a.Name]
		delete(w.trail.applications, a.Name)
		if what := "application " + a.Name; w.stands(what, a.Seal, w.seal.sealApplication(a), known) {
			compareFacts(w.report, what, applicationFields, a, said)
			compareCreation(w.report, what, a.CreatedAt, said)
		}
	}
	if err != nil {
		return nil, err
	}
	return names, w.formerNames(r, names)
}

// formerNames compares the names that applications had.
func (w *chainWalk) formerNames(r Reader, names map[ApplicationID]string) error {
	fs, err := r.FormerNames(0)
	for _, f := range fs {
		now, known := w.trail.formerNames[f.Name]
		delete(w.trail.formerNames, f.Name)
		if what := "the former name " + f.Name; w.stands(what, f.Seal, w.seal.sealFormerName(f), known) && names[f.Application] != now {
			w.report.add("%s is that of %s, but the trail says of %s: an old row was put back", what, names[f.Application], now)
		}
	}
	missing(w.report, "the former name", w.trail.formerNames)
	return err
}

func (w *chainWalk) member(r Reader, m Member, names map[ApplicationID]string) error {
	said, known := w.trail.members[m.Email]
	delete(w.trail.members, m.Email)
	if what := "member " + m.Email; w.stands(what, m.Seal, w.seal.sealMember(m), known) {
		compareFacts(w.report, what, memberFields, m, said)
		compareCreation(w.report, what, m.CreatedAt, said)
	}
	gs, err := r.Grants(m.ID)
	for _, g := range gs {
		given := GivenGrant{Grant: g, Email: m.Email, Application: names[g.ApplicationID]}
		number := grantFields[0].of(given)
		said, known := w.trail.grants[number]
		delete(w.trail.grants, number)
		if what := fmt.Sprintf("grant %s of member %s", number, m.Email); w.stands(what, g.Seal, w.seal.sealGrant(g), known) {
			compareFacts(w.report, what, grantFields, given, said)
			compareCreation(w.report, what, g.CreatedAt, said)
		}
	}
	if err != nil {
		return err
	}
	return w.sshKeys(r, m)
}

func (w *chainWalk) sshKeys(r Reader, m Member) error {
	ks, err := r.SSHKeys(m.ID)
	for _, k := range ks {
		owned := ownedSSHKey{k, m.Email}
		number := sshKeyFields[0].of(owned)
		said, known := w.trail.sshKeys[number]
		delete(w.trail.sshKeys, number)
		if what := fmt.Sprintf("SSH key %s of member %s", number, m.Email); w.stands(what, k.Seal, w.seal.sealSSHKey(k), known) {
			compareFacts(w.report, what, sshKeyFields, owned, said)
			compareCreation(w.report, what, k.CreatedAt, said)
		}
	}
	return err
}
