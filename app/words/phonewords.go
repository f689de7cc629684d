package words

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"modelbeam/app"
)

// Between separates the things that a line says about a phone.
const Between = " · "

// LongestModel is how many characters of a model's name fit into the middle of a line.
const LongestModel = 28

// Loudness is how much a line should be noticed.
type Loudness int

// What a line may be.
const (
	Quiet   Loudness = iota // there for whoever looks
	Good                    // something works right now
	Warning                 // somebody should do something
)

// PhoneLine says in one line how a phone is doing, and how loudly to say it: the one thing that a
// person would want to know about it now.
func PhoneLine(d app.Device, now time.Time) (string, Loudness) {
	switch {
	case d.Paused:
		return L("Paused"), Quiet
	case d.Active > 0:
		return answering(d), Good
	case d.Guest != nil && d.Guest.Over(now):
		return L("Guest pass is over"), Quiet
	case d.OldAddress != "":
		return L("still has the old address: scan the code again"), Warning
	case d.Guest != nil:
		return join(append([]string{L("Guest")}, remaining(d.Guest, now)...)), Quiet
	}
	return join([]string{ago(d, now), today(d.Today)}), Quiet
}

func join(parts []string) string {
	var said []string
	for _, p := range parts {
		if p != "" {
			said = append(said, p)
		}
	}
	return strings.Join(said, Between)
}

func answering(d app.Device) string {
	parts := []string{L("answering now"), Shortened(OneLine(d.Model), LongestModel)}
	if d.Tokens > 0 {
		parts = append(parts, Tokens(d.Tokens))
	}
	return join(parts)
}

func today(u app.Usage) string {
	if u.Requests == 0 {
		return ""
	}
	return L("{{.Count}} requests today", Values{count: u.Requests})
}

// PhoneFacts is what else a person may want to know about a phone.
func PhoneFacts(d app.Device, now time.Time) []string {
	paired := d.Paired.In(now.Location())
	day := DayName(paired)
	if paired.Year() != now.Year() {
		day = dayAndYear(paired)
	}
	used := join([]string{Requests(d.Today.Requests), Tokens(d.Today.Tokens)})
	return []string{L("Paired {{.Day}}", Values{"Day": day}), L("Today: {{.Usage}}", Values{"Usage": used})}
}

// remaining is what a guest may still do.
func remaining(g *app.Guest, now time.Time) []string {
	parts := []string{deadline(g.Until, now), onlyModels(g.Models)}
	if g.Requests > 0 {
		parts = append(parts, L("{{.Left}} of {{.Count}} left", Values{"Left": g.Left, count: g.Requests}))
	}
	return parts
}

// Promises is what a pass will let a guest do, one short line each.
func Promises(g *app.Guest, now time.Time) []string {
	lines := []string{deadline(g.Until, now), L("All models")}
	if g.Until.IsZero() {
		lines[0] = L("Until you remove the phone")
	}
	if len(g.Models) > 0 {
		lines[1] = onlyModels(g.Models)
	}
	if g.Requests > 0 {
		lines = append(lines, Requests(g.Requests))
	}
	for i, line := range lines {
		// A name stays as it is. In some languages the line begins with it.
		if len(g.Models) != 1 || !strings.HasPrefix(line, onlyModel(g.Models)) {
			lines[i] = capitalised(line)
		}
	}
	return lines
}

// onlyModel is how the one model of a pass is named.
func onlyModel(models []string) string { return Shortened(OneLine(models[0]), LongestModel) }

// onlyModels names the one model of a pass, or counts them if there are more; none means no limit.
func onlyModels(models []string) string {
	switch len(models) {
	case 0:
		return ""
	case 1:
		return L("only {{.Model}}", Values{"Model": onlyModel(models)})
	}
	return L("only {{.Count}} models", Values{count: len(models)})
}

// deadline says until when, by the clock on the wall; never is empty.
func deadline(until, now time.Time) string {
	if until.IsZero() {
		return ""
	}
	until = until.In(now.Location())
	year, month, day := now.Date()
	midnight := time.Date(year, month, day+1, 0, 0, 0, 0, now.Location())
	clock := Values{"Time": Clock(until)}
	switch {
	case until.Before(midnight):
		return L("until {{.Time}}", clock)
	case until.Equal(midnight):
		return L("until midnight")
	case until.Before(midnight.AddDate(0, 0, 1)):
		return L("until {{.Time}} tomorrow", clock)
	}
	return L("until {{.Day}}", Values{"Day": DayName(until)})
}

// ago says when a phone was last seen, as a person would.
func ago(d app.Device, now time.Time) string {
	if d.LastSeen.IsZero() {
		return L("not used yet")
	}
	since := now.Sub(d.LastSeen)
	minutes, hours, days := int(since/time.Minute), int(since/time.Hour), int(since/(24*time.Hour))
	switch {
	case minutes < 1:
		return L("just now")
	case hours < 1:
		return L("{{.Count}} minutes ago", Values{count: minutes})
	case days < 1:
		return L("{{.Count}} hours ago", Values{count: hours})
	case days == 1:
		return L("yesterday")
	}
	return L("{{.Count}} days ago", Values{count: days})
}

// Shortened cuts what is longer than most characters.
func Shortened(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return strings.TrimSpace(string([]rune(s)[:most-1])) + "…"
}

// capitalised makes a sentence's beginning of part of a line.
func capitalised(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}
