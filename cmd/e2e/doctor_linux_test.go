package e2e

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"modelbeam/cmd/e2e/await"
	"modelbeam/cmd/e2e/homelab"
)

// fault is something in a home that keeps a phone from what it is after, or seems to, and what beam doctor
// must say of it.
type fault struct {
	name    string
	needs   []string   // programs
	quiet   bool       // there is no television, which sends what is for nobody
	lay     func(*lab) // what is there before beam starts
	play    func(*lab) // what happens then, and what the phone meets, which is checked
	shows   string     // what the person says that the phone shows, if anything
	want    string     // the cause
	between []string   // where the cause is inconclusive: the two that are left
	never   []string   // causes that would be wrong to say, even as one of two
}

// lab is a home with beam on the laptop.
type lab struct {
	*homelab.Home
	*beam
	t      *testing.T
	args   []string // of beam
	root   bool     // the person is root, as the one is who runs this test: nobody else may press what the window has
	tray   bool     // beam is in the background, as a service that a person sees in the tray
	server *fake    // the AI app, if it is one of the test's
}

// diagnosis is what beam doctor --json prints.
type diagnosis struct {
	Event, Cause, Title, Advice, Action, Command, Question, Report string
	Sure                                                           bool
	Between, Proof                                                 []string
	Params                                                         map[string]string
}

// The addresses of beam as a phone sees them.
const (
	atLaptop   = "http://" + homelab.LaptopAddress + ":8717"
	renumbered = "192.168.7.77" // what the laptop has later
)

// atOnce is how many homes there are at a time. They wait more than they work.
const atOnce = 8

// TestDoctor has a person ask, in one home after the other, why the phone cannot connect.
func TestDoctor(t *testing.T) {
	homelab.Require(t)
	if _, err := buildBeam(); err != nil {
		t.Fatal(err)
	}
	rows := slices.Concat(servers, healthy, firewalls, networks, apart, doors) // those that wait longest come first
	work := make(chan fault)
	var workers sync.WaitGroup
	for range atOnce {
		workers.Go(func() {
			for row := range work {
				t.Run(row.name, func(t *testing.T) { row.examine(t) })
			}
		})
	}
	for _, row := range rows {
		work <- row
	}
	close(work)
	workers.Wait()
}

// TestFewDiagnosesAreOpen holds that the doctor knows mostly: two causes are left in few homes, and there a
// question decides.
func TestFewDiagnosesAreOpen(t *testing.T) {
	faults, open := 0, 0
	for _, row := range slices.Concat(firewalls, networks, apart, doors, servers) {
		faults++
		if row.want == "inconclusive" {
			open++
		}
	}
	if faults < 28 || open*25 > 3*faults {
		t.Errorf("of %d faults %d may stay open", faults, open)
	}
}

// examine builds the home and lets the doctor look.
func (row *fault) examine(t *testing.T) {
	homelab.Require(t, row.needs...)
	l := &lab{Home: homelab.New(t), t: t, args: []string{"--demo", "on"}}
	if !row.quiet {
		l.TV.Announce()
	}
	if row.lay != nil {
		row.lay(l)
	}
	l.share()
	row.play(l)
	got := l.doctor(row.shows)
	if got.Cause != row.want || !sameWords(got.Between, row.between) {
		t.Errorf("the doctor says %s %q, want %s %q", got.Cause, got.Between, row.want, row.between)
	}
	for _, wrong := range row.never {
		if got.Cause == wrong || slices.Contains(got.Between, wrong) {
			t.Errorf("the doctor says %s %q, which is wrong", got.Cause, got.Between)
		}
	}
	if got.Cause == "inconclusive" && got.Question == "" {
		t.Error("the doctor is not sure, and does not ask")
	}
	if t.Failed() {
		text, _ := json.Marshal(got)
		t.Logf("%s\n%s", text, got.Report)
	}
}

func sameWords(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// share starts beam on the laptop.
func (l *lab) share() {
	l.t.Helper()
	l.shareOn(l.Laptop)
}

// shareOn starts beam as a person who has no rights. It returns when there is a code, or a reason for none.
func (l *lab) shareOn(m *homelab.Machine) {
	l.t.Helper()
	path := l.program()
	state := m.Folder()
	args := append([]string{"--json", "--state", state, "--no-scan"}, l.args...)
	if l.tray {
		args[0] = "service"
	}
	l.beam = &beam{process: start(l.t, "beam", l.command(m, path, args...)), url: atLaptop, state: state}
	if l.tray {
		await.True(l.t, "the service is there", func() bool { return l.doctor("").Cause != "not-running" })
		return
	}
	l.awaitEvent(l.t, "state", "it shares or says why not", func(e event) bool {
		return e.Phase == "sharing" && e.Pairing.URL != "" || e.Phase == "empty" || e.Problem != nil
	})
}

// command is a program that the person runs.
func (l *lab) command(m *homelab.Machine, program string, args ...string) *exec.Cmd {
	if l.root {
		return m.Command(l.t.Context(), program, args...)
	}
	return m.AsPerson(l.t.Context(), program, args...)
}

// program is beam where everybody may run it.
func (l *lab) program() string {
	l.t.Helper()
	path := beamCommand(l.t).Path
	if err := os.Chmod(filepath.Dir(path), 0o755); err != nil {
		l.t.Fatal(err)
	}
	return path
}

// doctor runs beam doctor on the laptop.
func (l *lab) doctor(shows string) diagnosis {
	l.t.Helper()
	args := []string{"doctor", "--json", "--state", l.state}
	if shows != "" {
		args = append(args, "--shows", shows)
	}
	cmd := l.command(l.Laptop, l.program(), args...)
	var errors strings.Builder
	cmd.Stderr = &errors
	out, err := cmd.Output()
	var got diagnosis
	if json.Unmarshal(out, &got) != nil || got.Event != "diagnosis" {
		l.t.Fatalf("beam %q: %v\n%s%s", args, err, out, &errors)
	}
	want := 1
	if got.Cause == "fine" {
		want = 0
	}
	if code := cmd.ProcessState.ExitCode(); code != want {
		l.t.Errorf("beam %q ended with %d, want %d: %s", args, code, want, out)
	}
	return got
}

// meets checks what a phone gets that opens a page: the beginning of what homelab's Visit says.
func (l *lab) meets(m *homelab.Machine, url, want string, headers ...string) {
	l.t.Helper()
	if got := m.Visit(url, headers...); !strings.HasPrefix(got, want) {
		l.t.Errorf("%s opens %s and gets %.200q, want %q", m.Name, url, got, want)
	}
}

// pairs has a phone pair with the code that is shown.
func (l *lab) pairs(m *homelab.Machine, name string) *handset {
	l.t.Helper()
	h := &handset{client: m.Client()}
	h.mustPair(l.t, l.beam, name)
	return h
}

// chats has a phone chat.
func (l *lab) chats(h *handset) {
	l.t.Helper()
	if got := h.chatWith(l.t, l.url, "/v1/chat/completions", `{"model":"modelbeam-demo","messages":[{"role":"user","content":"Hi"}]}`); got.Status != http.StatusOK {
		l.t.Errorf("a chat gets %d: %s", got.Status, got.Text)
	}
}

// listens starts something of another program's on a machine, which answers everybody the same.
func (l *lab) listens(m *homelab.Machine, address, page string) {
	l.t.Helper()
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(page)) })}
	listener := m.Listen(address)
	l.t.Cleanup(func() { _ = server.Close() })
	go func() { _ = server.Serve(listener) }()
}

// hostOf is the host of an address of a page, or "".
func hostOf(page string) string {
	u, err := url.Parse(page)
	if err != nil {
		return ""
	}
	return u.Hostname()
}
