package ui

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"
	"go.uber.org/goleak"

	"modelbeam/app"
	"modelbeam/app/ui/look"
	"modelbeam/app/words"
	"modelbeam/cmd/e2e/await"
)

// fakeApp is Fyne's test app with a Quit that is counted.
type fakeApp struct {
	fyne.App
	quits int
}

func (a *fakeApp) Quit()               { a.quits++ }
func (a *fakeApp) Icon() fyne.Resource { return look.AppIcon }

// useLanguage loads the texts of a language for one test.
func useLanguage(t *testing.T, name string) {
	t.Helper()
	t.Setenv(words.LanguageVariable, name)
	if err := words.LoadTranslations(""); err != nil {
		t.Fatal(err)
	}
}

// open starts a window that shows s on the test's goroutine.
func open(t *testing.T, s app.State) (*UI, *fakeController, *fakeApp) {
	t.Helper()
	useLanguage(t, "en")
	a := &fakeApp{App: test.NewTempApp(t)}
	tellTime()
	c := newFakeController(s)
	u := New(a, c, "/home/anna/.local/state/modelbeam")
	u.do = func(f func()) { f() }
	u.now = func() time.Time { return noon }
	a.Preferences().SetBool(toldStays, true) // most have been here before
	t.Cleanup(c.Watch(u.receive))
	c.ShowCode(true) // as Run does
	u.window.Show()
	return u, c, a
}

// tellTime has Fyne look at the clock, which it does only when it draws: else what a test makes now is as old to it
// as the last picture, and taken away before the next one where that was a minute ago.
func tellTime() {
	c := software.NewCanvas()
	c.SetContent(canvas.NewRectangle(look.White))
	c.Capture()
}

func wantCalls(t *testing.T, c *fakeController, want ...string) {
	t.Helper()
	if !slices.Equal(c.calls, want) {
		t.Errorf("the controller was called with %q, want %q", c.calls, want)
	}
}

func TestPhases(t *testing.T) {
	tests := []struct {
		scene    string
		want     []string
		unwanted []string
		code     bool // the QR code is to be seen
	}{
		{scene: "searching", want: []string{"Looking for AI apps on this computer…", "Point its camera at the code", "No phones yet"}, unwanted: []string{"Address"}},
		{scene: "empty", want: []string{"No AI app found on this computer", "First, get a free AI app", "Get Ollama", "Other ways"}, unwanted: []string{"Point its camera", "LM Studio", "No phones yet"}},
		{scene: "other ways", want: []string{"First, get a free AI app", "Get Ollama", "Other ways", "Get LM Studio", "Try the built-in demo first"}, unwanted: []string{"Point its camera", "7KQ2", "Want a real one?", "No phones yet"}},
		{scene: "demo tried", want: []string{"No AI app found yet: phones can try the built-in demo", "Want a real one?", "Get Ollama", "Point its camera"}, code: true},
		{scene: "installed", want: []string{"Ollama is not running", "Phones have nothing to chat with yet.", "Ollama is installed but not running.", "Start Ollama", "Other ways"}, unwanted: []string{"No AI app", "Get Ollama", "Point its camera", "LM Studio"}},
		{scene: "hints", want: []string{"Ollama is not running", "Until then, phones can try the built-in demo.", "Start Ollama"}, unwanted: []string{"No AI app", "Get Ollama"}, code: true},
		{scene: "server off", want: []string{"LM Studio is not ready for phones yet", "LM Studio is open, but phones cannot use it yet.", "Turn it on"}, unwanted: []string{"No AI app", "Point its camera"}},
		{scene: "not coming", want: []string{"Ollama does not answer", "Your model has not arrived yet", "phi4-mini", "Ollama does not answer. Start it again", "Pause"}, unwanted: []string{"No AI app", "Start Ollama", "Point its camera"}},
		{scene: "to start again", want: []string{"Ollama is not running", "Your model has not arrived yet", "gemma3:4b", "Waiting… · 1.2\u00a0GB of 3.3\u00a0GB", "Ollama does not answer. Start it again", "Start Ollama", "Cancel"}, unwanted: []string{"No AI app", "LM Studio", "Other ways", "Point its camera"}},
		{scene: "does not answer", want: []string{"studio.local:1234 does not answer", "Until then, phones can try the built-in demo."}, unwanted: []string{"No AI app", "Want a real one?"}, code: true},
		{scene: "not mine", want: []string{"You have no AI app of your own yet", "First, get a free AI app", "vLLM belongs to another user"}, unwanted: []string{"No AI app", "Point its camera"}},
		{scene: "no model", want: []string{"Now get a model", "Ollama is ready.", "Get a model"}, unwanted: []string{"Other ways", "Point its camera", "has no model yet"}},
		{scene: "coming", want: []string{"Your model is on its way", "gemma3:4b", "4 minutes left"}, unwanted: []string{"Get a model", "Point its camera"}},
		{scene: "hidden", want: []string{"Nothing is shared with phones", "Choose models"}, unwanted: []string{"Point its camera"}},
		{scene: "first phone", want: []string{"Connected", "You can close this window."}, unwanted: []string{"Chat in the page"}},
		{scene: "sharing", want: []string{"Sharing 5 models from Ollama and LM Studio", "192.168.1.20:8717", "7KQ2-M9XF", "Pause", "No phones yet"}, unwanted: []string{"Get Ollama"}, code: true},
		{scene: "answering", want: []string{"Answering Anna's iPhone", "answering now", "Tablet"}, unwanted: []string{"No phones yet"}, code: true},
		{scene: "paired", want: []string{"Connected", "Anna's iPhone"}},
		{scene: "paused", want: []string{"Sharing is paused", "Resume", "Tablet"}, unwanted: []string{"7KQ2-M9XF"}},
		{scene: "offline", want: []string{"No network found.", "Connect this computer to your Wi-Fi, and the code appears here."}, unwanted: []string{"Point its camera"}},
		{scene: "two ills", want: []string{"Your settings could not be read.", "No network found."}},
		{scene: "failed", want: []string{"The usual network port is taken.", "Port 8717 is in use by another program.", "Use another port"}, unwanted: []string{"Pause"}},
		{scene: "reset", want: []string{"Your settings could not be read.", "settings.json.broken-20260504", "OK", "Sharing 5 models"}, code: true},
	}
	for _, tt := range tests {
		t.Run(tt.scene, func(t *testing.T) {
			u, _, _ := open(t, scenes()[tt.scene])
			showScene(u, tt.scene)
			wantText(t, u, tt.want...)
			wantNoText(t, u, append(tt.unwanted, "CORS", "<no value>", "{{")...)
			if got := visible(u, u.page.stage.qr.Object); got != tt.code {
				t.Errorf("QR code visible: %t, want %t", got, tt.code)
			}
		})
	}
}

// change is what one part of the page says before and after.
type change struct {
	part     int
	from, to string
}

// changes are those of the parts when one scene follows another, each part by what it says.
func changes(from, to []string) (all []change) {
	for part := range from {
		if from[part] != to[part] {
			all = append(all, change{part, from[part], to[part]})
		}
	}
	return all
}

// tour is what there is still to be seen of the changes between scenes.
type tour struct {
	names []string
	parts map[string][]string // what each part of the page says, by scene
	left  map[change]bool
}

func newTour(names []string, parts map[string][]string) *tour {
	r := &tour{names: names, parts: parts, left: make(map[change]bool)}
	for _, from := range names {
		for _, to := range names {
			for _, c := range changes(parts[from], parts[to]) {
				r.left[c] = true
			}
		}
	}
	return r
}

// next is the scene to go to: where most is new, or else from where something new can be reached.
func (r *tour) next(from string) string {
	news := func(from, to string) (n int) {
		for _, c := range changes(r.parts[from], r.parts[to]) {
			if r.left[c] {
				n++
			}
		}
		return n
	}
	to := slices.MaxFunc(r.names, func(a, b string) int { return cmp.Compare(news(from, a), news(from, b)) })
	if news(from, to) > 0 {
		return to
	}
	return r.names[slices.IndexFunc(r.names, func(x string) bool {
		return slices.ContainsFunc(r.names, func(y string) bool { return news(x, y) > 0 })
	})]
}

// Whatever was on the screen before, a state looks the same. The parts of the page know nothing of each
// other, so each has to go once from all that it says in some scene to all that it says in another:
// that is far less than from every scene to every other, and a window takes its time under the race detector.
func TestEveryChangeOfScene(t *testing.T) {
	await.Long(t)
	all, want, parts := scenes(), make(map[string]string), make(map[string][]string)
	names := slices.Sorted(maps.Keys(all))
	for _, name := range names {
		u, _, _ := open(t, all[name])
		want[name] = onScreen(u)
		for _, o := range []fyne.CanvasObject{
			u.page.header.object, u.page.notices.object, u.page.stage.object, u.page.phones.card, u.page.details.panel,
		} {
			parts[name] = append(parts[name], strings.Join(texts(o), "\n"))
		}
	}
	u, c, _ := open(t, all[names[0]])
	for from, r := names[0], newTour(names, parts); len(r.left) > 0; {
		to := r.next(from)
		c.publish(all[to])
		if got := onScreen(u); got != want[to] {
			t.Errorf("from %s to %s the window says:\n%s\nbut a new window says:\n%s", from, to, got, want[to])
		}
		for _, seen := range changes(parts[from], parts[to]) {
			delete(r.left, seen)
		}
		from = to
	}
}

func TestRun(t *testing.T) {
	useLanguage(t, "en")
	a := &fakeApp{App: test.NewTempApp(t)}
	c := newFakeController(sharingState())
	u := New(a, c, "/home/anna/.local/state/modelbeam")
	before := goleak.IgnoreCurrent()
	u.Run() // Fyne's test app returns from its own Run at once
	goleak.VerifyNone(t, before)
	wantCalls(t, c, "ShowCode true", "ShowCode false")
	if c.fn != nil {
		t.Error("the controller is still watched after Run")
	}
}

func TestJustPaired(t *testing.T) {
	u, c, _ := open(t, sharingState())
	qr := u.page.stage.qr.Object

	paired := withPhones(sharingState(), noon, 0)
	paired.JustPaired = "Anna's iPhone"
	c.publish(paired)
	wantText(t, u, "Connected")
	if visible(u, qr) {
		t.Error("the QR code is still there beside the phone that just paired")
	}
	if done := u.page.stage.guide.steps[0].tick.Visible(); !done {
		t.Error("the first step is not ticked off")
	}

	paired.JustPaired = ""
	c.publish(paired)
	wantNoText(t, u, "Connected")
	if !visible(u, qr) {
		t.Error("the QR code did not come back")
	}
}

func TestPauseAndResume(t *testing.T) {
	u, c, _ := open(t, sharingState())
	test.Tap(button(t, u, "Pause"))
	wantText(t, u, "Sharing is paused")
	test.Tap(button(t, u, "Resume"))
	wantText(t, u, "Sharing 5 models")
	wantCalls(t, c, "ShowCode true", "Pause", "Resume")
}

func TestProblemButton(t *testing.T) {
	for scene, label := range map[string]string{"failed": "Use another port", "reset": "OK"} {
		u, c, _ := open(t, scenes()[scene])
		test.Tap(button(t, u, label))
		wantCalls(t, c, "ShowCode true", "Retry")
	}
}

func TestNewCodeIsShown(t *testing.T) {
	u, c, _ := open(t, sharingState())
	s := sharingState()
	s.Pairing = app.Pairing{URL: "http://10.0.0.4:8718/#c=AAAABBBB", Code: "AAAA-BBBB"}
	c.publish(s)
	wantText(t, u, "10.0.0.4:8718", "AAAA-BBBB")
	wantNoText(t, u, "7KQ2-M9XF")
	if got := decode(t, u.page.stage.qr.Draw(260, 260)); got != s.Pairing.URL {
		t.Errorf("the QR code says %q, want %q", got, s.Pairing.URL)
	}
}

func TestBurstIsOneRedraw(t *testing.T) {
	u, c, _ := open(t, sharingState())
	var queue []func()
	u.do = func(f func()) { queue = append(queue, f) }
	for _, name := range []string{"A", "B", "C"} {
		s := sharingState()
		s.Name = name
		c.publish(s)
	}
	if len(queue) != 1 {
		t.Fatalf("three states were queued as %d redraws, want 1", len(queue))
	}
	queue[0]()
	wantText(t, u, "Phones see this computer as C")
	c.publish(sharingState())
	if len(queue) != 2 {
		t.Error("a state after the redraw was not queued")
	}
}

// TestStatesAreToldWhenTheyAreShown holds that who hears of a State can press what the window has for it.
func TestStatesAreToldWhenTheyAreShown(t *testing.T) {
	u, c, _ := open(t, sharingState())
	var queue []func()
	u.do = func(f func()) { queue = append(queue, f) }
	paused := sharingState()
	paused.Phase = app.Paused
	c.publish(paused)
	if got := u.State().Phase; got != app.Sharing {
		t.Errorf("the window still shares, and says it is %s", got)
	}
	queue[0]()
	told := make(chan app.State, 1)
	defer u.Watch(func(s app.State) { told <- s })()
	if got := await.First(t, "what the window shows", told).Phase; got != app.Paused {
		t.Errorf("the window is paused, and says it is %s", got)
	}
}

func TestThemeChange(t *testing.T) {
	u, _, _ := open(t, withPhones(sharingState(), noon, 0))
	u.page.details.setOpen(true)
	before := onScreen(u)
	u.rebuild()
	if after := onScreen(u); after != before {
		t.Errorf("after a change of theme the window says:\n%s\nbefore:\n%s", after, before)
	}
}

func TestWordsFromTheNetworkStayOnOneLine(t *testing.T) {
	s := withPhones(sharingState(), noon, 1)
	s.Devices[0].Name = "Line\nbreak {{.Name}}"
	u, _, _ := open(t, s)
	wantText(t, u, "Answering Line break {{.Name}}")
}
