package e2e

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"modelbeam/cmd/e2e/await"
)

const slowModel = "slow-model"

// slowLoader is a server that answers no question before the test lets it, and tells how far its model is.
type slowLoader struct {
	*fake
	state  atomic.Value // a string
	answer chan string  // what it answers; "" is that it fails
}

func serveSlowLoader(t *testing.T, tells bool) *slowLoader {
	t.Helper()
	l := &slowLoader{answer: make(chan string)}
	l.state.Store("unloaded")
	l.fake = newFake(t, l.chat, slowModel)
	if tells {
		l.fake.status = func() string { return l.state.Load().(string) }
	}
	l.Start()
	return l
}

func (l *slowLoader) chat(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	select {
	case words := <-l.answer:
		if words == "" {
			w.WriteHeader(http.StatusInternalServerError)
			_, _ = io.WriteString(w, `{"error":{"message":"model failed to load"}}`)
			return
		}
		events(w)
		_ = tell(w, chunk(words)+`data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}`+"\n\ndata: [DONE]\n\n")
	case <-r.Context().Done():
	}
}

const (
	loadingWords = slowModel + " is being loaded on "
	waitingWords = "Waiting for the model"
)

// note is what stands below an answer under way.
func (p *page) note() string {
	p.t.Helper()
	return evaluate[string](p, `[...document.querySelectorAll("#log .answer .note")].at(-1)?.textContent ?? ""`)
}

func (p *page) awaitNote(want string) {
	p.t.Helper()
	await.Get(p.t, "below the answer stands "+want, p.note, func(note string) bool { return strings.HasPrefix(note, want) })
}

// TestPhoneSaysThatTheModelIsLoading has a person ask a model that is not in memory: while it is on its way there the
// page says so, by its name and the laptop's, and no longer than that is true.
func TestPhoneSaysThatTheModelIsLoading(t *testing.T) {
	await.Long(t)
	t.Parallel()
	server := serveSlowLoader(t, true)
	b := startBeam(t, "--server", server.URL)
	p := openPhone(t, thisMachine)
	p.open(b.url + "/#c=" + b.ready.Code)
	p.awaitRoom()

	p.ask("Hello", slowModel)
	p.awaitNote(loadingWords)
	if name := evaluate[string](p, `document.getElementById("laptop").textContent`); name == "" || !strings.HasSuffix(p.note(), " "+name) {
		t.Errorf("it says %q, and the laptop is %q", p.note(), name)
	}
	server.state.Store("loading")
	p.awaitNote(loadingWords)
	server.state.Store("loaded")
	p.awaitNote(waitingWords)
	server.state.Store("unloaded") // for another one's question
	p.awaitNote(loadingWords)
	server.answer <- "Here I am."
	p.awaitText("Here I am.")
	if strings.Contains(p.text(), loadingWords) {
		t.Error("it still says that the model is being loaded")
	}

	p.ask("Again", slowModel)
	p.awaitNote(loadingWords)
	server.answer <- ""
	p.awaitText("Try again")
	if strings.Contains(p.text(), loadingWords) {
		t.Error("it still says that the model is being loaded, and that failed")
	}
}

// TestPhoneInventsNoLoading is for a server that does not tell: then nothing is said but that the person waits.
func TestPhoneInventsNoLoading(t *testing.T) {
	await.Long(t)
	t.Parallel()
	server := serveSlowLoader(t, false)
	b := startBeam(t, "--server", server.URL)
	p := openPhone(t, thisMachine)
	p.open(b.url + "/#c=" + b.ready.Code)
	p.awaitRoom()
	evaluate[bool](p, `(() => {
		const ask = window.fetch;
		window.asked = 0;
		window.fetch = async (...args) => {
			const answer = await ask(...args);
			if (String(args[0]).includes("/readiness")) window.asked++;
			return answer;
		};
		return true;
	})()`)
	p.ask("Hello", slowModel)
	await.True(t, "the page has asked twice", func() bool { return evaluate[int](p, "window.asked") >= 2 })
	if note := p.note(); note != waitingWords {
		t.Errorf("it says %q", note)
	}
	server.answer <- "Here I am."
	p.awaitText("Here I am.")
}

// TestOllamaTellsHowFarItsModelIs asks a real one before, during and after the first answer of a model.
func TestOllamaTellsHowFarItsModelIs(t *testing.T) {
	await.Long(t)
	t.Parallel()
	server := startOllama(t, shortModel, endlessModel)
	b := startBeam(t, "--server", server.url)
	b.serverAt(t, server.url)
	key := b.addDevice(t, "phone").Key
	state := func() string {
		res, err := http.DefaultClient.Do(request(t, http.MethodGet, b.url+"/readiness?model="+endlessModel, key, ""))
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		text, _ := io.ReadAll(res.Body)
		return string(text)
	}
	is := func(want string) func() bool {
		return func() bool { return state() == fmt.Sprintf("{%q:%q}\n", "state", want) }
	}
	if !is("unloaded")() {
		t.Errorf("before the first question it is %s", state())
	}
	answer := chat(t, b.url, key, endlessModel)
	await.First(t, "the first word", answer.events)
	await.True(t, "it is loading in the first answer", is("loading")) // as far as Ollama tells, and not what it told a moment before
	answer.resp.Body.Close()
	await.True(t, "it is ready when the answer is over", is("ready"))
	if loaded := ollamaTool(t, server.url, "ps"); !strings.Contains(loaded, endlessModel) {
		t.Errorf("Ollama has only\n%s", loaded)
	}
	ollamaTool(t, server.url, "stop", endlessModel)
	await.True(t, "it is not in memory any more", is("unloaded"))
}
