package model_test

import (
	"slices"
	"strings"
	"time"

	"empress/model"
)

// The rules of a team once more, written down without a look at how the
// program keeps them, for the test that lets members act at random.

// roleRules are what each role may do: to everything, and to own keys.
var roleRules = map[model.Role]struct{ all, own string }{
	model.Administrator: {all: "keys.view usage.view keys.create keys.edit keys.regenerate keys.suspend keys.revoke keys.never_expire " +
		"applications.manage members.view members.manage roles.assign grants.give audit.view policy.manage"},
	model.ITManager:   {all: "keys.view usage.view keys.create keys.edit keys.regenerate keys.suspend keys.revoke applications.manage members.view audit.view"},
	model.Auditor:     {all: "keys.view usage.view members.view audit.view"},
	model.PlainMember: {own: "keys.view usage.view keys.regenerate keys.suspend keys.revoke"},
}

func listed(list, word string) bool { return slices.Contains(strings.Fields(list), word) }

// gift is the picture of one grant.
type gift struct {
	id         int64
	holder     *human
	permission string
	app        string    // "" for every application
	until      time.Time // zero for good
	ended      bool
}

// human is the picture of one member.
type human struct {
	name    string
	role    model.Role
	status  model.Status
	session *model.Session
}

func (h *human) email() string { return h.name + "@example.com" }

// asset is the picture of one key.
type asset struct {
	id    model.KeyID
	app   string
	owner *human
	state model.State
	gen   model.Generation
	shown map[*human]model.Generation
}

// picture is the whole team as the rules say that it should be.
type picture struct {
	humans []*human
	gifts  []*gift
	assets []*asset
	now    func() time.Time
}

// until says for how long somebody may do something: for good is far away, and
// the zero time is not at all.
func (p *picture) until(h *human, what, app string, owner *human) time.Time {
	forGood := time.Date(9000, 1, 1, 0, 0, 0, 0, time.UTC)
	rule := roleRules[h.role]
	switch {
	case h.status != model.MemberActive:
		return time.Time{}
	case listed(rule.all, what), owner == h && (listed(rule.own, what) || what == "keys.revoke"):
		return forGood
	}
	var longest time.Time
	for _, g := range p.gifts {
		carries := g.permission == what || what == "keys.view" && listed("keys.edit keys.regenerate keys.suspend keys.revoke", g.permission)
		if g.holder != h || !carries || g.app != "" && g.app != app || !p.live(g) {
			continue
		}
		end := g.until
		if end.IsZero() {
			end = forGood
		}
		if end.After(longest) {
			longest = end
		}
	}
	return longest
}

func (p *picture) live(g *gift) bool {
	return !g.ended && (g.until.IsZero() || p.now().Before(g.until))
}

func (p *picture) may(h *human, what string) bool { return !p.until(h, what, "", nil).IsZero() }

func (p *picture) mayTo(h *human, what string, k *asset) bool {
	return !p.until(h, what, k.app, k.owner).IsZero()
}

func (p *picture) forGood(h *human, what string) bool {
	return p.until(h, what, "", nil).Year() == 9000
}

// mayGiveRole holds for administrators, and for who was granted roles.assign
// and holds all that the role carries.
func (p *picture) mayGiveRole(h *human, r model.Role) bool {
	if h.role == model.Administrator || !p.may(h, "roles.assign") {
		return p.may(h, "roles.assign")
	}
	for _, what := range strings.Fields(roleRules[r].all + " " + roleRules[r].own) {
		if !p.forGood(h, what) {
			return false
		}
	}
	return true
}

// mayTouch says who may suspend, resume and remove whom.
func (p *picture) mayTouch(by, who *human) bool {
	more := who.role != model.PlainMember
	for _, g := range p.gifts {
		more = more || g.holder == who && p.live(g)
	}
	return by != who && p.may(by, "members.manage") && (!more || p.may(by, "roles.assign")) &&
		(who.role != model.Administrator || p.mayGiveRole(by, model.Administrator))
}

func (p *picture) lastAdministrator(h *human) bool {
	n := 0
	for _, o := range p.humans {
		if o != h && o.role == model.Administrator && o.status == model.MemberActive {
			n++
		}
	}
	return n == 0 && h.role == model.Administrator && h.status == model.MemberActive
}

// mayHandOver says whether somebody who may change a key may make h its owner.
func (p *picture) mayHandOver(by, h *human, k *asset) bool {
	for _, what := range strings.Fields(roleRules[h.role].own) {
		if h != k.owner && p.until(by, what, k.app, k.owner).Year() != 9000 { // an owner may for good
			return false
		}
	}
	return true
}

// stepDown ends what nobody keeps who is made less than they were: what only
// administrators may.
func (p *picture) stepDown(h *human, to model.Role) {
	rank := map[model.Role]int{model.Administrator: 4, model.ITManager: 3, model.Auditor: 2, model.PlainMember: 1}
	for _, g := range p.gifts {
		if g.holder == h && rank[to] < rank[h.role] && listed("keys.never_expire members.manage roles.assign grants.give policy.manage", g.permission) {
			g.ended = true
		}
	}
}

// owning is why somebody cannot be made the owner of a key, "" when they can.
func (h *human) owning() model.Code {
	switch {
	case h.status == model.MemberRemoved:
		return model.CodeNotFound
	case h.status != model.MemberActive || h.role == model.Auditor:
		return model.CodeInvalid
	}
	return ""
}

// ownable says what is wrong with naming to as the owner of k, which is nil for a
// new key. Whoever may not see the team is told of nobody else what it is.
func (p *picture) ownable(by, to *human, k *asset) model.Code {
	code := to.owning()
	if code == "" || to == by || k != nil && to == k.owner || p.may(by, "members.view") {
		return code
	}
	return model.CodeNotFound
}
