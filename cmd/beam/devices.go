package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"

	"modelbeam/app"
	"modelbeam/app/devices"
	"modelbeam/app/store"
)

// device is what --json prints of one: never its key's hash.
type device struct {
	ID       string    `json:"id"`
	Name     string    `json:"name"`
	Paired   time.Time `json:"paired"`
	LastSeen time.Time `json:"last_seen,omitzero"`
	Key      string    `json:"key,omitempty"` // only when it has just been made
}

// runDevices is beam devices. It edits the list on disk; a running Modelbeam notices at once.
func runDevices(args []string, stdout, stderr io.Writer) error {
	var o app.Options
	words, err := parse(newFlags("beam devices", &o, stderr), args)
	if err != nil {
		return err
	}
	list, err := devices.Open(app.DevicesPath(o.StateDir))
	if err != nil {
		return explain(err)
	}
	verb, name := "", ""
	if len(words) > 0 {
		verb = words[0]
	}
	if len(words) > 1 {
		name = words[1]
	}
	switch {
	case verb == "" || verb == "list" && len(words) == 1:
		return listDevices(list, stdout, o.JSON)
	case verb == "add" && len(words) == 2:
		return addDevice(list, name, stdout, o.JSON)
	case verb == "remove" && len(words) == 2:
		return removeDevice(list, name, stdout, o.JSON)
	}
	return errors.New("try: beam devices, beam devices add NAME, or beam devices remove NAME|ID")
}

// explain adds to a broken list where it is now.
func explain(err error) error {
	var broken *store.BrokenError
	if errors.As(err, &broken) && broken.SetAside != "" {
		return fmt.Errorf("the list of devices made no sense and was set aside as %s: %w", broken.SetAside, broken.Err)
	}
	return err
}

func listDevices(list *devices.Store, stdout io.Writer, asJSON bool) error {
	all := list.List()
	slices.SortFunc(all, func(a, b devices.Device) int { return cmp.Compare(a.Name, b.Name) })
	if asJSON {
		for _, d := range all {
			if err := printJSON(stdout, device{ID: d.ID, Name: d.Name, Paired: d.Paired, LastSeen: d.LastSeen}); err != nil {
				return err
			}
		}
		return nil
	}
	if len(all) == 0 {
		fmt.Fprintln(stdout, "No device is paired. Scan the code that beam shows, or: beam devices add NAME")
		return nil
	}
	table := tabwriter.NewWriter(stdout, 0, 0, 3, ' ', 0)
	fmt.Fprintln(table, "ID\tNAME\tPAIRED\tLAST SEEN")
	for _, d := range all {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", d.ID, d.Name, d.Paired.Local().Format(time.DateTime), lastSeen(d))
	}
	return table.Flush()
}

func lastSeen(d devices.Device) string {
	if d.LastSeen.IsZero() {
		return "never"
	}
	return d.LastSeen.Local().Format(time.DateTime)
}

func addDevice(list *devices.Store, name string, stdout io.Writer, asJSON bool) error {
	d, key, err := list.Add(name)
	if err != nil {
		return err // a key that is not on the disk works nowhere
	}
	if asJSON {
		return printJSON(stdout, device{ID: d.ID, Name: d.Name, Paired: d.Paired, Key: key})
	}
	fmt.Fprintf(stdout, "%s\nThis is the key of %q. It is shown only now.\n", key, d.Name)
	return nil
}

func removeDevice(list *devices.Store, nameOrID string, stdout io.Writer, asJSON bool) error {
	d, err := list.Remove(nameOrID)
	if err != nil {
		return err
	}
	if asJSON {
		return printJSON(stdout, device{ID: d.ID, Name: d.Name, Paired: d.Paired, LastSeen: d.LastSeen})
	}
	fmt.Fprintf(stdout, "Removed %s (%s). Its key is void.\n", d.Name, d.ID)
	return nil
}

func printJSON(w io.Writer, v any) error { return json.NewEncoder(w).Encode(v) }
