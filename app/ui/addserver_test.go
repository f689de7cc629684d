package ui

import (
	"log/slog"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"modelbeam/app"
	"modelbeam/app/ui/widgets"
)

// fill types into the fields of the open sheet, the address first.
func fill(t *testing.T, u *UI, words ...string) {
	t.Helper()
	var fields []*widgets.Field
	for _, o := range u.window.Canvas().Overlays().List() {
		walk(o, func(o fyne.CanvasObject) bool {
			if e, ok := o.(*widgets.Field); ok {
				fields = append(fields, e)
			}
			return true
		})
	}
	if len(fields) < len(words) {
		t.Fatalf("%d fields, want %d", len(fields), len(words))
	}
	for i, w := range words {
		fields[i].SetText("")
		test.Type(fields[i], w)
	}
}

var works = app.TestResult{
	OK: true, Title: "It works: {{.Name}} with {{.Count}} models.",
	Params: map[string]string{"Name": "vLLM", "Count": "2"},
}

func TestTestServer(t *testing.T) {
	u, c := openModels(t, sharingState())
	test.Tap(button(t, u, "Add an AI app…"))
	if !button(t, u, "Test").Disabled() || !button(t, u, "Add").Disabled() {
		t.Error("nothing can be tested or added")
	}
	fill(t, u, " 192.168.1.30:8000 ", "secret")
	test.Tap(button(t, u, "Test"))
	wantCalls(t, c, "TestServer 192.168.1.30:8000 secret")
	wantText(t, u, "Testing…")
	if !button(t, u, "Test").Disabled() {
		t.Error("a test can be started while one is running")
	}
	c.tested(works)
	wantText(t, u, "It works: vLLM with 2 models.")
	test.Tap(button(t, u, "Add"))
	wantCalls(t, c, "TestServer 192.168.1.30:8000 secret", "AddServer 192.168.1.30:8000 secret")
	wantNoText(t, u, "Add an AI app\n")
}

func TestAddTestsFirst(t *testing.T) {
	u, c := openModels(t, sharingState())
	test.Tap(button(t, u, "Add an AI app…"))
	fill(t, u, "laptop:8000")
	test.Tap(button(t, u, "Add"))
	wantCalls(t, c, "TestServer laptop:8000 ")
	c.tested(app.TestResult{Title: "Nothing answers there.", Advice: "Check that it is running and that the address is right."})
	wantText(t, u, "Nothing answers there. Check that it is running")

	fill(t, u, "laptop:8001")
	wantNoText(t, u, "Nothing answers there.", "Add anyway")
	test.Tap(button(t, u, "Add"))
	c.tested(works)
	wantCalls(t, c, "TestServer laptop:8000 ", "TestServer laptop:8001 ", "AddServer laptop:8001 ")
}

func TestAddServerThatSleeps(t *testing.T) {
	u, c := openModels(t, sharingState())
	test.Tap(button(t, u, "Add an AI app…"))
	fill(t, u, "laptop:8000")
	test.Tap(button(t, u, "Test"))
	c.tested(app.TestResult{Title: "Nothing answers there."})
	test.Tap(button(t, u, "Add anyway"))
	wantCalls(t, c, "TestServer laptop:8000 ", "AddServer laptop:8000 ")
}

// The result is the core's own, whatever its words.
func TestWhatIsNoAddressIsNotAdded(t *testing.T) {
	result := make(chan app.TestResult, 1)
	core := app.New(app.Options{StateDir: t.TempDir()}, slog.New(slog.DiscardHandler))
	core.TestServer("ftp://laptop", "", func(r app.TestResult) { result <- r })

	u, c := openModels(t, sharingState())
	test.Tap(button(t, u, "Add an AI app…"))
	fill(t, u, "ftp://laptop")
	test.Tap(button(t, u, "Add"))
	c.tested(<-result)
	wantText(t, u, "This is not an address. An address looks like http://192.168.1.30:11434.")
	wantNoText(t, u, "Add anyway")
	test.Tap(button(t, u, "Add"))
	wantCalls(t, c, "TestServer ftp://laptop ", "TestServer ftp://laptop ")
}

func TestResultOfAnotherAddress(t *testing.T) {
	u, c := openModels(t, sharingState())
	test.Tap(button(t, u, "Add an AI app…"))
	fill(t, u, "laptop:8000")
	test.Tap(button(t, u, "Add"))
	late := c.tested
	fill(t, u, "laptop:8001")
	late(works)
	wantNoText(t, u, "It works")
	test.Tap(button(t, u, "Add"))
	late = c.tested
	test.Tap(button(t, u, "Cancel"))
	late(works)
	wantCalls(t, c, "TestServer laptop:8000 ", "TestServer laptop:8001 ")
}

func TestEnterKeyOfServer(t *testing.T) {
	u, c := openModels(t, scenes()["models 5"])
	tapIn(t, serverCardOf(t, u, "vllm").key)
	fill(t, u, "http://192.168.1.30:8000", "secret")
	test.Tap(button(t, u, "Add"))
	wantCalls(t, c, "TestServer http://192.168.1.30:8000 secret")
}
