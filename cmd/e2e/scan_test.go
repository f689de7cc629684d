package e2e

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"modelbeam/cmd/e2e/await"
)

// TestScanAndChat is the product: a person with Ollama opens the window, scans the code on
// the screen with a phone in the same Wi-Fi, and chats; nothing is typed but the question.
func TestScanAndChat(t *testing.T) {
	laptop, phone := newHome(t)
	startOllama(t, shortModel, endlessModel).moveTo(t, laptop, usualPort)
	window := openWindow(t, laptop)
	awaitServers(t, window, "ollama")
	window.screen.awaitQR(t)
	keep(t, "window.png", window.screen.capture(t, "Modelbeam"))
	page := scan(t, window, phone)

	page.watchAnswer()
	page.ask("Tell me something.", endlessModel)
	page.awaitGrowth(20)
	window.awaitEvent(t, "state", "the phone is being answered", func(e event) bool {
		return len(e.Devices) == 1 && e.Devices[0].Active > 0
	})
	page.tapSend() // which is Stop now
	page.awaitText("Stopped")
	if e := awaitChat(t, window.process, 1); e.Model != endlessModel || e.Server != "ollama" || e.Status == http.StatusOK {
		t.Errorf("the stopped chat is told as %s on %s with status %d", e.Model, e.Server, e.Status)
	}

	page.watchAnswer()
	page.ask("And now something short.", shortModel)
	if e := awaitChat(t, window.process, 2); e.Model != shortModel || e.Status != http.StatusOK {
		t.Errorf("the second chat is told as %s with status %d", e.Model, e.Status)
	}
	page.awaitGrowth(5)
}

// TestScanAndChatWithTwoServers has one Ollama that is found and one that was added by hand,
// which have a model of the same name, and the demo: the phone can use all of them.
func TestScanAndChatWithTwoServers(t *testing.T) {
	laptop, phone := newHome(t)
	startOllama(t, shortModel).moveTo(t, laptop, usualPort)
	startOllama(t, shortModel, endlessModel).moveTo(t, laptop, "11500")
	window := openWindow(t, laptop, "--server", "http://127.0.0.1:11500", "--demo", "on")
	awaitServers(t, window, "ollama", "ollama-2", "demo")
	page := scan(t, window, phone)

	models := page.models()
	if want := 4; len(models) != want {
		t.Errorf("the phone is offered %q, want %d models", models, want)
	}
	servers := map[string]bool{}
	for _, model := range slices.Backward(models) { // the demo is the last
		if model == endlessModel {
			continue // its answer has no end
		}
		page.watchAnswer()
		page.ask("How do I get a model of my own?", model)
		page.awaitGrowth(5)
		if e := awaitChat(t, window.process, len(servers)+1); e.Status == http.StatusOK {
			servers[e.Server] = true
		}
		if strings.HasSuffix(model, "demo") {
			keep(t, "phone.png", page.screenshot())
		}
	}
	if len(servers) != 3 {
		t.Errorf("the chats went to %v, want three servers", servers)
	}
}

// awaitServers waits until the window shares these servers, each with a model.
func awaitServers(t *testing.T, w *window, ids ...string) {
	t.Helper()
	w.awaitEvent(t, "state", strings.Join(ids, " and ")+" are shared", func(e event) bool {
		return !slices.ContainsFunc(ids, func(id string) bool { return !shares(e, id) })
	})
}

func shares(state event, id string) bool {
	return slices.ContainsFunc(state.Servers, func(s server) bool {
		return s.ID == id && s.Online && len(s.Models) > 0
	})
}

// awaitChat waits for the end of the nth chat and returns what is told of it.
func awaitChat(t *testing.T, p *process, n int) event {
	t.Helper()
	var chats []event
	await.True(t, fmt.Sprintf("chat number %d has ended", n), func() bool {
		chats = slices.DeleteFunc(p.events(t), func(e event) bool { return e.Path != "/v1/chat/completions" })
		return len(chats) >= n
	})
	return chats[n-1]
}

// scan holds the phone's camera to the window and opens what the code says. Then both say that
// they are connected.
func scan(t *testing.T, w *window, m *machine) *page {
	t.Helper()
	text := w.screen.awaitQR(t)
	if want := "http://" + laptopAddress + ":8717/#c="; !strings.HasPrefix(text, want) {
		t.Fatalf("the code on the screen says %q, want %q and a code", text, want)
	}
	if green(w.screen.screenshot(t)) > 0.02 {
		t.Error("the window is green before a phone is there")
	}
	p := openPhone(t, m)
	p.follow(text)
	w.awaitGreen(t)
	p.awaitText("Connected")
	p.awaitText(laptopName)
	w.awaitEvent(t, "state", "the phone is listed", func(e event) bool { return len(e.Devices) == 1 })
	if again := w.screen.awaitQR(t); again == text {
		t.Error("the window shows the used code again")
	}
	return p
}
