package download

import (
	"context"
	"log/slog"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
)

// mostDownloads bounds the list, and what is remembered of it: more are a mistake.
const mostDownloads = 16

// Server is a server on this computer, as far as downloads need it.
type Server struct {
	ID   string
	Kind string // "ollama", or "lmstudio"
	Name string // "Ollama"
	URL  *url.URL
	Key  string // the server's own, or empty
	// Models are those that it has, which are not offered again.
	Models []string
	// OnDisk is one of them whose file is on this computer, or empty.
	OnDisk string
}

// Entry is what is remembered of a download when Modelbeam ends.
type Entry struct {
	Server string `json:"server"` // its ID
	Name   string `json:"name"`   // "Ollama"
	Model  string `json:"model"`
	Paused bool   `json:"paused,omitempty"`
	Total  int64  `json:"total,omitempty"`
	Done   int64  `json:"done,omitempty"`
}

// Options are what a Downloader is for. Its functions may be called from any goroutine.
type Options struct {
	Servers func() []Server           // those that are there now, and can get models
	Arrived func(ctx context.Context) // looks for models again; returns when the new one is known
	Changed func()                    // View or Offers have something new
	Tell    func(d Download)          // a download has got into another phase
	Save    func(entries []Entry)     // remembers them; must not wait for the disk
	Log     *slog.Logger
}

// Downloader has models downloaded. Make it with New, and call Run once. All other methods may be called from
// any goroutine and return at once.
type Downloader struct {
	o       Options
	started chan *task
	wake    chan struct{}          // what is offered may be something else
	lms     atomic.Pointer[string] // where LM Studio's command line tool is; nil: nowhere

	// But in tests, how much room there is, and who gets a model.
	free   func(ctx context.Context, s Server) int64
	source func(s Server, model string) source

	mu     sync.Mutex // guards what follows
	tasks  []*task    // in the order in which they were asked for
	next   int        // numbers them
	offers []Offer
}

// New makes a Downloader that goes on with what was remembered, as soon as it runs.
func New(o Options, remembered []Entry) *Downloader {
	d := &Downloader{o: o, started: make(chan *task, 2*mostDownloads), wake: make(chan struct{}, 1), free: freeAt}
	d.source = d.sourceOf
	for _, e := range remembered[:min(len(remembered), mostDownloads)] {
		t := d.add(e.Server, e.Name, e.Model)
		t.now.Total, t.now.Done = e.Total, e.Done
		if e.Paused {
			t.wish, t.now.Phase = wishPaused, Paused
		}
	}
	return d
}

// Run does everything until ctx ends. What is on its way then goes on with the next Downloader that remembers it.
func (d *Downloader) Run(ctx context.Context) {
	var all sync.WaitGroup
	defer all.Wait()
	all.Go(func() { d.keepOffers(ctx) })
	for {
		select {
		case <-ctx.Done():
			return
		case t := <-d.started:
			all.Go(func() { t.run(ctx) })
		}
	}
}

// Get has the server with that ID download a model, named as people write it: "llama3.2", or what they copied
// from a page. Where that is being done already, nothing else begins; where it failed or is paused, it goes on.
func (d *Downloader) Get(server, typed string) {
	model := Named(typed)
	name := server
	if s, ok := d.server(server); ok {
		name = s.Name
	}
	d.makeRoom()
	if t := d.join(server, name, model); t != nil {
		t.want(wishRunning)
	}
	d.changed()
}

// join returns the download of a model, a new one if there is none; nil when there are too many.
func (d *Downloader) join(server, name, model string) *task {
	d.mu.Lock()
	defer d.mu.Unlock()
	if i := slices.IndexFunc(d.tasks, func(t *task) bool { return t.is(server, model) }); i >= 0 {
		return d.tasks[i]
	}
	if len(d.tasks) == mostDownloads {
		return nil
	}
	return d.add(server, name, model)
}

// server is one that is there and can get models.
func (d *Downloader) server(id string) (Server, bool) {
	all := d.o.Servers()
	if i := slices.IndexFunc(all, func(s Server) bool { return s.ID == id }); i >= 0 {
		return all[i], true
	}
	return Server{}, false
}

// sourceOf is who gets a model for a server.
func (d *Downloader) sourceOf(s Server, model string) source {
	if s.Kind == kindLMStudio {
		return runLMS(*d.lms.Load(), model)
	}
	return pull(s, model)
}

// Pause stops a download until Resume. What has come so far is kept.
func (d *Downloader) Pause(id string) { d.wants(id, wishPaused) }

// Resume goes on with a download that is paused, or tries one again that failed.
func (d *Downloader) Resume(id string) { d.wants(id, wishRunning) }

// Cancel stops a download and takes it off the list; one that is done or failed only leaves the list. What has
// come so far stays with the server: Ollama removes it at its next start.
func (d *Downloader) Cancel(id string) { d.wants(id, wishGone) }

// ServersChanged says that other servers are there than before.
func (d *Downloader) ServersChanged() {
	for _, t := range d.list() {
		nudge(t.servers)
	}
	nudge(d.wake)
}

// View returns the downloads, the first one first.
func (d *Downloader) View() []Download {
	var all []Download
	for _, t := range d.list() {
		all = append(all, t.view())
	}
	return all
}

func (d *Downloader) list() []*task {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.tasks)
}

func (d *Downloader) wants(id string, w wish) {
	for _, t := range d.list() {
		if t.view().ID == id {
			t.want(w)
		}
	}
}

// add begins a download. The caller holds d.mu, or is New.
func (d *Downloader) add(server, name, model string) *task {
	d.next++
	t := newTask(d, strconv.Itoa(d.next), server, name, model)
	d.tasks = append(d.tasks, t)
	d.started <- t // there is room for all that the list may have
	return t
}

// makeRoom takes the oldest download that is done off a full list.
func (d *Downloader) makeRoom() {
	all := d.list()
	if len(all) < mostDownloads {
		return
	}
	if i := slices.IndexFunc(all, func(t *task) bool { return t.view().Phase == Done }); i >= 0 {
		d.remove(all[i])
		nudge(all[i].wake)
	}
}

// remove takes a download off the list.
func (d *Downloader) remove(t *task) {
	d.mu.Lock()
	d.tasks = slices.DeleteFunc(d.tasks, func(other *task) bool { return other == t })
	d.mu.Unlock()
	t.gone()
	d.changed()
}

// changed remembers what is on its way, and tells that there is something new.
func (d *Downloader) changed() {
	entries := []Entry{}
	for _, t := range d.list() {
		if v := t.view(); v.Phase != Done {
			entries = append(entries, Entry{Server: v.Server, Name: t.name, Model: v.Model, Paused: !v.Running(), Total: v.Total, Done: v.Done})
		}
	}
	d.o.Save(entries)
	d.o.Changed()
	nudge(d.wake)
}

func nudge(wake chan<- struct{}) {
	select {
	case wake <- struct{}{}:
	default:
	}
}
