package contact

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"modelbeam/tunnel/hosts"
)

// ErrReport is for a report that has another form than the page gives it.
var ErrReport = errors.New("no report of the page")

// wire is a report as the page sends it. Times are in milliseconds; clock is the phone's, since 1970.
type wire struct {
	Occasion  Occasion   `json:"occasion"`
	Age       int64      `json:"age"`
	Clock     int64      `json:"clock"`
	Tries     []wireTry  `json:"tries"`
	Name      Answer     `json:"name"`
	Online    Answer     `json:"online"`
	Network   string     `json:"network"`
	Scheme    string     `json:"scheme"`
	Browser   string     `json:"browser"`
	Obstacles []Obstacle `json:"obstacles"`
}

type wireTry struct {
	URL     string  `json:"url"`
	Outcome Outcome `json:"outcome"`
	MS      int64   `json:"ms"`
}

// latest bounds the times that a report may name, in milliseconds: the year 2242.
const latest = 1 << 43

// Read takes a report as POST /report has it, received at a time of ours. It fails with ErrReport for whatever the page
// does not send: what is in a report is shown to a person.
func Read(text []byte, received time.Time) (Report, error) {
	var w wire
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&w); err != nil || d.More() || !w.sound() {
		return Report{}, ErrReport
	}
	r := Report{
		Received: received, Made: received.Add(-min(time.Duration(w.Age)*time.Millisecond, oldest)),
		Ahead:    time.UnixMilli(w.Clock).Sub(received),
		Occasion: w.Occasion, Name: w.Name, Online: w.Online, Network: w.Network, Scheme: w.Scheme, Browser: w.Browser,
		Obstacles: w.Obstacles,
	}
	for _, try := range w.Tries {
		r.Tries = append(r.Tries, Try{try.URL, try.Outcome, time.Duration(try.MS) * time.Millisecond})
	}
	return r, nil
}

// sound reports whether every field is one of those that it may be.
func (w wire) sound() bool {
	odd := func(o Obstacle) bool { return !oneOf(o, NoAddress, Origins, Key, NoModel, SecurePage) }
	wrong := func(t wireTry) bool { return !t.sound() }
	return oneOf(w.Occasion, Test, Lost) && w.Age >= 0 && w.Age <= latest && w.Clock >= 0 && w.Clock <= latest &&
		len(w.Tries) <= maxTries && !slices.ContainsFunc(w.Tries, wrong) &&
		oneOf(w.Name, "", Yes, No) && oneOf(w.Online, "", Yes, No) &&
		oneOf(w.Network, "", "wifi", "cellular", "ethernet", "other") && oneOf(w.Scheme, "http", "https") &&
		oneOf(w.Browser, "chromium", "firefox", "webkit", "other") &&
		len(w.Obstacles) <= 5 && !slices.ContainsFunc(w.Obstacles, odd)
}

func (t wireTry) sound() bool {
	return oneOf(t.Outcome, Answered, Stranger, Mute, Broken) && t.MS >= 0 && t.MS <= slowest.Milliseconds() && isBase(t.URL)
}

func oneOf[T comparable](v T, all ...T) bool { return slices.Contains(all, v) }

// isBase reports whether text is a base address that a laptop can have: by its IP address or its .local name.
func isBase(text string) bool {
	u, err := url.Parse(text)
	if err != nil || len(text) > longest || u.Scheme != "http" && u.Scheme != "https" || text != u.Scheme+"://"+u.Host {
		return false
	}
	name, ok := hosts.Name(u.Host)
	return ok && hosts.CannotBeRebound(name) && !strings.Contains(name, "%")
}
