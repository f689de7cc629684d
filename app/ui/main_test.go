package ui

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	fyneapp "fyne.io/fyne/v2/app"

	"modelbeam/app/words"
)

// childVariable makes the test program show the real window with a scene and a fake controller,
// instead of running tests; "all" prints the names of the scenes. Fyne's real driver needs the main goroutine of a process of its own.
const childVariable = "MODELBEAM_UI_SCENE"

func TestMain(m *testing.M) {
	switch scene := os.Getenv(childVariable); scene {
	case "":
		os.Exit(m.Run())
	case "all":
		for _, name := range append(slices.Sorted(maps.Keys(scenes())), troubles()...) {
			fmt.Println(name)
		}
	default:
		runScene(scene)
	}
}

// afterFrames calls act once that many frames were drawn: animations are moved before each of them.
func afterFrames(count int, act func()) {
	var frames *fyne.Animation
	frames = fyne.NewAnimation(time.Hour, func(float32) {
		if count--; count < 0 {
			frames.Stop()
			act()
		}
	})
	frames.Start()
}

// told is what the process of a scene prints when that is drawn: whether it is what it should be.
func told(u *UI, scene string) string {
	if sign := signOf(scene); sign != "" && !sees(u.window.Canvas(), sign) {
		return fmt.Sprintf("%q is not to be seen, but: %s", sign, seen(u.window.Canvas()))
	}
	return "running"
}

// runScene shows one scene on the real desktop until it is quit. Every call of the controller is
// printed as a line on standard output.
func runScene(name string) {
	if err := words.LoadTranslations(""); err != nil {
		panic(err)
	}
	fyneapp.SetMetadata(fyne.AppMetadata{ID: "app.modelbeam.Modelbeam.test", Name: "Modelbeam"})
	state, ok := scenes()[name]
	if !ok {
		state = scenes()["waiting"]
	}
	c := newFakeController(state)
	c.called = func(call string) { fmt.Println(call) }
	c.result = testResult
	c.diagnosis = diagnosisOf(name)
	c.code = func(appID string) string { return codeText(appID, sharingState()) }
	u := New(fyneapp.NewWithID("app.modelbeam.Modelbeam.test"), c, "/home/anna/.local/state/modelbeam")
	go func() {
		<-u.drawn // a sheet that opens before has no window to be over
		u.do(func() {
			showScene(u, name)
			afterFrames(3, func() { fmt.Println(told(u, name)) })
		})
	}()
	if err := u.Run(); err != nil {
		panic(err)
	}
	fmt.Println("ended")
}
