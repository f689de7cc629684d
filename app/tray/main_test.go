package tray

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"modelbeam/app"
	"modelbeam/app/autostart"
	"modelbeam/app/words"
)

// childVariable makes the test program show a tray instead of running tests: there can be but one in the
// life of a process. "window" has a window to show, "none" has not.
const childVariable = "MODELBEAM_TRAY_CHILD"

func TestMain(m *testing.M) {
	if kind := os.Getenv(childVariable); kind != "" {
		runTray(kind)
		return
	}
	goleak.VerifyTestMain(m)
}

// fakeController prints every call as a line, and pauses as the real one does.
type fakeController struct {
	mu    sync.Mutex // guards what follows
	state app.State
	fn    func(app.State)
}

func (c *fakeController) Watch(fn func(app.State)) (stop func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fn = fn
	fn(c.state)
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.fn = nil
	}
}

// change publishes a State that is made from the last one.
func (c *fakeController) change(make func(*app.State)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	make(&c.state)
	if c.fn != nil {
		c.fn(c.state)
	}
}

func (c *fakeController) Pause()  { c.turn("Pause", app.Paused) }
func (c *fakeController) Resume() { c.turn("Resume", app.Sharing) }

func (c *fakeController) StartAtLogin(on bool) {
	c.change(func(s *app.State) {
		s.Login.State = map[bool]autostart.State{true: autostart.On, false: autostart.Off}[on]
	})
	fmt.Println("StartAtLogin", on) // last: who reads it may order another state
}

func (c *fakeController) turn(call string, to app.Phase) {
	c.change(func(s *app.State) { s.Phase = to })
	fmt.Println(call)
}

// sharing is a computer whose Ollama has a model.
func sharing() app.State {
	return app.State{
		Phase: app.Sharing, Servers: []app.Server{{Name: "Ollama", Online: true, Models: []string{"tiny"}}},
		Devices: []app.Device{{Name: "Anna's iPhone"}}, Login: app.Login{State: autostart.Off},
	}
}

// runTray shows a tray until it is quit, from its menu or by a line on standard input. It then says
// "ended", or which goroutines it has left behind.
func runTray(kind string) {
	if err := words.LoadTranslations(""); err != nil {
		panic(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	c := &fakeController{state: sharing()}
	actions := Actions{Quit: func() { fmt.Println("Quit"); cancel() }}
	if kind == "window" {
		actions.Show = func() { fmt.Println("Show") }
	}
	go func() { // it reads for as long as the process lives
		for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
			obey(c, lines.Text(), cancel)
		}
	}()
	before := goleak.IgnoreCurrent()
	Run(ctx, c, actions)
	if err := goleak.Find(before); err != nil {
		fmt.Println(strings.ReplaceAll(err.Error(), "\n", " | "))
	} else {
		fmt.Println("ended")
	}
}

// obey does what a test asks of its child: to quit, or to come into another state.
func obey(c *fakeController, order string, quit func()) {
	order, value, _ := strings.Cut(order, " ")
	switch order {
	case "quit":
		fmt.Println("obeyed quit") // first, as the end says "ended", and is the end of this goroutine too
		quit()
		return
	case "phase":
		c.change(func(s *app.State) { s.Phase = app.Phase(value) })
	case "server":
		c.change(func(s *app.State) { s.Servers = []app.Server{{Name: value, Online: true, Models: []string{"tiny"}}} })
	case "count":
		for n := range 1000 { // an answer that grows
			c.change(func(s *app.State) { s.Devices = []app.Device{{Active: 1, Tokens: n}} })
		}
	case "flip":
		for n := range 2000 {
			c.change(func(s *app.State) { s.Phase = []app.Phase{app.Paused, app.Sharing}[n%2] })
			time.Sleep(100 * time.Microsecond) // or all but the last would be left out
		}
	case "awake":
		c.change(func(s *app.State) { s.Awake = app.Awake{Held: value != "", For: []string{value}} })
	case "login":
		c.change(func(s *app.State) { s.Login.State = autostart.State(value) })
	case "language":
		c.change(func(s *app.State) { s.Language = value })
	case "code":
		c.change(func(s *app.State) { s.Pairing = app.Pairing{Code: value} })
	case "paired":
		c.change(func(s *app.State) { s.JustPaired = value })
	}
	fmt.Println("obeyed " + order)
}
