package download

import (
	"fmt"
	"math"
	"time"
)

const (
	// mostLayers bounds the parts of one model: real ones have less than ten.
	mostLayers = 1000
	// longestDigest bounds the name of one, in bytes: "sha256:" and 64 digits.
	longestDigest = 200
	// mostBytes bounds a layer and their sum: the largest models have about a terabyte.
	mostBytes = 1 << 47
	// mostIdleLines bounds how much a server may say in one attempt without getting anywhere. Ollama writes 16
	// lines a second, and so not even 6,000 until we lose patience.
	mostIdleLines = 20_000
	// smoothing is the time in which the speed that is shown follows one that has changed.
	smoothing = 4 * time.Second
	// longestLeft is the longest time that is worth telling.
	longestLeft = 7 * 24 * time.Hour
)

// progress adds up what a server says of the layers of a model. Within one attempt neither the bytes that are there
// nor those in all ever become less: Ollama takes back what came of a part that broke off, and gets it again.
type progress struct {
	layers   map[string]line // the most that was said of each
	done     int64
	total    int64
	idle     int // lines without anything new
	checking bool

	rate    float64 // bytes a second, smoothed
	counted int64   // bytes when the rate was last brought up to date
	at      time.Time
}

func newProgress(now time.Time) *progress {
	return &progress{layers: make(map[string]line), at: now, counted: -1}
}

// add takes a line, and reports whether there is anything new in it.
func (p *progress) add(said line) (moved bool, err error) {
	if p.idle++; p.idle > mostIdleLines {
		return false, fmt.Errorf("%w: %d lines without progress", errNonsense, p.idle)
	}
	if said.Digest == "" {
		moved = p.enter(said.Status)
	} else if moved, err = p.count(said); err != nil {
		return false, err
	}
	if moved {
		p.idle = 0
	}
	return moved, nil
}

// enter notes what the server is at, when it says so for the first time.
func (p *progress) enter(status string) bool {
	checking := status == "verifying sha256 digest"
	moved := checking && !p.checking
	p.checking = p.checking || checking
	return moved
}

// count takes how far a layer is.
func (p *progress) count(said line) (moved bool, err error) {
	before, known := p.layers[said.Digest]
	switch {
	case len(said.Digest) > longestDigest:
		return false, fmt.Errorf("%w: the name of a layer has %d bytes", errNonsense, len(said.Digest))
	case !known && len(p.layers) == mostLayers:
		return false, fmt.Errorf("%w: more than %d layers", errNonsense, mostLayers)
	}
	total := max(before.Total, said.Total)
	if total > mostBytes {
		return false, fmt.Errorf("%w: a layer of %d bytes", errNonsense, total)
	}
	completed := max(before.Completed, min(said.Completed, total))
	p.layers[said.Digest] = line{Total: total, Completed: completed}
	p.total += total - before.Total
	p.done += completed - before.Completed
	if p.total > mostBytes {
		return false, fmt.Errorf("%w: %d bytes in all", errNonsense, p.total)
	}
	return completed > before.Completed || total > before.Total, nil
}

// measure brings the speed up to date. What was there before this attempt says nothing about it.
func (p *progress) measure(now time.Time) {
	since := now.Sub(p.at)
	if p.counted < 0 || p.done == 0 {
		p.at, p.counted = now, p.done
		if p.done == 0 {
			p.counted = -1
		}
		return
	}
	if since <= 0 {
		return
	}
	rate := float64(p.done-p.counted) / since.Seconds()
	weight := 1 - math.Exp(-since.Seconds()/smoothing.Seconds())
	if p.rate == 0 {
		weight = 1
	}
	p.rate += weight * (rate - p.rate)
	p.at, p.counted = now, p.done
}

// speed is in bytes a second, 0 when next to nothing comes.
func (p *progress) speed() int64 {
	if p.rate < 1 {
		return 0
	}
	return int64(p.rate)
}

// left is how many seconds the rest takes, or -1.
func (p *progress) left() int64 {
	speed := p.speed()
	if speed == 0 || p.total == 0 {
		return -1
	}
	seconds := (p.total - p.done + speed - 1) / speed
	if seconds > int64(longestLeft.Seconds()) {
		return -1
	}
	return seconds
}
