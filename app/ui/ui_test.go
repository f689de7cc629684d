package ui

import (
	"context"
	"maps"
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"go.uber.org/goleak"

	"modelbeam/app"
	"modelbeam/app/ui/look"
	"modelbeam/app/ui/words"
)

// fakeApp is Fyne's test app with a tray and a Quit that is counted.
type fakeApp struct {
	fyne.App
	menu  *fyne.Menu
	icon  fyne.Resource
	quits int
}

var _ desktop.App = (*fakeApp)(nil)

func (a *fakeApp) Quit()                             { a.quits++ }
func (a *fakeApp) SetSystemTrayMenu(m *fyne.Menu)    { a.menu = m }
func (a *fakeApp) SetSystemTrayIcon(r fyne.Resource) { a.icon = r }
func (a *fakeApp) SetSystemTrayWindow(w fyne.Window) { w.SetCloseIntercept(w.Hide) }
func (a *fakeApp) Icon() fyne.Resource               { return look.AppIcon }

// useLanguage loads the texts of a language for one test.
func useLanguage(t *testing.T, name string) {
	t.Helper()
	t.Setenv(words.LanguageVariable, name)
	if err := words.LoadTranslations(); err != nil {
		t.Fatal(err)
	}
}

// open starts a window that shows s, with a tray host, on the test's goroutine.
func open(t *testing.T, s app.State) (*UI, *fakeController, *fakeApp) {
	t.Helper()
	useLanguage(t, "en")
	a := &fakeApp{App: test.NewTempApp(t)}
	c := newFakeController(s)
	u := New(a, c)
	u.do = func(f func()) { f() }
	u.now = func() time.Time { return noon }
	u.trayHost = func(context.Context) bool { return true }
	t.Cleanup(c.Watch(u.receive))
	u.show()
	return u, c, a
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
		{scene: "empty", want: []string{"No AI app found on this computer", "Get Ollama", "Get LM Studio"}, unwanted: []string{"Point its camera"}},
		{scene: "demo", want: []string{"No AI app found yet: phones can try the built-in demo", "Get Ollama", "Get LM Studio"}, code: true},
		{scene: "sharing", want: []string{"Sharing 5 models from Ollama and LM Studio", "192.168.1.20:8717", "7KQ2-M9XF", "Pause", "No phones yet"}, unwanted: []string{"Get Ollama"}, code: true},
		{scene: "answering", want: []string{"Answering Anna's iPhone", "answering now", "Tablet"}, unwanted: []string{"No phones yet"}, code: true},
		{scene: "paired", want: []string{"Connected", "Anna's iPhone"}},
		{scene: "paused", want: []string{"Sharing is paused", "Resume", "Tablet"}, unwanted: []string{"7KQ2-M9XF"}},
		{scene: "offline", want: []string{"No network found.", "Connect this computer to your Wi-Fi, and the code appears here."}, unwanted: []string{"Point its camera"}},
		{scene: "two ills", want: []string{"Your settings could not be read.", "No network found."}},
		{scene: "failed", want: []string{"The usual network port is taken.", "Port 8717 is in use by another program.", "Use another"}, unwanted: []string{"Pause"}},
		{scene: "reset", want: []string{"Your settings could not be read.", "settings.json.broken-20260504", "OK", "Sharing 5 models"}, code: true},
	}
	for _, tt := range tests {
		t.Run(tt.scene, func(t *testing.T) {
			u, _, _ := open(t, scenes()[tt.scene])
			wantText(t, u, tt.want...)
			wantNoText(t, u, append(tt.unwanted, "CORS", "<no value>", "{{")...)
			if got := visible(u, u.page.stage.qr.Object); got != tt.code {
				t.Errorf("QR code visible: %t, want %t", got, tt.code)
			}
		})
	}
}

// Whatever was on the screen before, a state looks the same.
func TestEveryChangeOfScene(t *testing.T) {
	all, want := scenes(), map[string]string{}
	var names []string
	for name, s := range all {
		u, _, _ := open(t, s)
		words := onScreen(u)
		if !slices.Contains(slices.Collect(maps.Values(want)), words) { // some differ on another page only
			names = append(names, name)
			want[name] = words
		}
	}
	u, c, _ := open(t, app.State{})
	change := func(from, to string) {
		c.publish(all[to])
		if got := onScreen(u); got != want[to] {
			t.Errorf("from %s to %s the window says:\n%s\nbut a new window says:\n%s", from, to, got, want[to])
		}
	}
	for i, from := range names {
		c.publish(all[from])
		for _, to := range names[i+1:] { // there and back
			change(from, to)
			change(to, from)
		}
	}
}

func TestRun(t *testing.T) {
	useLanguage(t, "en")
	a := &fakeApp{App: test.NewTempApp(t)}
	c := newFakeController(sharingState())
	u := New(a, c)
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
	for scene, label := range map[string]string{"failed": "Use another", "reset": "OK"} {
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

// Whatever there is to say, it has room in the usual window, and in one that is not much smaller.
func TestEverySceneFitsTheWindow(t *testing.T) {
	for _, language := range []string{"en", "zh"} {
		for name, s := range scenes() {
			u, _, _ := open(t, s)
			useLanguage(t, language)
			u.rebuild()
			showScene(u, name)
			if least := u.window.Content().MinSize(); least.Width < leastWidth || least.Width > windowWidth || least.Height > windowHeight {
				t.Errorf("%s in %s needs %v, the window has %dx%d", name, language, least, windowWidth, windowHeight)
			}
		}
	}
}
