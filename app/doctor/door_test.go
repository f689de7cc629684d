package doctor

import (
	"strings"
	"testing"

	"modelbeam/tunnel/contact"
)

// TestWebAppWithoutAName is not called by the phone's address, or by "null".
func TestWebAppWithoutAName(t *testing.T) {
	for name, change := range map[string]func(f *Facts){
		"the phone's test": func(f *Facts) {
			f.Reports = []contact.Report{{Peer: phone, Received: f.Now, Obstacles: []contact.Obstacle{contact.Origins}}}
		},
		"a file": func(f *Facts) { came(f, contact.Preflight, 5, "null") },
	} {
		f := home()
		f.Shows = ShowsApp
		change(&f)
		if d := Diagnose(f); d.Cause != WebAppStopped || !strings.Contains(d.Advice, "allow the web app") {
			t.Errorf("%s: %s, %q", name, d.Cause, d.Plain().Advice)
		}
	}
}
