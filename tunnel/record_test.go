package tunnel

import (
	"io"
	"net/http"
	"testing"

	"modelbeam/cmd/e2e/await"
	"modelbeam/tunnel/dialect"
)

func TestObserve(t *testing.T) {
	step := make(chan struct{})
	g := newRig(t, nil, upstream(t, "ollama", dialect.OpenAI, func(w http.ResponseWriter, _ *http.Request) {
		<-step
		_, _ = io.WriteString(w, "12345")
	}, "tiny"))
	go func() {
		await.True(t, "the begin", func() bool { return len(g.seen.list()) == 1 })
		close(step)
	}()
	fetch(t, g.request("POST", "/t/"+testKey+"/chat/completions/", chat("tiny")))
	g.seen.ended(t, 1)
	all := g.seen.list()
	if len(all) != 2 {
		t.Fatalf("Observe got %+v", all)
	}
	for i, x := range all {
		if x.Path != "/v1/chat/completions" || x.Method != "POST" || x.Device.Name != "Phone" || x.Server != "ollama" ||
			x.Model != "tiny" || x.ID == 0 || x.ID != all[0].ID || x.Time.IsZero() || x.Ended != (i == 1) || !x.Remote.IsLoopback() {
			t.Errorf("Observe got %+v", x)
		}
	}
	if all[1].Status != 200 || all[1].Bytes != 5 || all[1].Duration <= 0 {
		t.Errorf("at the end Observe got %+v", all[1])
	}
	for _, quiet := range []string{"/", "/healthz"} {
		fetch(t, g.request("GET", quiet, ""))
	}
	fetch(t, g.request("OPTIONS", "/v1/models", ""))
	fetch(t, g.request("GET", "/v1/models", "", "Authorization", "Bearer wrong"))
	if x := g.seen.ended(t, 2); x.Status != 401 || x.Device != (Device{}) || x.Path != "/v1/models" {
		t.Errorf("for a wrong key Observe got %+v", x)
	}
}
