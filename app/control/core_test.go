package control

import (
	"context"
	"fmt"
	"log/slog"
	"reflect"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"modelbeam/app"
	"modelbeam/app/doctor"
	"modelbeam/app/feed"
	"modelbeam/cmd/e2e/await"
)

func TestMain(m *testing.M) {
	// go-winio keeps one goroutine for all pipes of the process.
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/Microsoft/go-winio.ioCompletionProcessor"))
}

// fakeCore is a Controller that remembers what was called, and answers at once.
type fakeCore struct {
	states feed.Values[app.State]
	events feed.Journal[app.Event]

	mu    sync.Mutex
	state app.State
	calls []string
	hold  bool // never answer TestServer
}

func (c *fakeCore) note(format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls = append(c.calls, fmt.Sprintf(format, args...))
}

func (c *fakeCore) called() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]string(nil), c.calls...)
}

func (c *fakeCore) publish(s app.State) {
	c.mu.Lock()
	c.state = s
	c.mu.Unlock()
	c.states.Changed()
}

func (c *fakeCore) State() app.State {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.state
}

func (c *fakeCore) Watch(fn func(app.State)) (stop func())  { return c.states.Watch(c.State, fn) }
func (c *fakeCore) Events(fn func(app.Event)) (stop func()) { return c.events.Read(fn) }
func (c *fakeCore) CodeApps() []app.CodeApp                 { return []app.CodeApp{{ID: "kelivo", Name: "Kelivo"}} }
func (c *fakeCore) Pause()                                  { c.note("Pause") }
func (c *fakeCore) Resume()                                 { c.note("Resume") }
func (c *fakeCore) ShowCode(visible bool)                   { c.note("ShowCode %t", visible) }
func (c *fakeCore) RemoveDevice(id string)                  { c.note("RemoveDevice %s", id) }
func (c *fakeCore) RenameDevice(id, name string)            { c.note("RenameDevice %s %s", id, name) }

func (c *fakeCore) PauseDevice(id string, paused bool) { c.note("PauseDevice %s %t", id, paused) }
func (c *fakeCore) Invite(i app.Invitation)            { c.note("Invite %+v", i) }
func (c *fakeCore) UseAddress(ip string)               { c.note("UseAddress %s", ip) }
func (c *fakeCore) AddServer(rawURL, key string)       { c.note("AddServer %s %s", rawURL, key) }
func (c *fakeCore) RemoveServer(id string)             { c.note("RemoveServer %s", id) }
func (c *fakeCore) HideServer(id string, hidden bool)  { c.note("HideServer %s %t", id, hidden) }

func (c *fakeCore) HideModel(id, model string, hidden bool) {
	c.note("HideModel %s %s %t", id, model, hidden)
}

func (c *fakeCore) MoveServer(id string, by int)            { c.note("MoveServer %s %d", id, by) }
func (c *fakeCore) StartAtLogin(on bool)                    { c.note("StartAtLogin %t", on) }
func (c *fakeCore) StayAwake(plugged bool)                  { c.note("StayAwake %t", plugged) }
func (c *fakeCore) UseLanguage(tag string)                  { c.note("UseLanguage %s", tag) }
func (c *fakeCore) Help(kind string)                        { c.note("Help %s", kind) }
func (c *fakeCore) Retry()                                  { c.note("Retry") }
func (c *fakeCore) LookForUpdates(on bool)                  { c.note("LookForUpdates %t", on) }
func (c *fakeCore) InstallUpdate()                          { c.note("InstallUpdate") }
func (c *fakeCore) GetModel(serverID, model string)         { c.note("GetModel %s %s", serverID, model) }
func (c *fakeCore) PauseDownload(id string)                 { c.note("PauseDownload %s", id) }
func (c *fakeCore) ResumeDownload(id string)                { c.note("ResumeDownload %s", id) }
func (c *fakeCore) CancelDownload(id string)                { c.note("CancelDownload %s", id) }
func (c *fakeCore) AppCode(appID string, show func(string)) { show("code of " + appID) }
func (c *fakeCore) TestServer(url, key string, done func(app.TestResult)) {
	if !c.hold {
		done(app.TestResult{Kind: app.TestWorks, Title: url + " " + key, Params: map[string]string{"Count": "2"}})
	}
}

func (c *fakeCore) Examine(shows doctor.Shows, done func(doctor.Diagnosis)) {
	if !c.hold {
		done(doctor.Diagnosis{Cause: doctor.FirewallUFW, Title: string(shows), Params: map[string]string{"Name": "laptop"}})
	}
}

func (c *fakeCore) LetPhonesIn(done func(doctor.Diagnosis)) {
	done(doctor.Diagnosis{Cause: doctor.Fine})
}

// service is a Server with a fakeCore, in a folder of its own.
type service struct {
	*Server
	core *fakeCore
	dir  string
	end  context.CancelFunc // orderly, as Stop
}

func serve(t *testing.T) *service { return serveIn(t, t.TempDir()) }

func serveIn(t *testing.T, dir string) *service {
	t.Helper()
	t.Setenv("XDG_RUNTIME_DIR", "") // keep out of the person's
	ctx, cancel := context.WithCancel(t.Context())
	core := &fakeCore{}
	core.publish(app.State{Phase: app.Sharing, Name: "laptop", Listen: "127.0.0.1:8717"})
	s := &service{&Server{Core: core, Stop: cancel, Log: slog.New(slog.DiscardHandler)}, core, dir, cancel}
	l, err := Listen(dir)
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	serving.Go(func() { s.Serve(ctx, l) })
	t.Cleanup(func() {
		cancel()
		serving.Wait()
		s.Close()
	})
	return s
}

// shown is a Link that runs, and how it ended.
type shown struct {
	*Link
	end   context.CancelFunc
	ended chan error
}

func open(t *testing.T, o Options) *shown {
	t.Helper()
	l, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return run(t, l)
}

func run(t *testing.T, l *Link) *shown {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	s := &shown{l, cancel, make(chan error, 1)}
	go func() { s.ended <- l.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		await.First(t, "the link has ended", s.ended)
	})
	return s
}

// awaitCall waits until the core was called like that.
func (s *service) awaitCall(t *testing.T, want string) {
	t.Helper()
	await.True(t, "the core is called with "+want, func() bool {
		for _, call := range s.core.called() {
			if call == want {
				return true
			}
		}
		return false
	})
}

// TestEveryMethodArrives calls everything that a Link has and a Core has too, with arguments that differ, and
// wants the same call at the other end.
func TestEveryMethodArrives(t *testing.T) {
	s := serve(t)
	l := open(t, Options{Dir: s.dir, Role: RoleWindow})
	core := reflect.TypeFor[Core]()
	for i := range core.NumMethod() {
		name := core.Method(i).Name
		method := reflect.ValueOf(l.Link).MethodByName(name)
		if !method.IsValid() {
			t.Errorf("a Link has no %s", name)
			continue
		}
		var args []reflect.Value
		direct := &fakeCore{}
		plain := true
		for j := range method.Type().NumIn() {
			arg := reflect.New(method.Type().In(j)).Elem()
			switch arg.Kind() {
			case reflect.String:
				arg.SetString(fmt.Sprintf("%s \"%d\" \n é", name, j))
			case reflect.Bool:
				arg.SetBool(true)
			case reflect.Int:
				arg.SetInt(-7)
			case reflect.Func, reflect.Interface:
				plain = false
			}
			args = append(args, arg)
		}
		if !plain || len(args) == 0 && method.Type().NumOut() > 0 {
			continue // has a test of its own
		}
		method.Call(args)
		reflect.ValueOf(direct).MethodByName(name).Call(args)
		for _, want := range direct.called() {
			s.awaitCall(t, want)
		}
	}
	if len(s.core.called()) < 14 {
		t.Errorf("only %q were called", s.core.called())
	}
}

func TestResults(t *testing.T) {
	s := serve(t)
	l := open(t, Options{Dir: s.dir, Role: RoleWindow})
	if apps := l.CodeApps(); !reflect.DeepEqual(apps, s.core.CodeApps()) {
		t.Errorf("the apps are %+v", apps)
	}
	texts := make(chan string, 1)
	l.AppCode("kelivo", func(text string) { texts <- text })
	if got := await.First(t, "the code", texts); got != "code of kelivo" {
		t.Errorf("the code is %q", got)
	}
	results := make(chan app.TestResult, 1)
	l.TestServer("http://a", "key", func(r app.TestResult) { results <- r })
	if got := await.First(t, "the result", results); got.Title != "http://a key" || got.Params["Count"] != "2" {
		t.Errorf("the result is %+v", got)
	}

	found := make(chan doctor.Diagnosis, 2)
	l.Examine(doctor.ShowsApp, func(d doctor.Diagnosis) { found <- d })
	want := doctor.Diagnosis{Cause: doctor.FirewallUFW, Title: "app", Params: map[string]string{"Name": "laptop"}}
	if got := await.First(t, "the diagnosis", found); !reflect.DeepEqual(got, want) {
		t.Errorf("the diagnosis is %+v", got)
	}
	l.LetPhonesIn(func(d doctor.Diagnosis) { found <- d })
	if got := await.First(t, "the next diagnosis", found); got.Cause != doctor.Fine {
		t.Errorf("the next diagnosis is %+v", got)
	}

	s.core.hold = true
	l.Examine(doctor.ShowsApp, func(d doctor.Diagnosis) { found <- d })
	l.TestServer("http://a", "key", func(r app.TestResult) { results <- r })
	s.end()
	if got := await.First(t, "the result without a service", results); got.OK || got.Title == "" {
		t.Errorf("without a service: %+v", got)
	}
	if got := await.First(t, "the diagnosis without a service", found); got.Cause != doctor.NotRunning || got.Title == "" {
		t.Errorf("without a service: %+v", got)
	}
	l.AppCode("kelivo", func(text string) { texts <- text })
	if got := await.First(t, "no code", texts); got != "" {
		t.Errorf("without a service the code is %q", got)
	}
}
