package model

import (
	"context"
	"sync"
	"time"
)

// DamagedWords say of a row that nothing in it is to be trusted.
const DamagedWords = "changed outside empress"

// damages remembers which damaged keys were reported. The zero value is ready.
type damages struct {
	mu      sync.Mutex
	reports map[KeyID]damageReport
	running chan struct{} // closed when the report under way ends, nil when there is none
}

type damageReport struct {
	at   time.Time // of the latest attempt
	told bool      // it succeeded
}

// damageInterval is how long a report that failed is not tried again.
const damageInterval = time.Minute

// reportDamage leaves one event for each damaged key and process. The decision
// waits for nothing: the event is written in the background, one at a time, and
// the next request with a key whose turn did not come tries again.
func (s *Service) reportDamage(c Credential) {
	if !s.damages.begin(c.ID, s.now()) {
		return
	}
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), trailPatience)
		defer cancel()
		err := s.store.Write(ctx, func(w Writer) error {
			return s.append(w, s.instant(), Event{Via: ViaVerifier, Action: KeyDamaged, Outcome: Done, Key: c.ID,
				Application: Redact(Printable(c.Application)), Note: "the seal of the key's row does not match"})
		})
		s.damages.end(c.ID, err == nil)
	}()
}

// begin reports whether this is the time to report a key.
func (d *damages) begin(id KeyID, now time.Time) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	r, tried := d.reports[id]
	if d.running != nil || r.told || tried && now.Sub(r.at).Abs() < damageInterval {
		return false
	}
	if d.reports == nil {
		d.reports = map[KeyID]damageReport{}
	}
	d.reports[id] = damageReport{at: now}
	d.running = make(chan struct{})
	return true
}

func (d *damages) end(id KeyID, told bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.reports[id] = damageReport{d.reports[id].at, told}
	close(d.running)
	d.running = nil
}

// Flush writes the attempts that were counted but are no events yet, and waits,
// until ctx ends, for what decisions left to be written in the background. Call
// it before the store is closed.
func (s *Service) Flush(ctx context.Context) {
	s.settleDenials(ctx, true)
	s.damages.mu.Lock()
	running := s.damages.running
	s.damages.mu.Unlock()
	if running == nil {
		return
	}
	select {
	case <-running:
	case <-ctx.Done():
	}
}
