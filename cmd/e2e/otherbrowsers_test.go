package e2e

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"modelbeam/cmd/e2e/await"
)

// driven is a browser that is not Chromium, and does what its remote control tells it.
type driven struct {
	t *testing.T
	// call does one thing with it and returns what came of it, as JSON.
	call func(command string, parameters map[string]any) (json.RawMessage, error)
}

func (d *driven) do(command string, parameters map[string]any) json.RawMessage {
	d.t.Helper()
	result, err := d.call(command, parameters)
	if err != nil {
		d.t.Fatalf("%s: %v", command, err)
	}
	return result
}

func (d *driven) open(url string) { d.do("url", map[string]any{"url": url}) }

// run runs a script in the page and returns the text that it returns.
func (d *driven) run(script string) string {
	d.t.Helper()
	var text string
	result := d.do("execute/sync", map[string]any{"script": "return String(" + script + ")", "args": []any{}})
	if err := json.Unmarshal(result, &text); err != nil {
		d.t.Fatalf("%s: %s", script, result)
	}
	return text
}

// awaits waits until a script returns true.
func (d *driven) awaits(what, script string) {
	d.t.Helper()
	await.True(d.t, what, func() bool { return d.run(script) == "true" })
}

func (d *driven) awaitText(want string) {
	d.t.Helper()
	d.awaits("the page says "+want, `document.body.innerText.includes(`+quote(want)+`)`)
}

func (d *driven) press(id string) {
	d.t.Helper()
	d.run(`document.getElementById(` + quote(id) + `).click()`)
}

// ask types a question and sends it.
func (d *driven) ask(question string) {
	d.t.Helper()
	d.run(`((field) => { field.value = ` + quote(question) + `; field.dispatchEvent(new Event("input", { bubbles: true })); })(document.getElementById("question"))`)
	d.press("send")
}

// awaitWhole waits until the last answer has ended, and looks at whether it is the whole story, once.
func (d *driven) awaitWhole() {
	d.t.Helper()
	d.awaits("the answer is whole", `!document.getElementById("send").classList.contains("stop") && document.querySelector("#log .answer:last-child .actions") !== null`)
	const last = `[...document.querySelectorAll("#log .answer .text")].pop().innerText.trim()`
	await.Get(d.t, "the answer is the whole story", func() string { return d.run(last) }, func(got string) bool { return got == story() }) // it is painted a little later
}

// addPhoto draws a picture and chooses it, as from the phone's library.
func (d *driven) addPhoto() {
	d.t.Helper()
	d.run(`((canvas) => {
		canvas.getContext("2d").fillRect(0, 0, 200, 100);
		canvas.toBlob((blob) => {
			const files = new DataTransfer();
			files.items.add(new File([blob], "photo.png", { type: "image/png" }));
			const field = document.getElementById("photo-file");
			field.files = files.files;
			field.dispatchEvent(new Event("change"));
		});
	})(document.createElement("canvas"))`)
	d.awaits("the photo is in the tray", `document.querySelector("#photos .photo img") !== null`)
}

// endless is a question that tellOrHold does not answer to the end.
const endless = "Tell me another one."

// tellOrHold tells the story, and to that question only its first half: who is to stop an answer has the time to.
func tellOrHold(w http.ResponseWriter, r *http.Request) {
	var asked struct {
		Messages []struct{ Content json.RawMessage } // a text, or parts with a photo
	}
	if err := json.NewDecoder(r.Body).Decode(&asked); err != nil || len(asked.Messages) == 0 {
		http.Error(w, "that is no question", http.StatusBadRequest)
		return
	}
	var goOn chan struct{}
	if string(asked.Messages[len(asked.Messages)-1].Content) == quote(endless) {
		goOn = make(chan struct{})
	}
	tellStoryHeld(w, r, goOn)
}

// TestOtherBrowsers has the engines of the other phones: WebKit, which is all of iOS, and Firefox, also
// one that is told to keep nothing. A person pairs, chats, comes back in the middle of an answer, stops one, sends a
// photo, tests the connection, is paused and removed.
func TestOtherBrowsers(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		start func(t *testing.T) *driven
		keeps bool
	}{
		{"WebKit", startWebKit, true},
		{"Firefox", func(t *testing.T) *driven { return startFirefox(t, nil) }, true},
		{"Firefox without cookies", func(t *testing.T) *driven {
			return startFirefox(t, map[string]any{"network.cookie.cookieBehavior": 2})
		}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server := serveFake(t, tellOrHold, storyteller)
			b := startBeam(t, "--server", server.URL)
			d := tt.start(t)
			d.open(b.ready.PairURL)
			d.awaits("the page is connected", `document.getElementById("room")?.hidden === false`)
			d.ask("Tell me a story.")
			if tt.keeps {
				d.awaitText("word9 ")
				// It goes on where it was, once the browser keeps it: a busy one does so later.
				d.awaits("the chat is kept", `!document.getElementById("earlier").hidden`)
				d.open(b.url)
			}
			d.awaitWhole()
			d.ask(endless)
			d.awaits("the answer has begun", `[...document.querySelectorAll("#log .answer .text")].pop().innerText.includes("word9 ")`)
			d.press("send") // which is Stop now
			d.awaitText("Stopped")
			d.addPhoto()
			d.ask("What is this?")
			d.awaits("the photo is in the question", `document.querySelector(".question-photos img")?.naturalWidth > 0`)
			d.awaitWhole()
			d.press("open-apps")
			d.awaits("the sheet has come up", `document.querySelector(".test button") !== null`)
			if got := d.run(`getComputedStyle(document.activeElement).outlineStyle`); got != "none" {
				t.Errorf("something in the sheet has a ring around it: %s", got)
			}
			d.run(`document.querySelector(".test button").click()`)
			d.awaits("the page has made its test", `document.querySelector(".test [role=status]").innerText !== ""`)
			if got := d.run(`document.querySelector(".test").innerText`); !strings.Contains(got, "Everything works.") {
				t.Errorf("the test of the connection says %q", got)
			}
			d.awaits("the address of the laptop has answered", `document.querySelectorAll('.addresses li[data-state="passed"]').length === 1`)
			if wide := d.run(`document.getElementById("model").getBoundingClientRect().width < 220`); wide != "true" {
				t.Errorf("the list of models is %s pixels wide", d.run(`document.getElementById("model").getBoundingClientRect().width`))
			}
			b.devices(t, "pause", b.devices(t)[0].ID)
			d.press("close-apps")
			d.ask("And now?")
			d.awaitText("This phone is paused")
			b.devices(t, "resume", b.devices(t)[0].ID)
			d.awaits("the page takes it back", `document.getElementById("trouble").hidden`)
			if tt.keeps {
				d.open(b.url)
				d.awaitText("Tell me a story.")
			}
			b.devices(t, "remove", b.devices(t)[0].ID)
			d.ask("Am I still here?")
			d.awaitText("This phone was removed")
			if !tt.keeps {
				d.open(b.url)
				d.awaitText("Connect to your laptop")
			}
		})
	}
}
