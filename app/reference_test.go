package app

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"modelbeam/app/devices"
	"modelbeam/app/settings"
	"modelbeam/app/usage"
	"modelbeam/cmd/e2e/readme"
)

// reference opens the page that tells scripts what they can rely on.
func reference(t *testing.T) *readme.Page { return readme.Open(t, "../cmd/beam/README.md") }

// details are the events by name, each with its Detail.
var details = map[string]any{
	"ready": Ready{}, "state": State{}, "device": DeviceEvent{}, "request": RequestEvent{}, "problem": Problem{},
	"download": Download{},
}

// TestEventsAreDocumented holds that all events are in the manual, and their fields, and those of
// what is in them.
func TestEventsAreDocumented(t *testing.T) {
	page := reference(t)
	told := make(map[string]bool)
	for _, name := range calledWith(t, "event") {
		told[name] = true
	}
	told["state"] = true // WriteEvents makes it of each new State
	if got, want := slices.Sorted(maps.Keys(told)), slices.Sorted(maps.Keys(details)); !slices.Equal(got, want) {
		t.Errorf("the events are %q, and the table above has %q", got, want)
	}
	readme.Compare(t, "every event", page.Table(t, "Events"), []string{"event", "time"})
	for name, detail := range details {
		readme.Compare(t, "the event "+name, page.Table(t, "Event "+name), fieldsOf(reflect.TypeOf(detail)))
	}
	events := slices.Collect(maps.Values(details))
	for inner := range within(events...) {
		heading := strings.ToLower(inner.Name())
		readme.Compare(t, heading, page.Table(t, heading), fieldsOf(inner))
	}
}

// TestExamplesOfEvents holds that the examples are events of today.
func TestExamplesOfEvents(t *testing.T) {
	for name, detail := range details {
		text := reference(t).Example(t, "Event "+name)
		var head struct {
			Event string
			Time  time.Time
		}
		if err := json.Unmarshal([]byte(text), &head); err != nil || head.Event != name || head.Time.IsZero() {
			t.Errorf("the example of %s is of %q at %s: %v", name, head.Event, head.Time, err)
		}
		read := reflect.New(reflect.TypeOf(detail))
		if err := json.Unmarshal([]byte(text), read.Interface()); err != nil {
			t.Errorf("the example of %s: %v", name, err)
		}
		again, err := json.Marshal(Event{Event: name, Time: head.Time, Detail: read.Elem().Interface()})
		if err != nil || string(again) != text {
			t.Errorf("the example of %s would be written as\n%s, %v", name, again, err)
		}
	}
}

// TestWordsForScriptsAreDocumented is about what scripts compare.
func TestWordsForScriptsAreDocumented(t *testing.T) {
	page := reference(t)
	readme.Compare(t, "phases", page.Table(t, "Phases"), constants(t, "Phase"))
	readme.Compare(t, "problems", page.Table(t, "Problems"), constants(t, "ProblemKind"))
	actions := append(calledWith(t, "tell"), "seen", "paired", "renewed") // the last three are events of their own
	readme.Compare(t, "actions", page.Table(t, "Actions"), actions)
}

// TestFilesAreDocumented holds that every key of the files in the state folder is in the manual.
func TestFilesAreDocumented(t *testing.T) {
	page := reference(t)
	readme.Compare(t, "settings.json", page.Table(t, "settings.json"), keysOf(reflect.TypeOf(settings.Settings{}), ""))
	readme.Compare(t, "devices.json", page.Table(t, "devices.json"), keysOf(reflect.TypeOf(devices.Device{}), ""))
	readme.Compare(t, "usage.json", page.Table(t, "usage.json"), keysOf(reflect.TypeOf(usage.Row{}), ""))
	readme.Compare(t, "devices-removed.json", page.Table(t, "devices-removed.json"), keysOfRemoved(t))
	readme.Compare(t, "devices-tally.jsonl", page.Table(t, "devices-tally.jsonl"), keysOfTally(t))

	var example settings.Settings
	decoder := json.NewDecoder(strings.NewReader(page.Example(t, "settings.json")))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&example); err != nil || example.Check() != nil {
		t.Errorf("the example of settings.json: %v, %v", err, example.Check())
	}
}

// keysOfRemoved are those of a removed device on the disk, whose type is nobody else's.
func keysOfRemoved(t *testing.T) []string {
	t.Helper()
	dir := t.TempDir()
	list, err := devices.Open(DevicesPath(dir))
	if err != nil {
		t.Fatal(err)
	}
	d, _, err := list.Add("Phone", nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := list.Remove(d.ID); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "devices-removed.json"))
	var rows []map[string]any
	if err != nil || json.Unmarshal(text, &rows) != nil || len(rows) != 1 {
		t.Fatalf("%v: %s", err, text)
	}
	return slices.Collect(maps.Keys(rows[0]))
}

// keysOfTally are those of the first line of what guests have used.
func keysOfTally(t *testing.T) []string {
	t.Helper()
	dir := t.TempDir()
	list, err := devices.Open(DevicesPath(dir))
	if err != nil {
		t.Fatal(err)
	}
	d, _, err := list.Add("Guest", &devices.Pass{Requests: 1})
	if err != nil {
		t.Fatal(err)
	}
	if ok, err := list.Spend(d.ID, 1); !ok || err != nil {
		t.Fatal(ok, err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "devices-tally.jsonl"))
	head, _, _ := strings.Cut(string(text), "\n")
	var row map[string]any
	if err != nil || json.Unmarshal([]byte(head), &row) != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return slices.Collect(maps.Keys(row))
}
