package model

// reasons are all of them, in the order in which counts are kept.
var reasons = [...]Reason{ReasonOK, ReasonUnauthenticated, ReasonExpired, ReasonSuspended, ReasonRevoked, ReasonWrongApplication, ReasonMissingScope,
	ReasonNetworkNotAllowed, ReasonRateLimited, ReasonRecordDamaged, ReasonClockDoubtful, ReasonUnavailable}

// Words say what a reason means, as the rest of a line such as "12 requests:".
func (r Reason) Words() string {
	switch r {
	case ReasonOK:
		return "allowed"
	case ReasonUnauthenticated:
		return "the secret was wrong"
	case ReasonExpired:
		return "the key had expired"
	case ReasonSuspended:
		return "the key was suspended"
	case ReasonRevoked:
		return "the key was revoked"
	case ReasonWrongApplication:
		return "another application was asked for"
	case ReasonMissingScope:
		return "the key lacks a scope"
	case ReasonNetworkNotAllowed:
		return "from outside the networks of the key"
	case ReasonRateLimited:
		return "too many requests"
	case ReasonRecordDamaged:
		return "the record of the key is damaged"
	case ReasonClockDoubtful:
		return "the clock cannot be trusted"
	case ReasonUnavailable:
		return "no answer could be had"
	}
	return string(r)
}
