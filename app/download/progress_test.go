package download

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"
)

// layered is what a server says of one layer.
func layered(digest string, completed, total int64) line {
	return line{Status: "pulling " + digest, Digest: digest, Total: total, Completed: completed}
}

func TestProgressAddsUp(t *testing.T) {
	for _, tt := range []struct {
		name        string
		said        []line
		done, total int64
		checking    bool
	}{
		{"nothing yet", []line{{Status: "pulling manifest"}}, 0, 0, false},
		{"one layer", []line{layered("a", 0, 100), layered("a", 40, 100)}, 40, 100, false},
		{"two layers", []line{layered("a", 100, 100), layered("b", 0, 20), layered("b", 5, 20)}, 105, 120, false},
		{"both at once", []line{layered("a", 10, 100), layered("b", 5, 20), layered("a", 20, 100)}, 25, 120, false},
		{"a part that broke off is taken back", []line{layered("a", 60, 100), layered("a", 30, 100)}, 60, 100, false},
		{"a total that shrinks", []line{layered("a", 60, 100), layered("a", 60, 50)}, 60, 100, false},
		{"more than all", []line{layered("a", 400, 100)}, 100, 100, false},
		{"less than nothing", []line{layered("a", -5, -100), layered("b", -5, 10)}, 0, 10, false},
		{"no size", []line{layered("a", 5, 0)}, 0, 0, false},
		{"checking", []line{layered("a", 100, 100), {Status: "verifying sha256 digest"}}, 100, 100, true},
	} {
		p := newProgress(time.Unix(0, 0))
		for _, said := range tt.said {
			if _, err := p.add(said); err != nil {
				t.Errorf("%s: %v", tt.name, err)
			}
		}
		if p.done != tt.done || p.total != tt.total || p.checking != tt.checking {
			t.Errorf("%s: %d of %d, checking %v; want %d of %d, %v", tt.name, p.done, p.total, p.checking, tt.done, tt.total, tt.checking)
		}
	}
}

// TestProgressIsBounded holds that no server can have us count for ever.
func TestProgressIsBounded(t *testing.T) {
	for name, said := range map[string]func(i int) line{
		"the same line":       func(int) line { return layered("a", 1, 2) },
		"words":               func(i int) line { return line{Status: fmt.Sprint(i)} },
		"layers":              func(i int) line { return layered(fmt.Sprint(i), 0, 1) },
		"long names":          func(int) line { return layered(strings.Repeat("a", longestDigest+1), 0, 1) },
		"a layer of all":      func(int) line { return layered("a", 0, math.MaxInt64) },
		"layers of all":       func(i int) line { return layered(fmt.Sprint(i), 0, mostBytes) },
		"checking on and off": func(i int) line { return line{Status: []string{"verifying sha256 digest", "pulling"}[i%2]} },
	} {
		p := newProgress(time.Unix(0, 0))
		var err error
		for i := 0; err == nil && i < 10*mostIdleLines; i++ {
			_, err = p.add(said(i))
		}
		if !errors.Is(err, errNonsense) || p.total < 0 || p.done < 0 || len(p.layers) > mostLayers {
			t.Errorf("%s: %v, %d layers, %d of %d", name, err, len(p.layers), p.done, p.total)
		}
	}
}

// TestSpeed is about what a person sees: a speed that follows slowly, and the time that is left by it.
func TestSpeed(t *testing.T) {
	at := time.Unix(0, 0)
	p := newProgress(at)
	add := func(done int64, after time.Duration) {
		t.Helper()
		if _, err := p.add(layered("a", done, 1000e6)); err != nil {
			t.Fatal(err)
		}
		at = at.Add(after)
		p.measure(at)
	}
	near := func(want int64) {
		t.Helper()
		if got := p.speed(); got < want*95/100 || got > want*105/100 {
			t.Errorf("%d bytes a second, want about %d", got, want)
		}
	}
	add(500e6, time.Second) // there from an earlier attempt
	if p.speed() != 0 || p.left() != -1 {
		t.Errorf("what was there already came at %d a second, and %d are left", p.speed(), p.left())
	}
	add(510e6, time.Second)
	near(10e6)
	if p.left() != 49 {
		t.Errorf("%d seconds are left, want 49", p.left())
	}
	add(510e6, time.Second) // a gap of a second is not the end
	if got := p.speed(); got < 7e6 || got > 9e6 {
		t.Errorf("after a gap it is %d", got)
	}
	for range 40 {
		add(510e6, time.Second)
	}
	if p.speed() > 1000 {
		t.Errorf("nothing comes, at %d a second", p.speed())
	}
	for i := range int64(40) {
		add(510e6+i*2e6, time.Second)
	}
	near(2e6)
}

func TestLeftIsNotForEver(t *testing.T) {
	p := newProgress(time.Unix(0, 0))
	p.total, p.done, p.rate = 1<<40, 0, 1
	if p.left() != -1 {
		t.Errorf("%d seconds", p.left())
	}
}
