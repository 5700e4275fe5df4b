package main

import (
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"text/tabwriter"
)

// figure is one row: what was measured, in a unit, and the most, or the least, it may be.
type figure struct {
	name     string
	measured float64
	limit    float64
	more     bool   // the limit is the least that it may be
	unit     string // "×" for a ratio
	detail   string // what the figure was made of
}

// within reports whether the figure, as precise as it is printed, meets its
// target.
func (f figure) within() bool {
	if f.more {
		return round(f.measured) >= f.limit
	}
	return round(f.measured) <= f.limit
}

// target says what the figure is to be.
func (f figure) target() string {
	sign := "≤"
	if f.more {
		sign = "≥"
	}
	return fmt.Sprintf("%s %g %s", sign, f.limit, f.unit)
}

func round(v float64) float64 { return math.Round(v*100) / 100 }

// table prints figures as they come in.
type table struct {
	tabs  *tabwriter.Writer
	notes []string
	ok    bool // every figure so far met its target
}

func newTable(w io.Writer) *table {
	t := &table{tabs: tabwriter.NewWriter(w, 0, 0, 3, ' ', 0), ok: true}
	fmt.Fprintln(t.tabs, "figure\tmeasured\ttarget\t\tof")
	return t
}

func (t *table) add(figures []figure, err error) error {
	for _, f := range figures {
		verdict := "ok"
		if !f.within() {
			verdict, t.ok = "missed", false
		}
		fmt.Fprintf(t.tabs, "%s\t%.2f %s\t%s\t%s\t%s\n", f.name, f.measured, f.unit, f.target(), verdict, f.detail)
	}
	return err
}

// note adds a line below the table.
func (t *table) note(s string) { t.notes = append(t.notes, s) }

func (t *table) flush() {
	t.tabs.Flush()
	for _, n := range t.notes {
		fmt.Println(n)
	}
}

// progress tells the person who waits what is being measured.
func progress(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }

// ratio is the figure of a median over the median of its baseline.
func ratio(name string, product, baseline []float64, unit string, limit float64) figure {
	p, b := median(product), median(baseline)
	return figure{name: name, measured: p / b, limit: limit, unit: "×", detail: fmt.Sprintf("%.2f %s to %.2f %s", p, unit, b, unit)}
}

func median(v []float64) float64 {
	if len(v) == 0 {
		return 0
	}
	v = slices.Sorted(slices.Values(v))
	return (v[(len(v)-1)/2] + v[len(v)/2]) / 2
}

// least is the smallest value alone: what is above it, where a program only
// computes, was spent on what else the machine did.
func least(v []float64) []float64 { return []float64{slices.Min(v)} }
