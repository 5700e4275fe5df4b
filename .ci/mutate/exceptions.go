package main

// harmless names the mutants that change nothing that a test could see, each
// with the reason.
var harmless = map[string]string{
	"rule in Service.access: g.ApplicationID == 0":                             "for the whole team the one rule was asked before, and says no again",
	"rule in Service.access: !g.gives(p)":                                      "saves asking the one rule, which says no to such a grant",
	"rule in change.settled: chosen":                                           "what was not chosen has seen no secret, so the next operand is false",
	"permission in Session.Overview: s.countPeople(r, me, &o)":                 "hands on nothing but a failure of the store: whoever may not see members gets no number and no error",
	"swap in Service.raiseMark: s.mark.CompareAndSwap(old, ms)":                "two calls would have to meet within one instant, which no test can arrange without changing the loop",
	"rule in change.freeName: app.ID != own":                                   "an application is not renamed to the name that it has: rename returns before",
	"rule in change.carryOut: k.become(to)":                                    "the plan, in the same transaction, has left out every key that would refuse",
	"rule in change.dispose: k.become(Suspended)":                              "settleKey asks for nothing that is so already, and revoked keys are not held",
	"rule in change.dispose: k.become(Revoked)":                                "revoked keys are not held",
	"rule in change.mayAssign: by.Role != \"\"":                                "the role that gives roles.assign holds everything, which is asked next",
	"permission in change.mayManage: c.me.may(MembersManage, Target{})":        "every caller has asked it before the member was looked up; here it stands for the rule as a whole",
	"rule in Service.keepsAdministrator: without.Role != Administrator":        "saves reading the members: another active administrator is there, as this rule keeps one",
	"permission in Service.keepsAdministrator: without.Status != MemberActive": "saves reading the members: another active administrator is there, as this rule keeps one",
	"rule in declaring: len(a.Networks) == 0":                                  "saves reading keys that outsideCallers leaves out, as their application declared nothing",
}
