package ui

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"modelbeam/app"
	"modelbeam/app/doctor"
	"modelbeam/tunnel/catalog"
	"modelbeam/tunnel/clients"
)

// fakeController is a core that only remembers what was asked of it.
type fakeController struct {
	mu     sync.Mutex
	state  app.State
	fn     func(app.State)
	calls  []string
	called func(string) // optional: hears every call

	code     func(appID string) string // optional: answers AppCode at once
	showCode func(string)              // of the last AppCode

	diagnosis doctor.Diagnosis       // answers LetPhonesIn at once
	examined  func(doctor.Diagnosis) // of the last Examine

	result func(address string) app.TestResult // optional: answers TestServer at once
	tested func(app.TestResult)                // of the last TestServer
}

var _ Controller = (*fakeController)(nil)

func newFakeController(s app.State) *fakeController { return &fakeController{state: s} }

func (c *fakeController) Watch(fn func(app.State)) (stop func()) {
	c.mu.Lock()
	c.fn = fn
	s := c.state
	c.mu.Unlock()
	fn(s)
	return func() {
		c.mu.Lock()
		c.fn = nil
		c.mu.Unlock()
	}
}

// publish makes s the current state and tells the watcher, like the core does.
func (c *fakeController) publish(s app.State) {
	c.mu.Lock()
	c.state = s
	fn := c.fn
	c.mu.Unlock()
	if fn != nil {
		fn(s)
	}
}

func (c *fakeController) note(call string) {
	c.mu.Lock()
	c.calls = append(c.calls, call)
	c.mu.Unlock()
	if c.called != nil {
		c.called(call)
	}
}

func (c *fakeController) setPaused(call string, phase app.Phase) {
	c.note(call)
	c.mu.Lock()
	s := c.state
	c.mu.Unlock()
	s.Phase = phase
	c.publish(s)
}

func (c *fakeController) Pause()                       { c.setPaused("Pause", app.Paused) }
func (c *fakeController) Resume()                      { c.setPaused("Resume", app.Sharing) }
func (c *fakeController) LookForUpdates(on bool)       { c.note(fmt.Sprintf("LookForUpdates %t", on)) }
func (c *fakeController) InstallUpdate()               { c.note("InstallUpdate") }
func (c *fakeController) GetModel(id, model string)    { c.note("GetModel " + id + " " + model) }
func (c *fakeController) PauseDownload(id string)      { c.note("PauseDownload " + id) }
func (c *fakeController) ResumeDownload(id string)     { c.note("ResumeDownload " + id) }
func (c *fakeController) CancelDownload(id string)     { c.note("CancelDownload " + id) }
func (c *fakeController) Shown()                       { c.note("Shown") }
func (c *fakeController) Quit()                        { c.note("Quit") }
func (c *fakeController) RemoveDevice(id string)       { c.note("RemoveDevice " + id) }
func (c *fakeController) RenameDevice(id, name string) { c.note("RenameDevice " + id + " " + name) }
func (c *fakeController) Invite(i app.Invitation)      { c.note(fmt.Sprintf("Invite %+v", i)) }
func (c *fakeController) UseAddress(ip string)         { c.note("UseAddress [" + ip + "]") }
func (c *fakeController) Retry()                       { c.note("Retry") }

func (c *fakeController) StartAtLogin(on bool)   { c.note(fmt.Sprint("StartAtLogin ", on)) }
func (c *fakeController) StayAwake(plugged bool) { c.note(fmt.Sprint("StayAwake ", plugged)) }
func (c *fakeController) UseLanguage(tag string) { c.note("UseLanguage [" + tag + "]") }

func (c *fakeController) CodeApps() []app.CodeApp {
	return new(app.Controller).CodeApps() // the real ones: the texts need a translation
}

func (c *fakeController) AppCode(appID string, show func(text string)) {
	c.note("AppCode " + appID)
	c.showCode = show
	if c.code != nil {
		go show(c.code(appID))
	}
}

// codeText is the real text of an app's code for the computer of s.
func codeText(appID string, s app.State) string {
	c := clients.Connection{Base: s.URLs[0], Key: "mb_" + strings.Repeat("k", 22), Name: s.Name, ID: "a1b2c3"}
	for _, srv := range s.Servers {
		for _, m := range srv.Models {
			c.Models = append(c.Models, clients.Model{ID: m, Abilities: catalog.Abilities{Tools: true}})
		}
	}
	for _, offer := range clients.For(c) {
		for _, w := range offer.Ways {
			if offer.ID == appID && w.Code != "" {
				return w.Code
			}
		}
	}
	return ""
}

func (c *fakeController) AddServer(rawURL, key string) { c.note("AddServer " + rawURL + " " + key) }
func (c *fakeController) RemoveServer(id string)       { c.note("RemoveServer " + id) }
func (c *fakeController) Help(kind string)             { c.note("Help " + kind) }

func (c *fakeController) TestServer(rawURL, key string, done func(app.TestResult)) {
	c.note("TestServer " + rawURL + " " + key)
	c.tested = done
	if c.result != nil {
		go done(c.result(rawURL))
	}
}

func (c *fakeController) Examine(shows doctor.Shows, done func(doctor.Diagnosis)) {
	c.note("Examine " + string(shows))
	c.examined = done
}

func (c *fakeController) LetPhonesIn(done func(doctor.Diagnosis)) {
	c.note("LetPhonesIn")
	done(c.diagnosis)
}

// testResult is what the core says of some addresses.
func testResult(address string) app.TestResult {
	if strings.HasSuffix(address, ":11434") {
		return app.TestResult{
			OK: true, Title: "It works: {{.Name}} with {{.Count}} models.",
			Params: map[string]string{"Name": "Ollama", "Count": "3"},
		}
	}
	return app.TestResult{Title: "Something answers there, but it is not an AI app.", Advice: "Check the address."}
}

func (c *fakeController) HideServer(id string, hidden bool) {
	c.note(fmt.Sprintf("HideServer %s %t", id, hidden))
}

func (c *fakeController) HideModel(id, model string, hidden bool) {
	c.note(fmt.Sprintf("HideModel %s %s %t", id, model, hidden))
}

func (c *fakeController) PauseDevice(id string, paused bool) {
	c.note(fmt.Sprintf("PauseDevice %s %t", id, paused))
}

func (c *fakeController) MoveServer(id string, by int) {
	c.note(fmt.Sprintf("MoveServer %s %d", id, by))
}

func (c *fakeController) ShowCode(visible bool) {
	if visible {
		c.note("ShowCode true")
	} else {
		c.note("ShowCode false")
	}
}

// noon is the time of every test.
var noon = time.Date(2026, time.May, 4, 12, 0, 0, 0, time.UTC)

// sharingState is an ordinary day.
func sharingState() app.State {
	return app.State{
		Phase: app.Sharing, Name: "Anna's laptop", Version: "0.1.0", Listen: "[::]:8717",
		URLs: []string{"http://192.168.1.20:8717"},
		Pairing: app.Pairing{
			URL: "http://192.168.1.20:8717/#c=7KQ2M9XF", Code: "7KQ2-M9XF", Expires: noon.Add(3 * time.Minute),
		},
		Addresses: []app.Address{
			{IP: "192.168.1.20", Interface: "wlan0", Chosen: true},
			{IP: "10.0.0.4", Interface: "eth0"},
		},
		Servers: []app.Server{
			{ID: "ollama", Kind: "ollama", Name: "Ollama", URL: "http://127.0.0.1:11434", Models: []string{"llama3.2:3b", "qwen3:8b", "gemma3:4b"}, Online: true},
			{ID: "lmstudio", Kind: "lmstudio", Name: "LM Studio", URL: "http://127.0.0.1:1234", Models: []string{"phi-4-mini", "mistral-small-3.2"}, Online: true},
		},
	}
}

// withPhones adds two phones that were seen at these times; active counts what the first one
// is being answered.
func withPhones(s app.State, now time.Time, active int) app.State {
	s.Devices = []app.Device{
		{ID: "d1", Name: "Anna's iPhone", Paired: now.Add(-time.Hour), LastSeen: now.Add(-5 * time.Second), Active: active},
		{ID: "d2", Name: "Tablet", Paired: now.Add(-48 * time.Hour), LastSeen: now.Add(-2 * time.Hour)},
	}
	return s
}

func demoServer() app.Server {
	return app.Server{ID: "demo", Kind: app.KindDemo, Name: "Demo", Models: []string{"modelbeam-demo"}, Online: true}
}

func portProblem() *app.Problem {
	return &app.Problem{
		Kind:   "port-taken",
		Title:  "The usual network port is taken.",
		Advice: "Port {{.Port}} is in use by another program. Close it, or let Modelbeam use another one.",
		Action: "Use another port",
		Params: map[string]string{"Port": "8717"},
		Detail: "listen tcp :8717: bind: address already in use",
	}
}
