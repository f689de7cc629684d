package assets

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// room is a folder of the page's scripts. Only its doors are for others: what else is in it can change
// without anybody outside.
type room struct {
	name  string
	doors string // its modules that others may import
	may   string // rooms whose doors it may use, and libraries
	why   string
}

// The page's rooms, from the ground up: each may use only those above it. connect.js, which puts them
// together, early.js, which begins with that, and late.js, which ends it, may use all.
var rooms = []room{
	{"words", "language text problems tries", "", "a sentence depends on nothing that is shown or asked"},
	{"elements", "dom clipboard focus viewport", "words", "how elements are made and copied from is the same for whatever is in them"},
	{"gateway", "gateway refusal stream models findings", "vendor/noble", "whom the key is sent to is decided where nothing is shown; finding the laptop, its proof and its breaks have no other way in"},
	{"pairing", "pairing code device guest", "words gateway", "which laptop this phone belongs to does not depend on the screen"},
	{"answer", "answer later", "words elements vendor", "what a model wrote gets into the page here alone, and only sanitised; this room knows no key and sends nothing"},
	{"conversation", "chat", "words elements gateway answer", "a conversation goes on whatever screen is seen"},
	{"history", "chats history", "words elements", "chats are kept on the phone by code that cannot send anything"},
	{"screens", "language screen status trouble", "words elements pairing", "a screen is told how the connection stands, it does not ask"},
	{"home", "home", "words elements gateway", "the icon on the home screen gets its key from the laptop, and from nobody here"},
	{"apps", "apps", "words elements gateway", "connecting other apps has nothing to do with chatting here"},
}

// TestRooms holds the arrows between the page's rooms: none goes up or to a module that is not a door,
// and what the list allows is used.
func TestRooms(t *testing.T) {
	imports := moduleImports(t)
	used := map[string]bool{} // "<room> -> <room>" and doors
	for from, tos := range imports {
		if isLibrary(from) {
			continue
		}
		for _, to := range tos {
			if why := forbidden(path.Dir(from), to); why != "" {
				t.Errorf("%s must not import %s: %s", from, to, why)
			}
			if path.Dir(from) != path.Dir(to) {
				used[to], used[path.Dir(from)+" -> "+path.Dir(to)] = true, true
			}
		}
	}
	for _, r := range rooms {
		for door := range strings.FieldsSeq(r.doors) {
			if !used[r.name+"/"+door+".js"] {
				t.Errorf("%s/%s.js is a door that nobody uses", r.name, door)
			}
		}
		for may := range strings.FieldsSeq(r.may) {
			if !used[r.name+" -> "+may] {
				t.Errorf("%s does not use %s any more", r.name, may)
			}
		}
	}
	for name := range imports {
		if dir := path.Dir(name); dir != "." && !isLibrary(name) && find(dir) < 0 {
			t.Errorf("%s is in none of the rooms", name)
		}
	}
}

// forbidden says why no module of one folder may import that module, "" where it may.
func forbidden(from, to string) string {
	dir, base := path.Split(strings.TrimSuffix(to, ".js"))
	dir = path.Clean(dir)
	here, there := find(from), find(dir)
	switch {
	case from == dir:
		return ""
	case dir == ".":
		return "nothing stands above connect.js"
	case there >= 0 && !slices.Contains(strings.Fields(rooms[there].doors), base):
		return "it is no door of its room"
	case from == "." && there < 0:
		return "a library is used by the room that knows what it is for"
	case from == "." || there < here && slices.Contains(strings.Fields(rooms[here].may), dir):
		return ""
	}
	return rooms[here].why
}

func find(name string) int {
	return slices.IndexFunc(rooms, func(r room) bool { return r.name == name })
}

// TestForbiddenArrows: the arrows that would break the rooms are known for what they are.
func TestForbiddenArrows(t *testing.T) {
	for _, arrow := range [][2]string{
		{"words", "elements/dom.js"},           // up
		{"answer", "gateway/gateway.js"},       // what shows answers knows no key
		{"history", "gateway/gateway.js"},      // nor does what keeps them
		{"conversation", "gateway/address.js"}, // past the door
		{".", "gateway/proof.js"},              // past the door, from connect.js
		{".", "vendor/dompurify.js"},           // past the room
		{"conversation", "connect.js"},         // to the top
		{"gateway", "vendor/markdown-it.js"},   // a library of another room
		{"pairing", "vendor/noble/hmac.js"},    // the proof is made in one place
		{"elements", "vendor/dompurify.js"},    // markup is made in one place
		{"screens", "history/shelf.js"},        // past a door, and not allowed
		{"history", "conversation/chat.js"},    // beside
	} {
		if forbidden(arrow[0], arrow[1]) == "" {
			t.Errorf("%s may import %s", arrow[0], arrow[1])
		}
	}
}

// TestNoCycles: what modules do while they are loaded depends on the order of their imports, which a
// cycle would leave to chance.
func TestNoCycles(t *testing.T) {
	imports := moduleImports(t)
	done := map[string]bool{}
	var visit func(trail []string, name string)
	visit = func(trail []string, name string) {
		if slices.Contains(trail, name) {
			t.Errorf("a cycle: %v", append(trail, name))
			return
		}
		for _, to := range imports[name] {
			if !done[name] {
				visit(append(slices.Clone(trail), name), to)
			}
		}
		done[name] = true
	}
	for name := range imports {
		visit(nil, name)
	}
}

// TestEveryModuleIsNeeded: nothing comes with the page that it does not use.
func TestEveryModuleIsNeeded(t *testing.T) {
	imports := moduleImports(t)
	needed := map[string]bool{"probe.js": true} // by probe.html
	var need func(name string)
	need = func(name string) {
		if !needed[name] {
			needed[name] = true
			for _, to := range imports[name] {
				need(to)
			}
		}
	}
	for n := range page(t).Descendants() {
		for _, a := range n.Attr {
			if n.Data == "script" && a.Key == "src" {
				need(strings.TrimPrefix(a.Val, "/"))
			}
		}
	}
	for name := range imports {
		if !needed[name] {
			t.Errorf("nothing needs %s", name)
		}
	}
}

var importPattern = regexp.MustCompile(`(?m)^(?:import|export)\b.*\bfrom "(\.[^"]+)";$`)

// moduleImports returns what each module imports, by their paths; libraries too, with their own imports.
func moduleImports(t *testing.T) map[string][]string {
	t.Helper()
	imports := map[string][]string{}
	for name, source := range files(t, ".js") {
		imports[name] = nil
		for _, m := range importPattern.FindAllStringSubmatch(source, -1) {
			imports[name] = append(imports[name], path.Join(path.Dir(name), m[1]))
		}
	}
	return imports
}
