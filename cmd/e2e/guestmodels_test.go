package e2e

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

// The models of the server in these tests: a guest may use the first one.
const (
	guestModel  = "allowed"
	hiddenModel = "forbidden"
)

// witness is a server that keeps what it was asked.
type witness struct {
	*fake
	mu    sync.Mutex // guards what follows
	asked []string   // request line and body
}

func serveWitness(t *testing.T) *witness {
	t.Helper()
	w := &witness{}
	w.fake = serveFake(t, w.note, guestModel, hiddenModel)
	return w
}

func (w *witness) note(rw http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	w.mu.Lock()
	w.asked = append(w.asked, r.Method+" "+r.URL.String()+" "+r.Header.Get("Content-Type")+" "+string(body))
	w.mu.Unlock()
	count(rw)
}

func (w *witness) heard() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.asked)
}

// TestGuestModels has a guest try to get at a model that the pass is not for, in every way in
// which a request can name one. What reaches the server never names it.
func TestGuestModels(t *testing.T) {
	server, twin := serveWitness(t), serveWitness(t)
	b := startBeam(t, "--server", server.URL, "--server", twin.URL)
	twinID := b.serverAt(t, twin.URL).ID
	guest := newHandset(t)
	guest.key = b.addDevice(t, "guest", "--guest-models", guestModel).Key

	for _, good := range []string{guestModel, guestModel + "@" + twinID} {
		if got := guest.chatWith(t, b.url, "/v1/chat/completions", fmt.Sprintf(`{"model":%q,"messages":[]}`, good)); got.Status != http.StatusOK {
			t.Errorf("the pass is for %s, which gets %+v", good, got)
		}
	}
	before := len(server.heard()) + len(twin.heard())
	if before != 2 {
		t.Fatalf("the servers heard %q and %q", server.heard(), twin.heard())
	}
	for _, path := range []string{
		"/v1/chat/completions", "/v1/completions", "/v1/embeddings", "/v1/responses", "/v1/messages",
		"/v1/images/generations", "/v1/audio/speech", "/api/chat", "/api/generate", "/api/embed",
	} {
		for _, body := range attacks(twinID) {
			got := guest.chatWith(t, b.url, path, body)
			if got.Status == http.StatusTooManyRequests || got.Status >= 500 {
				t.Errorf("%s with %s gets %+v", path, body, got)
			}
		}
	}
	for _, form := range forms() {
		got, err := guest.send(t.Context(), http.MethodPost, b.url+"/v1/audio/transcriptions", form.kind, form.body)
		if err != nil || got.Status >= 500 {
			t.Errorf("the form %q gets %+v, %v", form.body, got, err)
		}
	}
	plain := guest.chatWith(t, b.url, "/v1/chat/completions", fmt.Sprintf(`{"model":%q,"messages":[]}`, hiddenModel))
	if plain.Status != http.StatusNotFound || plain.Error.Code != "model_not_found" || plain.Error.Message == "" {
		t.Errorf("asked for plainly, the model gets %+v", plain)
	}
	for _, asked := range slices.Concat(server.heard(), twin.heard()) {
		if strings.Contains(strings.ToLower(asked), "orbidden") {
			t.Errorf("a server was asked %s", asked)
		}
	}
	assertListsHide(t, guest, b.url, twinID)
}

// attacks are bodies that name the hidden model to somebody who reads them in another way.
func attacks(twinID string) []string {
	const rest = `"messages":[{"role":"user","content":"x"}],"prompt":"x","input":"x"`
	all := []string{
		`{"model":"allowed","model":"forbidden",%s}`,
		`{"model":"forbidden","model":"allowed",%s}`,
		`{"model":"allowed","MODEL":"forbidden",%s}`,
		`{"Model":"forbidden","model":"allowed",%s}`,
		`{"model":"allowed","mod\u0065l":"forbidden",%s}`,
		`{"MODEL":"forbidden",%s}`,
		`{"model":"\u0066orbidden",%s}`,
		`{"model":"forbidden:latest",%s}`,
		`{"model":" forbidden ",%s}`,
		`{"model":"FORBIDDEN",%s}`,
		`{"model":"forbidden@` + twinID + `",%s}`,
		`{"model":"allowed@forbidden",%s}`,
		`{"model":["allowed","forbidden"],%s}`,
		`{"model":{"id":"forbidden"},%s}`,
		`{"models":["forbidden"],"name":"forbidden",%s}`,
		`{"model":"allowed","models":["forbidden"],%s}`, // OpenRouter's list of models to fall back to
		`{"model":null,%s}`,
		`{"model":"forbidden","nested":{"model":"allowed"},%s}`,
		`{"model":"allowed",%s}{"model":"forbidden"}`,
		`[{"model":"forbidden",%s}]`,
		"\xef\xbb\xbf" + `{"model":"forbidden",%s}`,
	}
	for i := range all {
		all[i] = strings.Replace(all[i], "%s", rest, 1)
	}
	return all
}

type form struct {
	kind string
	body []byte
}

// forms are the same for uploads.
func forms() []form {
	var all []form
	for _, fields := range [][]string{
		{"model", hiddenModel},
		{"model", guestModel, "model", hiddenModel},
		{"model", hiddenModel, "model", guestModel},
		{"MODEL", hiddenModel},
		{"model", guestModel, "Model", hiddenModel},
		{"other", hiddenModel},
	} {
		var body bytes.Buffer
		w := multipart.NewWriter(&body)
		for i := 0; i < len(fields); i += 2 {
			_ = w.WriteField(fields[i], fields[i+1]) // a buffer takes everything
		}
		_ = w.Close()
		all = append(all, form{w.FormDataContentType(), body.Bytes()})
	}
	return all
}

// assertListsHide proves that what a guest must not use is not there.
func assertListsHide(t *testing.T, guest *handset, base, twinID string) {
	t.Helper()
	for _, path := range []string{"/v1/models", "/api/tags", "/api/ps", "/apps", "/device"} {
		got := guest.get(t, base+path)
		if got.Status != http.StatusOK || strings.Contains(got.Text+unpacked(got.Text), hiddenModel) {
			t.Errorf("%s answers %d: %s", path, got.Status, got.Text)
		}
		if path == "/v1/models" && !strings.Contains(got.Text, guestModel) {
			t.Errorf("%s does not have the guest's model: %s", path, got.Text)
		}
	}
	for _, id := range []string{hiddenModel, hiddenModel + "@" + twinID, "%66orbidden"} {
		if got := guest.get(t, base+"/v1/models/"+id); got.Status != http.StatusNotFound {
			t.Errorf("/v1/models/%s answers %d: %s", id, got.Status, got.Text)
		}
	}
}

var packed = regexp.MustCompile(`[A-Za-z0-9+/_-]{40,}`)

// unpacked is what is in a text as base64: links into apps are like that.
func unpacked(text string) string {
	var all strings.Builder
	for _, run := range packed.FindAllString(text, -1) {
		run = strings.NewReplacer("-", "+", "_", "/").Replace(run)
		if plain, err := base64.RawStdEncoding.DecodeString(run); err == nil {
			all.Write(plain)
		}
	}
	return all.String()
}
