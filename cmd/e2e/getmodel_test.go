package e2e

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"modelbeam/cmd/e2e/await"
)

// coming is a download as scripts see it.
type coming struct {
	Event, ID, Server, Model, Phase string
	Total, Done, Speed, Left        int64
	Asked                           int
	Failure                         *struct {
		Cause, Title, Advice, Detail string
	}
}

func (d coming) cause() string {
	if d.Failure == nil {
		return ""
	}
	return d.Failure.Cause
}

// getting is a "beam get" that runs.
type getting struct{ *process }

// get has the running beam download a model.
func (b *beam) get(t *testing.T, words ...string) *getting {
	t.Helper()
	return &getting{start(t, "beam get", beamCommand(t, append([]string{"get", "--json", "--state", b.state}, words...)...))}
}

// seen is everything that it has printed so far.
func (g *getting) seen(t *testing.T) (all []coming) {
	t.Helper()
	for _, line := range g.lines() {
		var d coming
		if err := json.Unmarshal([]byte(line), &d); err != nil {
			t.Fatalf("beam get printed %q: %v", line, err)
		}
		all = append(all, d)
	}
	return all
}

// await waits until what it printed last is right, and returns that.
func (g *getting) await(t *testing.T, what string, right func(coming) bool) coming {
	t.Helper()
	return await.Get(t, what, func() coming {
		all := g.seen(t)
		if i := slices.IndexFunc(all, right); i >= 0 {
			return all[i]
		}
		return coming{Phase: "nothing such in " + strings.Join(g.lines(), "\n")}
	}, right)
}

// ends waits for its end, and returns the last that it printed.
func (g *getting) ends(t *testing.T, code int) coming {
	t.Helper()
	await.Done(t, "beam get ends", g.exited)
	all := g.seen(t)
	if got := g.cmd.ProcessState.ExitCode(); got != code || len(all) == 0 {
		t.Fatalf("beam get ended with %d, want %d; it printed %q, %q", got, code, g.lines(), g.errors())
	}
	return all[len(all)-1]
}

// TestGetModel has an Ollama without a model download one, with a pause in the middle, and a phone chat with it.
func TestGetModel(t *testing.T) {
	t.Parallel()
	r, o := startRegistry(t), emptyOllama(t)
	b := startBeam(t, "--server", o.url)
	size := int64(len(makeTinyModel()))

	r.allow(size / 4)
	g := b.get(t, r.name("tiny"))
	g.await(t, "a quarter is there", func(d coming) bool { return d.Done >= size/4-gulp && d.Total >= size })
	r.allow(size / 2)
	g.await(t, "half is there", func(d coming) bool { return d.Done >= size/2-gulp })
	b.get(t, "pause", r.name("tiny")).ends0(t)
	paused := g.ends(t, 1)
	if paused.Phase != "paused" || paused.Done < size/2-gulp || paused.Failure != nil {
		t.Errorf("paused, it is %+v", paused)
	}
	grows(t, g.seen(t))

	r.allow(1 << 40)
	g = b.get(t, r.name("tiny"))
	done := g.ends(t, 0)
	if done.Phase != "done" || done.Done != done.Total || done.Total < size {
		t.Errorf("at the end it is %+v", done)
	}
	grows(t, g.seen(t))
	if sent, ranges := r.told(); sent > size+size/10 || len(ranges) < 2 {
		t.Errorf("%d bytes were sent of %d, in the ranges %q", sent, size, ranges)
	}
	key := b.addDevice(t, "Phone").Key
	if answer := chat(t, b.url, key, r.name("tiny:latest")).rest(); len(answer) < 10 {
		t.Errorf("the model says %q", answer)
	}
}

// ends0 waits for an end without a word.
func (g *getting) ends0(t *testing.T) {
	t.Helper()
	await.Done(t, "beam get ends", g.exited)
	if code := g.cmd.ProcessState.ExitCode(); code != 0 {
		t.Fatalf("it ended with %d: %q", code, g.errors())
	}
}

// grows holds that a download never goes back.
func grows(t *testing.T, all []coming) {
	t.Helper()
	for i := 1; i < len(all); i++ {
		if all[i].Done < all[i-1].Done || all[i].Total < all[i-1].Total {
			t.Errorf("it went back from %d of %d to %d of %d", all[i-1].Done, all[i-1].Total, all[i].Done, all[i].Total)
		}
	}
}

// TestDownloadGoesOnAfterRestart ends the service in the middle of a download. Nobody asks for it again.
func TestDownloadGoesOnAfterRestart(t *testing.T) {
	t.Parallel()
	r, o := startRegistry(t), emptyOllama(t)
	b := startBeam(t, "--server", o.url)
	size := int64(len(makeTinyModel()))
	r.allow(size / 2)
	b.get(t, r.name("tiny")).await(t, "half is there", func(d coming) bool { return d.Done >= size/2-gulp })
	if err := b.stop(t); err != nil {
		t.Fatal(err)
	}
	r.allow(1 << 40)
	b = startBeamIn(t, b.state, "--server", o.url)
	b.awaitEvent(t, "download", "it goes on by itself, to its end", func(e event) bool { return e.Phase == "done" })
	b.awaitEvent(t, "state", "the model is shared", func(e event) bool {
		return len(e.Servers) > 0 && slices.Contains(e.Servers[0].Models, r.name("tiny:latest"))
	})
	if sent, ranges := r.told(); sent > size+size/10 {
		t.Errorf("%d bytes were sent of %d, in the ranges %q", sent, size, ranges)
	}
}

// TestWhyThereIsNoModel has each thing go wrong that Ollama and its library can tell of.
func TestWhyThereIsNoModel(t *testing.T) {
	t.Parallel()
	r, o := startRegistry(t), emptyOllama(t)
	b := startBeam(t, "--server", o.url)
	for _, tt := range []struct{ name, cause, title string }{
		{r.name("nothing"), "unknown-name", "There is no model called {{.Model}}."},
		{"no such name at all!", "unknown-name", "There is no model called {{.Model}}."},
		{r.name("modern"), "server-old", "This model needs a newer version of {{.Server}}."},
		{r.name("spoilt"), "wrong-digest", "The file arrived damaged, so {{.Server}} has thrown it away."},
	} {
		r.set(func(r *registry) { r.spoilt = strings.HasSuffix(tt.name, "spoilt") })
		g := b.get(t, tt.name)
		if d := g.ends(t, 1); d.Phase != "failed" || d.cause() != tt.cause || d.Failure.Title != tt.title || d.Done != 0 {
			t.Errorf("%s: %+v, %+v", tt.name, d, d.Failure)
		}
	}
	nobody := freeAddress(t) + "/library/tiny"
	g := b.get(t, nobody)
	g.await(t, "it says why, and is tried again", func(d coming) bool { return d.Phase == "downloading" && d.cause() == "no-network" })
	b.get(t, "cancel", nobody).ends0(t)
	r.set(func(r *registry) { r.spoilt = false })
	// What was spoilt is all right when it comes again.
	if d := b.get(t, r.name("spoilt")).ends(t, 0); d.Phase != "done" {
		t.Errorf("%+v", d)
	}
}

// TestOllamaGoesAwayMeanwhile ends Ollama in the middle of a download. That is told, and when Ollama is there again the
// download goes on by itself: from the beginning, as Ollama removes half a model when it starts (server/images.go,
// PruneLayers, of v0.6.0).
func TestOllamaGoesAwayMeanwhile(t *testing.T) {
	t.Parallel()
	await.Long(t)
	r, o := startRegistry(t), emptyOllama(t)
	b := startBeam(t, "--server", o.url)
	size := int64(len(makeTinyModel()))
	r.allow(size / 2)
	g := b.get(t, r.name("tiny"))
	g.await(t, "half is there", func(d coming) bool { return d.Done >= size/2-gulp })
	o.kill()
	gone := g.await(t, "the person is told", func(d coming) bool { return d.Phase == "waiting" && d.cause() == "server-gone" })
	if gone.Failure.Title != "{{.Server}} does not answer." {
		t.Errorf("%+v", gone.Failure)
	}
	r.allow(1 << 40)
	o.serve(t)
	if d := g.ends(t, 0); d.Phase != "done" || d.Done < size {
		t.Errorf("%+v", d)
	}
}
