package model_test

import (
	"testing"

	"empress/model"
)

// How many requests are not written is known, also of those that come after the
// recorder was closed; closing it again counts them.
func TestRecorderWaiting(t *testing.T) {
	x := newTeam(t)
	k, s := x.create(model.KeySpec{Application: "billing"})
	b, service := x.balky()
	r := model.NewRecorder(service)
	steps := []struct {
		requests int
		refuses  bool
		waiting  int64
	}{{3, true, 6}, {1, true, 8}, {0, false, 0}, {2, false, 0}, {0, false, 0}}
	for i, step := range steps {
		for range step.requests {
			for _, q := range []model.Request{{Key: k.ID, Secret: s}, {Key: "empk_zzzzzzzzzzzzzzzzzzzz", Secret: s}} {
				d, err := service.Verify(ctx, q)
				if err != nil {
					t.Fatal(err)
				}
				r.Record(q, d)
			}
		}
		if i == 3 && r.Waiting() != 4 {
			t.Errorf("of 4 requests since it was closed %d wait", r.Waiting())
		}
		b.refuses.Store(step.refuses)
		if err := r.Close(ctx); (err != nil) != step.refuses || r.Waiting() != step.waiting {
			t.Errorf("step %d: %v, and %d requests wait, not %d", i, err, r.Waiting(), step.waiting)
		}
	}
	if u, err := x.ada.KeyUsage(ctx, k.ID, model.LastDay); err != nil || u.Count.Allowed != 6 {
		t.Errorf("counted are %+v, %v", u.Count, err)
	}
}
