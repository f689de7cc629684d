package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/device"
)

// iPhone is how Safari on an iPhone looks to a page.
var iPhone = device.Info{
	Name: "iPhone", Width: 390, Height: 720, Scale: 3, Mobile: true, Touch: true,
	UserAgent: "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) " +
		"Version/18.6 Mobile/15E148 Safari/604.1",
}

// storyLength is how many words the storyteller has; at its pace they take some seconds.
const storyLength = 400

const storyteller = "storyteller"

// story is the whole answer of the storyteller.
func story() string {
	words := make([]string, storyLength)
	for i := range words {
		words[i] = fmt.Sprintf("word%d", i+1)
	}
	return strings.Join(words, " ")
}

// tellStory answers with the story, word by word.
func tellStory(w http.ResponseWriter, r *http.Request) { tellStoryHeld(w, r, nil) }

// tellStoryHeld is tellStory with a pause in the middle until goOn is closed, if there is one: what is to happen within
// the answer does, however busy the machine is.
func tellStoryHeld(w http.ResponseWriter, r *http.Request, goOn <-chan struct{}) {
	events(w)
	pace := time.NewTicker(10 * time.Millisecond)
	defer pace.Stop()
	for i, word := range strings.Fields(story()) {
		if i > 0 {
			word = " " + word
		}
		if tell(w, chunk(word)) != nil {
			return
		}
		if i == storyLength/2 && goOn != nil {
			select {
			case <-goOn:
			case <-r.Context().Done():
				return
			}
		}
		select {
		case <-pace.C:
		case <-r.Context().Done():
			return
		}
	}
	_ = tell(w, `data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}`+"\n\ndata: [DONE]\n\n")
}

// TestRemoveOneOfTwoPhones has an iPhone and an Android phone, which a person can tell apart in the
// list, chat at the same time. One is removed: its answer ends within a second and its page says
// why. The other's goes on to its last word.
func TestRemoveOneOfTwoPhones(t *testing.T) {
	server := serveHeldTeller(t)
	slowdown := watchSlowdown(t)
	b := startBeam(t, "--server", server.URL)
	lost, kept := openPhoneLike(t, thisMachine, iPhone), openPhoneLike(t, thisMachine, phone)
	for _, p := range []*page{lost, kept} {
		p.open(b.url + "/#c=" + b.freshCode(t))
		p.awaitText("Connected")
	}
	all := b.devices(t)
	if len(all) != 2 || all[0].Name == all[1].Name {
		t.Fatalf("the list has %+v", all)
	}
	id := map[string]string{}
	for _, d := range all {
		id[d.Name] = d.ID
	}
	if id["iPhone · Safari"] == "" || id["Pixel 8 · Chrome"] == "" {
		t.Fatalf("the phones are called %v", id)
	}

	for _, p := range []*page{lost, kept} {
		p.ask("Tell me a story.", storyteller)
		p.awaitText("word30")
	}
	lost.watchEnd()
	b.devices(t, "remove", "iPhone · Safari")
	removed := time.Now()
	lost.awaitText("This phone was removed")
	ended := lost.ended().Sub(removed)
	t.Logf("the removed phone's page said so %s after the command had returned", ended.Round(time.Millisecond))
	assertPromise(t, ended, time.Second, slowdown())
	close(server.goOn)
	kept.awaitAnswerEnd()
	kept.awaitText(fmt.Sprintf("word%d", storyLength)) // it is painted a little later
	if got := kept.answer(); got != story() {
		t.Errorf("the other phone's answer is %q", got)
	}
	if strings.Contains(lost.text(), fmt.Sprintf("word%d", storyLength)) {
		t.Error("the removed phone has the whole answer")
	}
	if got := b.devices(t); len(got) != 1 || got[0].ID != id["Pixel 8 · Chrome"] {
		t.Errorf("the list has now %+v", got)
	}
}

// watchEnd makes the page note when it first says that this phone was removed.
func (p *page) watchEnd() {
	p.t.Helper()
	evaluate[bool](p, `(() => {
		const look = () => {
			if (window.endedAt || !document.body.innerText.includes("This phone was removed")) return;
			window.endedAt = Date.now();
		};
		new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
		return true;
	})()`)
}

// ended is when the page noted that; both clocks are this machine's.
func (p *page) ended() time.Time {
	p.t.Helper()
	return time.UnixMilli(int64(evaluate[float64](p, "window.endedAt")))
}

// TestSamePhoneScansAgain has one browser scan a second code: it stays the device that it was, with
// its key, which its chat apps have too. With its storage cleared it is a new one.
func TestSamePhoneScansAgain(t *testing.T) {
	b := startBeam(t, "--demo", "on")
	p := openPhoneLike(t, thisMachine, iPhone)
	scanNext := func() (key string, devices []pairedDevice) {
		p.do(chromedp.Navigate("about:blank"))
		p.open(b.url + "/#c=" + b.freshCode(t))
		p.awaitText("Connected")
		return evaluate[string](p, `JSON.parse(localStorage.getItem("modelbeam")).key`), b.devices(t)
	}
	key, first := scanNext()
	again, second := scanNext()
	if len(first) != 1 || len(second) != 1 || first[0].ID != second[0].ID || again != key {
		t.Errorf("after the first scan there is %+v, after the second %+v; the key is the same: %t", first, second, again == key)
	}
	b.awaitEvent(t, "device", "renewed", func(e event) bool { return e.Action == "renewed" && e.ID == first[0].ID })

	evaluate[bool](p, "localStorage.clear(), true")
	other, third := scanNext()
	if len(third) != 2 || other == key || third[0].Name == third[1].Name {
		t.Errorf("with its storage cleared the list has %+v", third)
	}
	for _, k := range []string{key, other} {
		if got := status(t, b.url+"/v1/models", k); got != http.StatusOK {
			t.Errorf("a key of the phone gets %d", got)
		}
	}
}
