package e2e

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// arrow is an import that must never be, directly or through others.
type arrow struct{ from, to, why string }

// The layout: cmd -> {app/ui -> app/tray} -> app/words -> app -> {tunnel, discovery}; cmd, app/ui, app/tray, app/words
// and tunnel -> assets.
var forbidden = []arrow{
	{"./tunnel/...", "modelbeam/discovery", "the gateway is told which servers there are; so it can be tested without looking for any"},
	{"./tunnel/...", "modelbeam/app", "the gateway is used by the core, and by others who embed it"},
	{"./tunnel/...", "fyne.io/", "the gateway runs where there is no screen"},
	{"./discovery/...", "modelbeam/tunnel", "looking around must not depend on what is done with the result"},
	{"./discovery/...", "modelbeam/app", "discovery is used by the core"},
	{"./discovery/...", "modelbeam/assets", "discovery shows nothing to anybody"},
	{"./discovery/...", "fyne.io/", "discovery runs where there is no screen"},
	{"./discovery/sockets", "modelbeam/discovery/llm", "who listens on a machine is a fact, whatever is looked for"},
	{"./discovery/llm", "modelbeam/discovery/lan", "servers are looked for on this machine, which takes no network"},
	{"./discovery/llm", "modelbeam/discovery/mdns", "servers are found by their answers, not by what they announce"},
	{"./discovery/lan", "modelbeam/discovery/llm", "which addresses a machine has does not depend on what runs on it"},
	{"./discovery/mdns", "modelbeam/discovery/llm", "what is announced is told by the core"},
	{"./discovery/lan", "modelbeam/discovery/vicinity", "which addresses a machine has does not depend on who else is there"},
	{"./discovery/vicinity", "modelbeam/discovery/llm", "who is on a network does not depend on what runs on this machine"},
	{"./discovery/vicinity", "modelbeam/discovery/mdns", "what is heard is judged without what is announced here"},
	{"./discovery/vicinity", "modelbeam/discovery/firewall", "what arrives is a fact, whoever throws it away"},
	{"./discovery/firewall", "modelbeam/discovery/lan", "of which address and interface is told by the core"},
	{"./discovery/firewall", "modelbeam/discovery/vicinity", "a firewall's settings are a fact, whatever arrives"},
	{"./discovery/firewall", "modelbeam/discovery/sockets", "a rule is about a program and a port, whoever listens"},
	{"./discovery/systembus", "modelbeam/discovery/", "the bus passes on what is asked, whatever that is about"},
	{"./app", "modelbeam/app/ui", "the core tells its State; who renders it is not its business"},
	{"./app", "fyne.io/", "the core runs without a window: in a terminal, on a server, in tests"},
	{"./app/logfile", "modelbeam/tunnel", "a log file takes lines, whatever they are about"},
	{"./app/logfile", "modelbeam/app/settings", "what goes wrong with the settings is logged, so the log needs none"},
	{"./app", "modelbeam/app/words", "the core tells its State in English patterns; what they are in a language is for those who show them"},
	{"./app", "modelbeam/app/control", "the core is the same whoever shows it, from this process or another"},
	{"./app", "modelbeam/app/tray", "the core tells its State; who renders it is not its business"},
	{"./app", "modelbeam/app/instance", "that there is one Modelbeam per state folder is seen to before there is a core"},
	{"./app/control", "modelbeam/app/words", "a State crosses the socket in patterns: both ends may speak other languages"},
	{"./app/control", "modelbeam/app/tray", "the socket is there where no tray is"},
	{"./app/feed", "modelbeam/app/", "what is told to watchers can be anything"},
	{"./app/launch", "modelbeam/app/", "a program is started the same way, whichever it is"},
	{"./app/programs", "modelbeam/app/", "where programs are does not depend on what they do"},
	{"./app/instance", "modelbeam/app/settings", "the folder is ours before anything in it is read"},
	{"./app/instance", "modelbeam/app/control", "the system's lock says who serves a folder, also when that one answers nobody"},
	{"./app/update", "modelbeam/tunnel", "who is answered is told by the core: a new version must only know whether it may restart"},
	{"./app/update", "modelbeam/app/devices", "a request for new versions says nothing about anybody, and so knows nobody"},
	{"./app/update", "modelbeam/app/control", "how the service ends and starts again is told by the command"},
	{"./app/update", "modelbeam/app/words", "what is said of a new version is for those who show it"},
	{"./app/download", "modelbeam/tunnel", "what a phone can ask for is the gateway's, and a download is nothing of that"},
	{"./app/download", "modelbeam/discovery", "which servers are there is told by the core"},
	{"./app/download", "modelbeam/app/settings", "what is remembered of downloads is told to the core, which keeps it"},
	{"./app/machine", "modelbeam/app/", "what a computer has does not depend on what is done with it"},
	{"./app/tray", "modelbeam/app/control", "the tray is in the service's own process"},
	{"./app/words", "modelbeam/app/control", "words know a State, not where it comes from"},
	{"./app/autostart", "modelbeam/app/programs", "what starts at login is told by the command"},
	{"./app/autostart", "modelbeam/app/settings", "whether we start at login the system knows, and what the person did there counts"},
	{"./app/awake", "modelbeam/tunnel", "who is answered is told by the core, by name"},
	{"./app/awake", "modelbeam/app/settings", "what the person wants is told by the core"},
	{"./app/ui/look", "modelbeam/app/words", "how it looks has nothing to do with what it says"},
	{"./app/alert", "modelbeam/app/settings", "a message box says why nothing else could start"},
	{"./app/alert", "modelbeam/app/store", "a message box says what is wrong with the disk"},
	{"./app/alert", "fyne.io/", "a message box says why there is no window"},
	{"./app/ui/look", "modelbeam/app/usage", "how it looks has nothing to do with what is shown"},
	{"./app/ui/wishes", "fyne.io/", "what a person needs of every window is told by the system, before there is one"},
	{"./app/ui/wishes", "modelbeam/app/", "what a person needs of every window has nothing to do with this one"},
	{"./app/ui/story", "fyne.io/", "what there is to do next does not depend on how it is drawn"},
	{"./app/ui/story", "modelbeam/app/words", "what there is to do next is the same in every language"},
	{"./app/ui/widgets", "modelbeam/app/words", "a control says what it is told to"},
	{"./app/ui/widgets", "modelbeam/app/devices", "a control knows nothing of what it is for"},
	{"./app/tray", "modelbeam/app/ui", "the tray is there while no window is"},
	{"./app/tray", "fyne.io/fyne", "the tray belongs to the service, which has no window and no OpenGL"},
	{"./app/words", "modelbeam/app/ui", "words are not drawn"},
	{"./app/words", "fyne.io/", "words are for the tray too, which has no Fyne"},
	{"./app/...", "modelbeam/cmd", "commands are the outermost layer, and what tests share stays out of the product"},
	{"./tunnel/...", "modelbeam/cmd", "commands are the outermost layer, and what tests share stays out of the product"},
	{"./discovery/...", "modelbeam/cmd", "commands are the outermost layer, and what tests share stays out of the product"},
	{"./assets", "modelbeam/app", "assets are files, they know nobody"},
	{"./assets", "modelbeam/tunnel", "assets are files, they know nobody"},
	{"./assets", "modelbeam/discovery", "assets are files, they know nobody"},
	{"./assets", "fyne.io/", "the terminal command has the assets too"},
	{"./cmd/e2e/...", "modelbeam/app", "what tests share serves those of every package"},
	{"./cmd/e2e/...", "modelbeam/tunnel", "what tests share serves those of every package"},
	{"./cmd/e2e/...", "modelbeam/discovery", "what tests share serves those of every package"},
	{"./cmd/appimage/...", "modelbeam/tunnel", "what unpacks the programs is none of them"},
	{"./cmd/appimage/...", "modelbeam/discovery", "what unpacks the programs is none of them"},
	{"./cmd/appimage/...", "fyne.io/", "the start of the AppImage is there before any library is"},
	{"./cmd/beam", "modelbeam/cmd/e2e", "what tests share stays out of the product"},
	{"./cmd/beam", "modelbeam/app/ui", "beam is for machines without a screen"},
	{"./cmd/beam", "fyne.io/fyne", "beam is for machines without a screen"},
	{"./cmd/beam", "github.com/go-gl", "beam is for machines without a screen"},
}

// room is a package below tunnel with all of this module that it may import.
type room struct {
	name string
	may  string // names of rooms, and paths of other packages
	why  string
}

// The gateway's rooms, from the ground up. No room imports the gateway itself: the compiler holds that.
var rooms = []room{
	{"dialect", "", "which API is spoken is the first thing that everybody needs to know"},
	{"jsontext", "", "JSON is read and written the same way, whoever sent it and whatever it says"},
	{"body", "jsontext", "what strangers send is read by code that knows nothing else, so that it can be fuzzed and judged alone"},
	{"hosts", "", "whom a request asks for is decided from the request alone"},
	{"limit", "", "counting tries needs neither the key nor the code that was tried"},
	{"contact", "hosts", "what was tried at the door is remembered whoever it was, and nothing of what was asked"},
	{"socket", "", "bytes are read and written the same way, whoever the other end is"},
	{"admission", "contact socket", "connections are bounded before anything of a request is known"},
	{"fastpath", "", "requests are read and answers written the same way, whatever they are about"},
	{"transport", "socket", "connections to servers are kept whatever is asked on them"},
	{"fault", "body dialect", "words for a client depend on no server and no device, so that a code means the same everywhere"},
	{"websocket", "body fault", "what passes on a WebSocket is held to what a request may have in it, and refused in the same words"},
	{"keys", "websocket", "a key is taken out before it is known what is asked for; a WebSocket offers it as a protocol"},
	{"catalog", "dialect", "what there is does not depend on who asks for it or how"},
	{"readiness", "catalog dialect", "how far a model is depends on its server alone, not on who waits for it"},
	{"clients", "catalog", "how apps take the connection over depends on the models, not on the gateway"},
	{"events", "dialect fault", "the pieces of a stream are told apart the same way for every server; its last words are a fault's"},
	{"ollama", "catalog events jsontext", "putting one API into the words of another depends on the server's quirks and on how pieces are told apart"},
	{"kept", "fault", "an answer is kept whoever gives it and whatever is in it"},
	{"page/bundle", "", "a page is put together the same way, whatever is in it"},
	{"page", "modelbeam/tunnel/page/bundle modelbeam/assets", "the page is files; they know nothing of keys and models"},
	{"relay", "body catalog dialect events fault ollama websocket", "whose request it is was settled before: no keys, no devices, no limits"},
}

// TestRooms holds that every room below tunnel is in the list and imports no more than it says.
func TestRooms(t *testing.T) {
	known := make(map[string]bool)
	for _, r := range rooms {
		known["modelbeam/tunnel/"+r.name] = true
		may := map[string]bool{}
		for path := range strings.FieldsSeq(r.may) {
			if !strings.Contains(path, "/") {
				path = "modelbeam/tunnel/" + path
			}
			may[path] = true
		}
		for _, path := range list(t, "linux", "-f", `{{join .Imports "\n"}}`, "./tunnel/"+r.name) {
			if strings.HasPrefix(path, "modelbeam/") && !may[path] {
				t.Errorf("tunnel/%s must not import %s: %s", r.name, path, r.why)
			}
		}
	}
	for _, path := range list(t, "linux", "./tunnel/...") {
		if path != "modelbeam/tunnel" && !known[path] {
			t.Errorf("%s is not in the list of rooms", path)
		}
	}
}

// TestArrows holds the direction of the imports, on every system that we build for: files for
// one system only could break it where nobody looks.
func TestArrows(t *testing.T) {
	for _, system := range []string{"linux", "windows", "darwin"} {
		for _, a := range forbidden {
			for _, dep := range list(t, system, "-deps", "-f", "{{.ImportPath}}", a.from) {
				self := dep == "modelbeam"+strings.TrimPrefix(a.from, ".")
				if strings.HasPrefix(dep+"/", a.to) && !self {
					t.Errorf("%s: %s must not import %s: %s", system, a.from, dep, a.why)
				}
			}
		}
	}
}

// TestBeamNeedsNoC holds that beam builds for every system from any other: a package with
// cgo files would end that. The standard library's have twins in Go.
func TestBeamNeedsNoC(t *testing.T) {
	const cgo = "{{if and .CgoFiles (not .Standard)}}{{.ImportPath}}{{end}}"
	for _, pkg := range list(t, "linux", "-deps", "-f", cgo, "./cmd/beam") {
		t.Errorf("cmd/beam must not depend on %s, which needs a C compiler", pkg)
	}
}

// list runs go list in the project's folder as if on another system, and returns its lines.
func list(t *testing.T, system string, args ...string) []string {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-tags=migrated_fynedo"}, args...)...)
	cmd.Dir = root(t)
	cmd.Env = append(os.Environ(), "GOOS="+system, "CGO_ENABLED=1")
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list %q: %v\n%s", args, err, &stderr)
	}
	return strings.Fields(string(out))
}
