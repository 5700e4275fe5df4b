package model

import (
	"hash"
	"sync/atomic"
)

// Sealed returns m with the seal that belongs on it.
func (k *SealingKey) Sealed(m Member) Member {
	m.Seal = k.sealMember(m)
	return m
}

// SealedGrant returns g with the seal that belongs on it.
func (k *SealingKey) SealedGrant(g Grant) Grant {
	g.Seal = k.sealGrant(g)
	return g
}

// CountSums counts the keyed hashes that k computes from now on.
func (k *SealingKey) CountSums() *atomic.Int64 {
	var n atomic.Int64
	for _, h := range []*keyedHash{k.secrets, k.rows, k.audit} {
		make := h.pool.New
		h.pool.New = func() any { return countedHash{make().(hash.Hash), &n} }
		for {
			if _, counted := h.pool.Get().(countedHash); counted {
				break // the pool held no other one any more
			}
		}
	}
	return &n
}

type countedHash struct {
	hash.Hash
	n *atomic.Int64
}

func (h countedHash) Sum(b []byte) []byte {
	h.n.Add(1)
	return h.Hash.Sum(b)
}
