// Package model is the domain of empress: API keys and their secrets, the
// members of a team and what each of them may do, the trail of everything that
// changed, and the decision whether a request may pass.
//
// A program opens a [Store], reads the [SealingKey] and builds one [Service].
// People come in through [Service.SignIn], which yields a [Session]; every use
// case is one method on Session, runs in one transaction and checks the member's
// permission inside that transaction. One that changes something leaves an [Event]
// there: mostly one, but one for each of several keys, and another for an
// application that comes with a key. What was denied leaves one afterwards, and
// reading none. Requests come in through [Service.Verify], which needs no session.
//
// The package prints nothing and opens no file. It never holds a secret longer
// than the call that makes or checks it: the database keeps a keyed hash
// ([SealingKey.hashSecret]) and every row that a decision depends on carries a
// seal, so that a row changed behind the program's back is noticed.
//
// Errors are *[Error] values with a [Code] for programs and a sentence for
// people; [Sentence] finds the sentence.
package model
