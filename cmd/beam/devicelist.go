package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"modelbeam/app"
	"modelbeam/app/devices"
	"modelbeam/app/plain"
	"modelbeam/app/usage"
	"modelbeam/app/words"
)

// device is what --json prints of one: never its key's hash.
type device struct {
	ID       string      `json:"id"`
	Name     string      `json:"name"`
	Paired   time.Time   `json:"paired"`
	LastSeen time.Time   `json:"last_seen,omitzero"`
	Paused   bool        `json:"paused,omitempty"`
	Guest    *app.Guest  `json:"guest,omitempty"`
	Key      string      `json:"key,omitempty"`   // only when it has just been made
	Today    *app.Usage  `json:"today,omitempty"` // only in the list
	Usage    []usage.Row `json:"usage,omitempty"` // of the last 30 days, the oldest first
}

func shown(d devices.Device) device {
	return device{ID: d.ID, Name: d.Name, Paired: d.Paired, LastSeen: d.LastSeen, Paused: d.Paused, Guest: app.GuestOf(d.Pass)}
}

func listDevices(list *devices.Store, stateDir string, p printer) error {
	all := list.List()
	slices.SortFunc(all, func(a, b devices.Device) int { return cmp.Compare(a.Name, b.Name) })
	ledger, unread := usage.Open(app.UsagePath(stateDir)) // who is paired is worth knowing all the same
	if unread != nil {
		unread = fmt.Errorf("usage is not available: %w", unread)
	}
	if p.json {
		return errors.Join(printDevices(all, ledger, p), unread)
	}
	if len(all) == 0 {
		return p.sentence(words.L("No device is paired. Scan the code that beam shows, or: {{.Command}}", words.Values{"Command": "beam devices add NAME"}))
	}
	table, today := tabwriter.NewWriter(p.out, 0, 0, 3, ' ', 0), ledger.Today()
	fmt.Fprintln(table, "ID\tNAME\tPAIRED\tLAST SEEN\tREQUESTS TODAY\tTOKENS TODAY\t")
	for _, d := range all {
		_ = plain.Printf(table, "%s\t%s\t%s\t%s\t%d\t%d\t%s\n", d.ID, d.Name, d.Paired.Local().Format(time.DateTime),
			lastSeen(d), today[d.ID].Requests, today[d.ID].Tokens, remarks(d))
	}
	return errors.Join(table.Flush(), unread)
}

func printDevices(all []devices.Device, ledger *usage.Ledger, p printer) error {
	rows, today := ledger.Rows(), ledger.Today()
	for _, d := range all {
		line := shown(d)
		line.Today = &app.Usage{Requests: today[d.ID].Requests, Tokens: today[d.ID].Tokens}
		line.Usage = slices.DeleteFunc(slices.Clone(rows), func(r usage.Row) bool { return r.Device != d.ID })
		if err := p.object(line); err != nil {
			return err
		}
	}
	return nil
}

func lastSeen(d devices.Device) string {
	if d.LastSeen.IsZero() {
		return "never"
	}
	return d.LastSeen.Local().Format(time.DateTime)
}

// remarks says what is not usual about a device.
func remarks(d devices.Device) string {
	var all []string
	if d.Paused {
		all = append(all, "paused")
	}
	if g := app.GuestOf(d.Pass); g != nil {
		all = append(all, guest(g, time.Now()))
	}
	return strings.Join(all, ", ")
}

// guest is a guest's limits in words.
func guest(g *app.Guest, now time.Time) string {
	if g.Over(now) {
		return "guest, over"
	}
	return "guest, " + limits(g)
}

// list is "A", "A and B" or "A, B and C".
func list(names []string) string {
	last := len(names) - 1
	if last < 1 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

// limits is what a guest may do.
func limits(g *app.Guest) string {
	var said []string
	if !g.Until.IsZero() {
		said = append(said, "until "+g.Until.Local().Format("Mon 15:04"))
	}
	if len(g.Models) > 0 {
		said = append(said, "for "+list(g.Models))
	}
	if g.Requests > 0 {
		said = append(said, fmt.Sprintf("%d of %d requests left", g.Left, g.Requests))
	}
	return strings.Join(said, ", ")
}
