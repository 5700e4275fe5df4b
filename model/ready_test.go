package model_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"empress/model"
)

func TestReady(t *testing.T) {
	x := newTeam(t)
	if err := x.service.Ready(ctx); err != nil {
		t.Error(err)
	}
	unopened := model.NewService(x.store, x.seal, time.Now)
	if err := unopened.Ready(ctx); !errors.Is(err, model.ErrUnavailable) {
		t.Errorf("a service that read no team: %v", err)
	}

	elsewhere := newTeam(t)
	moved := &movable{Store: x.store}
	s := model.NewService(moved, x.seal, time.Now)
	if _, err := s.Open(ctx); err != nil {
		t.Fatal(err)
	}
	if err := s.Ready(ctx); err != nil {
		t.Error(err)
	}
	moved.Store = elsewhere.store
	if err := s.Ready(ctx); !errors.Is(err, model.ErrUnavailable) {
		t.Errorf("a store that has another team by now: %v", err)
	}
	moved.down = true
	if err := s.Ready(ctx); !errors.Is(err, errDown) {
		t.Errorf("a store that does not answer: %v", err)
	}
}

// movable is a store that becomes another one, or fails.
type movable struct {
	model.Store
	down bool
}

var errDown = errors.New("the disk is gone")

func (m *movable) Read(ctx context.Context, fn func(model.Reader) error) error {
	if m.down {
		return errDown
	}
	return m.Store.Read(ctx, fn)
}
