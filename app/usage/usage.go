// Package usage counts what devices ask of models, by day, for the last 30 days.
package usage

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"modelbeam/app/store"
)

// Days is how many days are kept, today among them.
const Days = 30

// maxRows bounds the rows of a day. What a further device or model does is counted as Others:
// a program with a key can invent names, and the file is written often.
const maxRows = 200

// Others stands for the models and devices beyond what a day has room for.
const Others = "…"

// Row is what one device asked of one model in one day.
type Row struct {
	Day          string `json:"day"` // 2026-11-21, by this computer's clock
	Device       string `json:"device"`
	Model        string `json:"model"`
	Requests     int    `json:"requests"`
	PromptTokens int    `json:"prompt_tokens"` // read, as far as servers tell
	Tokens       int    `json:"tokens"`        // generated
}

// Ledger is the book of all rows. Its methods may be called from any goroutine, and only Save waits for
// the disk; only one process may write it.
type Ledger struct {
	path string
	now  func() time.Time
	save func(path string, v any) error // store.Save

	saving sync.Mutex // serialises Save

	mu      sync.Mutex // guards what follows; nobody waits for the disk with it
	rows    map[key]Row
	oldest  string // the first day that is kept
	sorted  []Row  // of rows; nil when they have changed
	changes int    // how often something was counted
	saved   int    // how many of the changes are on the disk
	unread  bool   // what the file has is not in rows yet, because it could not be read
}

type key struct{ day, device, model string }

// Open reads the ledger at path, which need not exist, and changes nothing on the disk. One that
// makes no sense is reported as a *store.BrokenError beside a Ledger that works and is empty: set it
// aside before Save. One that cannot be read is a *store.AccessError; Save adds to it once it can be.
func Open(path string) (*Ledger, error) {
	l := &Ledger{path: path, now: time.Now, save: store.Save, rows: make(map[key]Row)}
	l.mu.Lock()
	defer l.mu.Unlock()
	rows, err := read(path)
	var broken *store.BrokenError
	l.unread = err != nil && !errors.As(err, &broken)
	l.merge(rows)
	l.forget()
	return l, err
}

func read(path string) ([]Row, error) {
	var rows []Row
	if err := store.Read(path, &rows, func() error { return check(rows) }); err != nil {
		return nil, err
	}
	return rows, nil
}

// merge adds what the file has to what was counted. The caller holds l.mu.
func (l *Ledger) merge(rows []Row) {
	for _, r := range rows {
		l.count(r)
	}
}

// count adds r to the row of its day, device and model. The caller holds l.mu.
func (l *Ledger) count(r Row) {
	sum := l.rows[keyOf(r)]
	r.Requests += sum.Requests
	r.PromptTokens += sum.PromptTokens
	r.Tokens += sum.Tokens
	l.rows[keyOf(r)] = r
	l.sorted = nil
}

// Add counts one request and what it came to.
func (l *Ledger) Add(device, model string, promptTokens, tokens int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.forget()
	k := key{today(l.now()), device, model}
	if _, known := l.rows[k]; !known && l.rowsOf(k.day) >= maxRows {
		k.device, k.model = Others, Others
	}
	l.count(Row{k.day, k.device, k.model, 1, promptTokens, tokens})
	l.changes++
}

// Rows returns everything of the last 30 days, the oldest first. The slice is never changed.
func (l *Ledger) Rows() []Row {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.forget()
	return l.list()
}

// Today returns what every device did today, by its ID.
func (l *Ledger) Today() map[string]Row {
	l.mu.Lock()
	defer l.mu.Unlock()
	day := today(l.now())
	sums := make(map[string]Row)
	for k, r := range l.rows {
		if k.day == day {
			sum := sums[k.device]
			sum.Requests += r.Requests
			sum.PromptTokens += r.PromptTokens
			sum.Tokens += r.Tokens
			sums[k.device] = sum
		}
	}
	return sums
}

// Save writes the ledger down if it has changed since it was written last. What is counted meanwhile is
// for the next Save.
func (l *Ledger) Save() error {
	l.saving.Lock()
	defer l.saving.Unlock()
	if err := l.catchUp(); err != nil {
		return fmt.Errorf("read usage again: %w", err)
	}
	rows, changes, unsaved := l.unsaved()
	if !unsaved {
		return nil
	}
	if err := l.save(l.path, rows); err != nil {
		return fmt.Errorf("save usage: %w", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.saved = changes
	return nil
}

// unsaved returns all rows, and how many changes are in them, if any of these is not on the disk.
func (l *Ledger) unsaved() (rows []Row, changes int, unsaved bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.saved == l.changes {
		return nil, l.changes, false
	}
	l.forget()
	return l.list(), l.changes, true
}

// catchUp reads the file if it could not be read before and there is something to add to it.
func (l *Ledger) catchUp() error {
	l.mu.Lock()
	wanted := l.unread && l.saved != l.changes
	l.mu.Unlock()
	if !wanted {
		return nil
	}
	rows, err := read(l.path)
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.merge(rows)
	l.unread = false
	return nil
}

// list sorts the rows once for all who read them: a State is made for every request.
func (l *Ledger) list() []Row {
	if l.sorted == nil {
		l.sorted = slices.SortedFunc(maps.Values(l.rows), func(a, b Row) int {
			return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.Device, b.Device), cmp.Compare(a.Model, b.Model))
		})
	}
	return l.sorted
}

// forget drops the days that are over long enough, when another day has begun.
func (l *Ledger) forget() {
	oldest := today(l.now().AddDate(0, 0, 1-Days))
	if oldest == l.oldest {
		return
	}
	l.oldest, l.sorted = oldest, nil
	maps.DeleteFunc(l.rows, func(k key, _ Row) bool { return k.day < oldest })
}

func (l *Ledger) rowsOf(day string) int {
	n := 0
	for k := range l.rows {
		if k.day == day {
			n++
		}
	}
	return n
}

// check refuses what could not be one of our files.
func check(rows []Row) error {
	for _, r := range rows {
		if _, err := time.Parse(time.DateOnly, r.Day); err != nil {
			return fmt.Errorf("a row has no day: %w", err)
		}
		if r.Requests < 0 || r.Tokens < 0 || r.PromptTokens < 0 {
			return fmt.Errorf("a row of %s counts less than nothing", r.Day)
		}
	}
	return nil
}

func keyOf(r Row) key { return key{r.Day, r.Device, r.Model} }

func today(now time.Time) string { return now.Format(time.DateOnly) }
