package e2e

import (
	"path/filepath"
	"slices"
	"syscall"
	"testing"

	"modelbeam/cmd/e2e/await"
)

// troubled is a laptop on which a model is on its way from a library on the internet, while things go wrong.
type troubled struct {
	*window
	t       *testing.T
	library *registry
	size    int64
	done    int64 // of it, when the test looked last
}

// more lets some more come, and waits until it has, and nothing is wrong.
func (x *troubled) more(what string) {
	x.t.Helper()
	sent, _ := x.library.told()
	x.library.allow(sent + x.size/8)
	last := x.awaitState(x.t, what, func(e event) bool {
		d := e.newest()
		return d.Done >= x.done+x.size/16 && d.Phase == "downloading" && d.Failure == nil
	})
	x.done = last.newest().Done
}

// tells waits until the window says what is wrong.
func (x *troubled) tells(cause, picture string) {
	x.t.Helper()
	x.awaitState(x.t, "it says "+cause, func(e event) bool { return e.newest().cause() == cause })
	x.screen.awaitWarning(x.t)
	x.keepStill(x.t, "window-get-trouble-"+picture)
}

// TestGetModelThroughTroubles has a model come to a laptop on which everything goes wrong that may be over again, in the
// real window: an Ollama that is too old, a connection that breaks once and one that breaks for good, no network,
// no internet, an Ollama that ends, a service that ends. Each has its sentence and the model comes to its end, by at most
// one press.
func TestGetModelThroughTroubles(t *testing.T) {
	t.Parallel()
	await.Long(t)
	laptop, phone := newHome(t)
	library, env := startLibraryAt(t, phone, phoneAddress, phoneAddress)
	w := openWindow(t, laptop)
	dir := t.TempDir()
	o := &ollama{on: laptop, url: "http://127.0.0.1:" + usualPort, dir: dir, models: filepath.Join(dir, "models"), env: env}
	o.serve(t)
	x := &troubled{window: w, t: t, library: library, size: int64(len(makeTinyModel()))}
	ready := w.awaitState(t, "there is an Ollama without a model", func(e event) bool { return len(e.Servers) > 0 && len(e.Offers) > 0 })
	library.allow(0)
	w.chooseOther(t, len(ready.Offers))
	w.order(t, "modern")
	x.tells("server-old", "1-old")

	library.set(func(r *registry) { r.modern = true })
	o.kill() // somebody updates it
	w.awaitState(t, "it is gone", func(e event) bool {
		return !slices.ContainsFunc(e.Servers, func(s server) bool { return s.ID == "ollama" && s.Online })
	})
	o.serve(t)
	w.awaitState(t, "it goes on by itself", func(e event) bool { return e.newest().Phase == "downloading" && e.newest().Failure == nil })
	x.more("some has come")

	library.set(func(r *registry) { r.cut = true })
	x.more("more has come, though the connection broke once")

	library.set(func(r *registry) { r.broken = true })
	x.tells("stalled", "2-cut")
	w.screen.press(t, "Tab", "Tab") // the header's button, and then: Try again, as long as it does not go on by itself
	w.pressUntil(t, "it is asked for again", func(e event) bool { return e.newest().Asked == 2 })
	library.set(func(r *registry) { r.broken = false })
	x.more("more has come, and nobody waited")

	laptop.ns.IP("link", "set", "wlan0", "down")
	w.awaitState(t, "there is no network", func(e event) bool { return e.Phase == "offline" })
	w.keepStill(t, "window-get-trouble-3-offline")
	laptop.ns.IP("link", "set", "wlan0", "up")
	x.more("more has come, by itself")

	o.kill()
	x.tells("server-gone", "4-ollama-gone")
	laptop.ns.IP("route", "add", "unreachable", phoneAddress)
	o.serve(t)
	x.tells("no-network", "5-no-internet")
	laptop.ns.IP("route", "del", "unreachable", phoneAddress)
	x.done = 0 // Ollama has removed what it had
	x.more("it has begun anew, by itself")

	if got := w.lastState(t).newest().Asked; got != 2 {
		t.Errorf("it was asked for %d times, not once and then pressed once", got)
	}
	if err := syscall.Kill(w.service(t).pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	w.lost(t)
	w.keepStill(t, "window-get-trouble-6-service-gone")
	library.allow(1 << 40)
	w.pressStage(t)
	w.awaitState(t, "it is done", func(e event) bool {
		return slices.ContainsFunc(e.Servers, func(s server) bool { return slices.Contains(s.Models, "modern:latest") })
	})
	w.screen.awaitQR(t)
	w.keepStill(t, "window-get-trouble-7-done")
}
