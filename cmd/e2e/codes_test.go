package e2e

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// TestCodeWorksOnce has a second phone come with a code that was used, however it is written,
// and with the next one, which is on the screen by then.
func TestCodeWorksOnce(t *testing.T) {
	b := startBeam(t, "--demo", "on")
	code := b.freshCode(t)
	first, second := newHandset(t), newHandset(t)
	typed := strings.ToLower(strings.ReplaceAll(code, "-", " "))
	if got, err := first.pair(t.Context(), b.url, typed, "first"); err != nil || got.Status != http.StatusOK {
		t.Fatalf("the code, typed as %q: %+v, %v", typed, got, err)
	}
	for _, again := range []string{code, typed, strings.ReplaceAll(code, "-", "")} {
		got, err := second.pair(t.Context(), b.url, again, "second")
		if err != nil || got.Status != http.StatusGone || got.Error.Code != "code_used" || got.Error.Message == "" {
			t.Errorf("the used code, typed as %q: %+v, %v", again, got, err)
		}
	}
	if got := second.mustPair(t, b, "second"); got.Device.ID == "" {
		t.Errorf("the next code: %+v", got)
	}
}

// TestTwoPhonesOneCode has two phones show the same code at the same moment, again and again
// with fresh ones: one becomes a device, the other is told why it does not.
func TestTwoPhonesOneCode(t *testing.T) {
	const rounds = 50
	b := startBeam(t, "--demo", "on")
	for round := range rounds {
		code := b.freshCode(t)
		phones := []*handset{newHandset(t), newHandset(t)}
		got := make([]reply, len(phones))
		var both, done sync.WaitGroup
		both.Add(len(phones))
		for i, phone := range phones {
			phone.get(t, b.url+"/healthz") // the connection is there: only the code is on its way now
			done.Go(func() {
				both.Done()
				both.Wait()
				var err error
				if got[i], err = phone.pair(t.Context(), b.url, code, "twin"); err != nil {
					t.Error(err)
				}
			})
		}
		done.Wait()
		if got[0].Status != http.StatusOK {
			got[0], got[1] = got[1], got[0]
		}
		if got[0].Status != http.StatusOK || got[1].Status != http.StatusGone || got[1].Error.Code != "code_used" || got[1].Key != "" {
			t.Fatalf("round %d: the phones got %+v and %+v", round, got[0], got[1])
		}
	}
	if n := len(savedDevices(t, b.state)); n != rounds {
		t.Errorf("%d devices, want %d", n, rounds)
	}
}

// savedDevices reads the list of devices in a state folder, which must be whole.
func savedDevices(t *testing.T, state string) []json.RawMessage {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(state, "devices.json"))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	var list []json.RawMessage
	if err == nil {
		if err := json.Unmarshal(data, &list); err != nil {
			t.Fatalf("devices.json is not whole: %v\n%s", err, data)
		}
	}
	return list
}
