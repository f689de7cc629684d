package app

import (
	"net/url"
	"testing"
	"time"

	"modelbeam/discovery/llm"
)

// TestHealthyServersAreLeftInPeace holds how often a server that was added by hand is looked at: less often while
// it is well, and less still while nobody sees what comes of it. Who comes back sees the truth at once.
func TestHealthyServersAreLeftInPeace(t *testing.T) {
	m := newAddedServer(&url.URL{Scheme: "http", Host: "127.0.0.1:1"}, addedKeys{})
	want := func(what string, pause time.Duration) {
		t.Helper()
		if got := m.pause(); got != pause {
			t.Errorf("%s: %s, want %s", what, got, pause)
		}
	}
	m.setCalm(true)
	want("not seen yet, and calm", addedEvery)
	m.is, m.looked = addedStatus{tried: true, server: llm.Server{}}, time.Now()
	want("well and calm", addedCalm)
	if m.modelsEvery() != addedModelsCalm {
		t.Errorf("its models are asked for every %s while nobody looks", m.modelsEvery())
	}
	m.setCalm(false)
	want("well", addedWell)
	if m.modelsEvery() != addedModels {
		t.Errorf("its models are asked for every %s", m.modelsEvery())
	}
	if len(m.wake) != 1 {
		t.Error("who comes back has to wait")
	}
	m.misses = 1
	want("it has missed a look", addedEvery)
	m.setCalm(true)
	want("it has missed a look, and calm", addedEvery)
}
